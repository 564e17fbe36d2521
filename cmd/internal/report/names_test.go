package report

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// Where a name is too long for its column, its middle is left out: the part that tells
// it from the other names shows, on every width.
func TestLongNamesShowWhereTheyDiffer(t *testing.T) {
	t.Parallel()
	w := newWorld()
	differing := map[string]string{} // from the name to the part that must show
	add := func(name, part string) {
		w.task(name, "Ada Lovelace of the department of analytical engines", time.Duration(len(differing))*time.Minute).start(time.Hour)
		differing[name] = part
	}
	for i := range 12 {
		add(fmt.Sprintf("invoice-processing-for-the-quarterly-report-of-every-subsidiary-%04d", i), fmt.Sprintf("%04d", i))
		user := fmt.Sprintf("(user-%d, %d)", 20+i, i%3)
		add("Port the report to the new format and mend whatever breaks "+user, user)
	}
	same := "nightly backups of the central database with all of its partitions"
	add(same+" in eu-west", "in eu-west")
	add(same+" in us-east", "in us-east")
	add("<b>"+strings.Repeat("unbreakable", 10), "<b>unb")
	add("short", "short")
	for name, l := range map[string]look{"desk": desk, "phone": {width: 390, height: 844, phone: true}, "tablet": {width: 700, height: 900}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := openPage(t, collect(t, w, Options{Now: t0.Add(2 * time.Hour)}), l)
			b.toTimeline()
			b.shoot("names-"+name, false)
			// Where a tail is wider than its place, an ellipsis covers its last characters.
			visible := eval[map[string]string](b, `Object.fromEntries([...document.querySelectorAll('.tl-row .n')].map((n) => {
				const tail = n.querySelector('.tail'), box = n.getBoundingClientRect(), range = document.createRange();
				let end = 0;
				for (let i = 1; i <= tail.firstChild.length; i++) {
					range.setStart(tail.firstChild, i - 1);
					range.setEnd(tail.firstChild, i);
					if (range.getBoundingClientRect().right <= Math.min(box.right, tail.getBoundingClientRect().right) + 0.5) end = i;
				}
				range.selectNodeContents(tail);
				if (range.getBoundingClientRect().width > tail.getBoundingClientRect().width + 0.02) end -= 2;
				return [n.textContent, tail.textContent.slice(0, end)];
			}))`)
			require.Greater(t, len(visible), 8)
			for name, tail := range visible {
				require.Contains(t, tail, differing[name], name)
			}
		})
	}
}

// The column of names is as wide as its names.
func TestTheColumnOfNamesFits(t *testing.T) {
	t.Parallel()
	b := openPage(t, collect(t, few(), Options{}), desk)
	short := b.row("Alpha")
	whole := func() []string {
		return evalAll[string](b, ".tl-row .n, .tl-row .o", `
			.filter((n) => [n, ...n.children].some((c) => c.scrollWidth > c.clientWidth + 1)).map((n) => n.textContent)`)
	}
	require.Empty(t, whole())
	require.Less(t, short.X, 250.0)
	w := few()
	for i := range 3 {
		w.task(fmt.Sprintf("T-%04d", i), "customers", time.Hour).start(time.Hour)
	}
	b = openPage(t, collect(t, w, Options{}), desk)
	require.Empty(t, whole())
	w.task("Improve the documentation of the public interface", "Ada", time.Hour).start(time.Hour)
	b = openPage(t, collect(t, w, Options{}), desk)
	long := b.row("Alpha")
	require.Greater(t, long.X, short.X+100)
	require.Greater(t, long.Width, 600.0)
	require.Empty(t, whole())
}
