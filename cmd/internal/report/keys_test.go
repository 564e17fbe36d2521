package report

import (
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
	"github.com/stretchr/testify/require"
)

// W, S, A and D zoom and move while the timeline has the focus, and nowhere else.
func TestZoomByLetters(t *testing.T) {
	t.Parallel()
	b := openPage(t, collect(t, few(), Options{}), desk)
	const ms = 2 * time.Millisecond
	b.keys("w")
	b.requireShown(3*time.Hour, 9*time.Hour, ms, "w")
	b.keys("d")
	b.requireShown(4*time.Hour+30*time.Minute, 10*time.Hour+30*time.Minute, ms, "d")
	b.keys("a", "A")
	b.requireShown(90*time.Minute, 7*time.Hour+30*time.Minute, ms, "a twice")
	b.keys("s")
	b.requireShown(0, 12*time.Hour, ms, "s")
	eval[bool](b, `(document.querySelector('#filter-text').focus(), true)`)
	b.do(chromedp.KeyEvent("w"), chromedp.KeyEvent("?"))
	b.settle()
	b.requireShown(0, 12*time.Hour, ms, "w in a text")
	require.False(t, eval[bool](b, `document.querySelector('#keys').open`))
	require.Equal(t, "w?", eval[string](b, `document.querySelector('#filter-text').value`))
}

// The list of keys opens by a key and by a button, and closes by a key and by a button.
func TestListOfKeys(t *testing.T) {
	t.Parallel()
	b := openPage(t, collect(t, few(), Options{}), desk)
	open := func() bool { return eval[bool](b, `document.querySelector('#keys').open`) }
	require.False(t, open())
	b.keys("?")
	require.True(t, open())
	b.shoot("keys", false)
	require.Contains(t, b.text("#keys"), "show the details of the task")
	require.Equal(t, "Keys of the timeline", b.text("#keys h2"))
	b.do(chromedp.KeyEvent(kb.Escape))
	b.settle()
	require.False(t, open())
	require.Equal(t, "tl-scroll", eval[string](b, `document.activeElement.id`))
	eval[bool](b, `(document.querySelector('#keys-open').click(), true)`)
	require.True(t, open())
	eval[bool](b, `(document.querySelector('#keys-close').click(), true)`)
	require.False(t, open())
}

// A double click on the timeline or on the area shows the whole time again.
func TestDoubleClickShowsAll(t *testing.T) {
	t.Parallel()
	b := openPage(t, collect(t, few(), Options{}), desk)
	for _, where := range []string{"timeline", "states"} {
		b.keys("+")
		b.requireShown(3*time.Hour, 9*time.Hour, 2*time.Millisecond, where)
		eval[bool](b, `(document.querySelector('#`+where+`').scrollIntoView(), true)`)
		b.settle()
		r := b.row("Alpha")
		if where == "states" {
			r = b.rect(`document.querySelector('#states svg')`)
		}
		double := func(clicks int64) chromedp.MouseOption { return chromedp.ClickCount(int(clicks)) }
		b.do(chromedp.MouseClickXY(r.X+r.Width/2, r.Y+r.Height/2, double(1)), chromedp.MouseClickXY(r.X+r.Width/2, r.Y+r.Height/2, double(2)))
		b.settle()
		b.requireShown(0, 12*time.Hour, 2*time.Millisecond, where)
	}
}
