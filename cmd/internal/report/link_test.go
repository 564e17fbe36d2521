package report

import (
	"net/url"
	"slices"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/require"
)

// requireFragment waits until the fragment of the page's address has a value.
func (b *tab) requireFragment(want string) {
	b.t.Helper()
	var got string
	require.Eventually(b.t, func() bool {
		got = eval[string](b, `location.hash`)
		return got == want
	}, time.Minute, 20*time.Millisecond, "the fragment is not %q", want)
}

// requireNames waits until the timeline has the rows of these tasks.
func (b *tab) requireNames(want ...string) {
	b.t.Helper()
	isShown := func() bool { return slices.Equal(b.names(), want) }
	require.Eventually(b.t, isShown, time.Minute, 20*time.Millisecond, "the tasks are not %q", want)
}

// openAt opens the page again with another fragment.
func (b *tab) openAt(fragment string) {
	b.t.Helper()
	b.do(chromedp.Navigate("about:blank"))
	b.do(chromedp.Navigate(b.url + fragment))
	require.Equal(b.t, "true", eval[string](b, `document.documentElement.dataset.ready || 'the script did not get to its end'`), fragment)
	b.settle()
}

// The fragment follows the zoom and the filter without new entries in the history,
// and the page opens as the fragment says.
func TestLinksKeepTheView(t *testing.T) {
	t.Parallel()
	b := openPage(t, collect(t, few(), Options{}), desk)
	b.opensAgain = true
	b.requireFragment("")
	b.keys("+")
	zoomed := "#from=2026-03-01T15:00:00.000Z&to=2026-03-01T21:00:00.000Z"
	b.requireFragment(zoomed)
	b.set("#filter-text", "a & b=#%")
	b.requireFragment(zoomed + "&text=a+%26+b%3D%23%25")
	b.set("#filter-text", "")
	b.set("#filter-status", "2")
	b.set("#sort-by", "idle")
	b.set("#sort-order", "1")
	user := eval[string](b, `JSON.parse(document.querySelector('#data').textContent).strings.find((s) => s.startsWith('user-'))`)
	b.set("#filter-owner", "0")
	all := zoomed + "&owner=" + user + "&status=active&sort=idle&order=ascending"
	b.requireFragment(all)
	names := b.names()
	require.Len(t, names, 1)

	b.openAt(all)
	b.requireShown(3*time.Hour, 9*time.Hour, time.Millisecond, "from the link")
	require.Equal(t, names, b.names())
	require.Equal(t, []string{"0", "2", "idle", "1"}, eval[[]string](b,
		`['filter-owner', 'filter-status', 'sort-by', 'sort-order'].map((id) => document.getElementById(id).value)`))
	// The fragment may be changed by hand, too.
	eval[bool](b, `(location.hash = 'text=beta&from=2026-03-01T13:00:00Z&to=2026-03-01T14:00:00.000Z', true)`)
	b.requireNames("Beta")
	b.requireShown(time.Hour, 2*time.Hour, time.Millisecond, "by hand")
	// Also if the page itself is about to change it.
	eval[bool](b, `(() => {
		document.getElementById('sort-by').value = 'idle';
		document.getElementById('sort-by').dispatchEvent(new Event('change', { bubbles: true }));
		setTimeout(() => { location.hash = 'text=gamma&from=2026-03-01T13:00:00Z&to=2026-03-01T14:00:00.000Z'; }, 250);
		for (const end = performance.now() + 600; performance.now() < end;);
		return true;
	})()`)
	b.requireNames("Gamma")
	eval[bool](b, `(document.querySelector('#filter-reset').click(), document.querySelector('#zoom-reset').click(), true)`)
	b.requireFragment("")
	require.NotContains(t, eval[string](b, `location.href`), "#")

	b.openAt("")
	entries := eval[int](b, `history.length`)
	b.keys("+", "+")
	b.requireFragment("#from=2026-03-01T16:30:00.000Z&to=2026-03-01T19:30:00.000Z")
	require.Equal(t, entries, eval[int](b, `history.length`))
}

// A fragment that is wrong, or of another page, is ignored: the page opens as without
// one, and says nothing on its console.
func TestWrongLinksAreIgnored(t *testing.T) {
	t.Parallel()
	b := openPage(t, collect(t, few(), Options{}), desk)
	b.opensAgain = true
	all := []string{"Alpha", "Beta", "Gamma", "Delta"}
	for _, fragment := range []string{
		"#", "#timeline", "#nothing-of-this-page", "#%", "#%E0%A4%A", "#=&=&&", "#from", "#from=&to=",
		"#from=yesterday&to=now", "#from=NaN&to=Infinity", "#from=1&to=2", "#from=2026-03-01T15:00:00.000Z",
		"#from=2026-03-01T15:00:00.000Z&to=2026-03-01T15:00:00.000Z", // empty
		"#from=2026-03-01T18:00:00.000Z&to=2026-03-01T15:00:00.000Z", // backwards
		"#from=2026-03-01T15:00:00.000&to=2026-03-01T18:00:00.000",   // in no zone
		"#from=2026-13-41T15:00:00.000Z&to=2026-14-41T15:00:00.000Z", // no dates
		"#from=2025-03-01T15:00:00.000Z&to=2025-03-02T15:00:00.000Z", // before everything
		"#from=2027-03-01T15:00:00.000Z&to=2027-03-02T15:00:00.000Z", // after everything
		"#from=2026-01-01T00:00:00.000Z&to=2027-01-01T00:00:00.000Z", // all
		"#owner=nobody", "#owner=-1", "#owner=0", "#status=dreaming", "#status=5", "#status=unknown", // no task has it
		"#sort=constructor", "#sort=__proto__", "#order=sideways", "#order=__proto__", "#owner=__proto__&text=",
		"#text=" + url.QueryEscape("  "),
	} {
		b.openAt(fragment)
		require.Equal(t, all, b.names(), fragment)
		b.requireShown(0, 12*time.Hour, time.Millisecond, fragment)
		require.Equal(t, []string{"", "", "created", "1"}, eval[[]string](b,
			`['filter-owner', 'filter-status', 'sort-by', 'sort-order'].map((id) => document.getElementById(id).value)`), fragment)
	}
	b.openAt("#text=" + url.QueryEscape(`<img src=x onerror="window.pwned = 1">`))
	require.Empty(t, b.names())
	require.Equal(t, "undefined", eval[string](b, `typeof window.pwned`))
}

// The link that skips to the timeline keeps the fragment.
func TestTheSkipLinkKeepsTheFragment(t *testing.T) {
	t.Parallel()
	b := openPage(t, collect(t, few(), Options{}), desk)
	b.set("#filter-text", "beta")
	b.requireFragment("#text=beta")
	eval[bool](b, `(document.querySelector('#skip').click(), true)`)
	require.Equal(t, []string{"#text=beta", "timeline"}, eval[[]string](b, `[location.hash, document.activeElement.id]`))
}
