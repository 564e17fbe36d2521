package report

import (
	"fmt"
	"testing"
	"time"

	"github.com/chromedp/chromedp/kb"
	"github.com/stretchr/testify/require"

	"github.com/tasktwin/tasktwin/cmd/internal/number"
	"github.com/tasktwin/tasktwin/sim"
)

// Of ten thousand tasks, only the visible ones have elements. The last one can be
// reached by scrolling, by a key and by paging through the table.
func TestTenThousandTasks(t *testing.T) {
	t.Parallel()
	const rows, elements = 60, 2500
	n := 10_000
	if testing.Short() {
		n = 2_000
	}
	w := many(n)
	begin := time.Now()
	p := collect(t, w, Options{Title: "Ten thousand tasks"})
	t.Logf("loaded and collected in %s", time.Since(begin).Round(time.Millisecond))
	b := openPage(t, p, desk)
	t.Logf("%.1f MB, drawn %.0f ms after navigation", float64(len(html(t, p)))/1e6, eval[float64](b, `performance.now()`))
	elementsNow := func() (inTimeline, all int) {
		b.settle()
		return eval[int](b, `document.querySelectorAll('.tl-row').length`), eval[int](b, `document.querySelectorAll('*').length`)
	}
	bounded := func(when string) {
		t.Helper()
		inTimeline, all := elementsNow()
		require.Positive(t, inTimeline, when)
		require.LessOrEqual(t, inTimeline, rows, when)
		require.LessOrEqual(t, all, elements, when)
	}
	bounded("at first")
	require.Equal(t, number.Plural(n, "task"), b.text("#filter-count"))
	b.toTimeline()
	b.shoot("large", false)
	// Scroll for a second, one screen at a time.
	spent := eval[[]float64](b, `(async () => {
		const s = document.querySelector('#tl-scroll'), spent = [];
		for (let i = 0; i < 60; i++) {
			const begin = performance.now();
			s.scrollTop += 600;
			await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
			spent.push(performance.now() - begin);
		}
		return spent.sort((a, b) => a - b);
	})()`)
	t.Logf("two frames of scrolling: median %.1f ms, slowest %.1f ms", sim.Quantile(spent, 0.5), spent[len(spent)-1])
	bounded("after scrolling")
	eval[bool](b, `(() => { const s = document.querySelector('#tl-scroll'); s.scrollTop = s.scrollHeight; return true; })()`)
	bounded("at the end")
	names := b.names()
	require.Equal(t, fmt.Sprintf("Task %05d", n-1), names[len(names)-1])
	last := b.row(names[len(names)-1])
	box := b.rect(`document.querySelector('#tl-scroll')`)
	require.LessOrEqual(t, last.Y+last.Height, box.Y+box.Height+1, "the last row is in sight")
	b.keys(kb.Home)
	require.Equal(t, "Task 00000", b.names()[0])
	b.keys(kb.End)
	names = b.names()
	require.Equal(t, fmt.Sprintf("Task %05d", n-1), names[len(names)-1])
	b.openDetails()
	bounded("with all tables")
	eval[bool](b, `([...document.querySelectorAll('#tasks-table .pager button')].at(-1).click(), true)`)
	bounded("on the last page")
	require.Contains(t, b.text("#tasks-table tbody tr:last-child"), fmt.Sprintf("Task %05d", n-1))
	lastPage := fmt.Sprintf("%s–%s of %s", number.Count(n-49), number.Count(n), number.Count(n))
	require.Equal(t, lastPage, b.text("#tasks-table .pager [role=status]"))
	b.set("#filter-text", "task 01234")
	require.Equal(t, []string{"Task 01234"}, b.names())
	b.set("#filter-text", "")
	begin = time.Now()
	b.set("#sort-by", "paused")
	t.Logf("sorted and drawn in %s", time.Since(begin).Round(time.Millisecond))
	bounded("sorted")
}
