package report

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
	"github.com/stretchr/testify/require"
)

// toTimeline scrolls the timeline into the window.
func (b *tab) toTimeline() {
	b.t.Helper()
	eval[bool](b, `(document.querySelector('#timeline').scrollIntoView(), true)`)
	b.settle()
}

func TestFilter(t *testing.T) {
	t.Parallel()
	b := openPage(t, collect(t, few(), Options{}), desk)
	all := []string{"Alpha", "Beta", "Gamma", "Delta"}
	for _, c := range []struct {
		selector, value string
		want            []string
		count           string
	}{
		{"#filter-text", "alph", []string{"Alpha"}, "1 of 4 tasks"},
		{"#filter-text", "  BOB ", []string{"Beta"}, "1 of 4 tasks"},        // the owner
		{"#filter-text", "do gamma", []string{"Gamma"}, "1 of 4 tasks"},     // the prompt
		{"#filter-text", "task-00000000", all, "4 tasks"},                   // the unique name
		{"#filter-text", "nothing like it", []string{}, "0 of 4 tasks"},     //
		{"#filter-text", "", all, "4 tasks"},                                //
		{"#filter-owner", "1", []string{"Alpha", "Gamma"}, "2 of 4 tasks"},  // Ada
		{"#filter-owner", "", all, "4 tasks"},                               //
		{"#filter-status", "5", []string{"Gamma"}, "1 of 4 tasks"},          // error
		{"#filter-status", "3", []string{"Beta"}, "1 of 4 tasks"},           // paused
		{"#filter-status", "2", []string{"Alpha", "Delta"}, "2 of 4 tasks"}, // active
		{"#filter-text", "dora", []string{"Delta"}, "1 of 4 tasks"},         // both
	} {
		b.set(c.selector, c.value)
		require.Equal(t, c.want, b.names(), "%s %q", c.selector, c.value)
		require.Equal(t, c.count, b.text("#filter-count"), "%s %q", c.selector, c.value)
	}
	require.Equal(t, "polite", eval[string](b, `document.querySelector('#filter-count').ariaLive`))
	eval[bool](b, `(document.querySelector('#filter-reset').click(), true)`)
	b.settle()
	require.Equal(t, all, b.names())
}

// The charts and tables show only the filtered tasks.
func TestFilterHoldsForEverything(t *testing.T) {
	t.Parallel()
	b := openPage(t, collect(t, few(), Options{}), desk)
	b.openDetails()
	b.set("#filter-text", "beta")
	require.Equal(t, 1, eval[int](b, `document.querySelectorAll('#tasks-table tbody tr').length`))
	require.Equal(t, 1, eval[int](b, `document.querySelectorAll('#longest tbody tr').length`))
	require.Contains(t, eval[string](b, `document.querySelector('#states svg').getAttribute('aria-label')`), "1 task.")
	require.Contains(t, b.text("#durations > div:nth-child(3) .sub"), "1 pause, 1 of them not over")
}

func TestSort(t *testing.T) {
	t.Parallel()
	b := openPage(t, collect(t, few(), Options{}), desk)
	for _, c := range []struct {
		by   string
		want []string // in the order that is preselected
	}{
		{"name", []string{"Alpha", "Beta", "Delta", "Gamma"}},
		{"created", []string{"Alpha", "Beta", "Gamma", "Delta"}},
		{"owner", []string{"Gamma", "Alpha", "Beta", "Delta"}},
		{"status", []string{"Delta", "Alpha", "Beta", "Gamma"}},
		{"active", []string{"Alpha", "Beta", "Delta", "Gamma"}},
		{"idle", []string{"Alpha", "Beta", "Delta", "Gamma"}},
		{"paused", []string{"Alpha", "Beta", "Delta", "Gamma"}},
		{"pauses", []string{"Beta", "Alpha", "Delta", "Gamma"}},
	} {
		b.set("#sort-by", c.by)
		require.Equal(t, c.want, b.names(), c.by)
	}
	b.set("#sort-by", "name")
	b.set("#sort-order", "-1")
	require.Equal(t, []string{"Gamma", "Delta", "Beta", "Alpha"}, b.names())
}

// shown returns the period that the timeline announces.
func (b *tab) shown() (from, to time.Time) {
	b.t.Helper()
	text := b.text("#timeline-range")
	const layout = "2006-01-02 15:04:05.000"
	require.Greater(b.t, len(text), 2*len(layout)+4, text)
	from, err := time.Parse(layout, text[:len(layout)])
	require.NoError(b.t, err)
	to, err = time.Parse(layout, text[len(layout)+4:2*len(layout)+4])
	require.NoError(b.t, err)
	return from, to
}

func (b *tab) requireShown(from, to time.Duration, tolerance time.Duration, what string) {
	b.t.Helper()
	gotFrom, gotTo := b.shown()
	require.WithinDuration(b.t, t0.Add(from), gotFrom, tolerance, what)
	require.WithinDuration(b.t, t0.Add(to), gotTo, tolerance, what)
}

func TestZoomByKeys(t *testing.T) {
	t.Parallel()
	b := openPage(t, collect(t, few(), Options{}), desk)
	const ms = 2 * time.Millisecond
	b.requireShown(0, 12*time.Hour, ms, "at first")
	b.keys("+")
	b.requireShown(3*time.Hour, 9*time.Hour, ms, "+")
	require.Contains(t, b.text("#announce"), "Shows 2026-03-01 15:00:00.000 to 2026-03-01 21:00:00.000 (6h 00m 00s)")
	b.keys("=")
	b.requireShown(4*time.Hour+30*time.Minute, 7*time.Hour+30*time.Minute, ms, "=")
	b.keys(kb.ArrowRight)
	b.requireShown(5*time.Hour+15*time.Minute, 8*time.Hour+15*time.Minute, ms, "right")
	b.keys(kb.ArrowLeft, kb.ArrowLeft)
	b.requireShown(3*time.Hour+45*time.Minute, 6*time.Hour+45*time.Minute, ms, "left twice")
	b.keys("-")
	b.requireShown(2*time.Hour+15*time.Minute, 8*time.Hour+15*time.Minute, ms, "-")
	b.keys(kb.ArrowLeft, kb.ArrowLeft, kb.ArrowLeft)
	b.requireShown(0, 6*time.Hour, ms, "no further than the beginning")
	b.keys("0")
	b.requireShown(0, 12*time.Hour, ms, "0")
	b.keys("-")
	b.requireShown(0, 12*time.Hour, ms, "no more than all")
	b.keys(slices.Repeat([]string{"+"}, 40)...)
	from, to := b.shown()
	require.WithinDuration(t, from, to, 22*time.Millisecond, "no less than the smallest")
}

func TestZoomByButtonsWheelAndDragging(t *testing.T) {
	t.Parallel()
	b := openPage(t, collect(t, few(), Options{}), desk)
	b.toTimeline()
	click := func(id string) {
		eval[bool](b, fmt.Sprintf(`(document.querySelector('#%s').click(), true)`, id))
		b.settle()
	}
	click("zoom-in")
	b.requireShown(3*time.Hour, 9*time.Hour, 2*time.Millisecond, "in")
	click("zoom-left")
	b.requireShown(90*time.Minute, 7*time.Hour+30*time.Minute, 2*time.Millisecond, "left")
	click("zoom-right")
	click("zoom-out")
	b.requireShown(0, 12*time.Hour, 2*time.Millisecond, "right and out")
	require.True(t, eval[bool](b, `['zoom-out', 'zoom-reset', 'zoom-left', 'zoom-right'].every((id) => document.getElementById(id).disabled)`))

	r := b.row("Alpha")
	const pixel = 12 * time.Hour / 500
	b.drag(r.X+r.Width/4, r.Y+10, r.X+r.Width/2, r.Y+12)
	b.requireShown(3*time.Hour, 6*time.Hour, 2*pixel, "dragged")
	require.True(t, eval[bool](b, `document.querySelector('#task').hidden`), "a drag is not a click")
	b.keys("0")
	b.drag(r.X+r.Width/2, r.Y+10, r.X+r.Width/4, r.Y+12)
	b.requireShown(3*time.Hour, 6*time.Hour, 2*pixel, "dragged backwards")

	wheel := func(p *input.DispatchMouseEventParams) { p.DeltaX, p.DeltaY, p.Modifiers = 1e-9, 1000, 2 }
	b.do(chromedp.MouseEvent(input.DispatchMouseEventTypeMouseWheel, r.X+r.Width/2, r.Y+10, wheel))
	b.settle()
	from, to := b.shown()
	require.Greater(t, to.Sub(from), 6*time.Hour, "the wheel with Ctrl")
	b.keys("0")

	eval[bool](b, `(scrollTo(0, 0), true)`)
	b.settle()
	area := b.rect(`document.querySelector('#states svg')`)
	plot := area.Width - 56
	b.drag(area.X+46+plot/2, area.Y+50, area.X+46+plot*3/4, area.Y+50)
	b.requireShown(6*time.Hour, 9*time.Hour, 2*pixel, "dragged over the area")
}

// The tooltip shows the exact times of the interval under the mouse.
func TestTooltip(t *testing.T) {
	t.Parallel()
	b := openPage(t, collect(t, few(), Options{}), desk)
	b.toTimeline()
	r := b.row("Alpha")
	at := func(d time.Duration) float64 { return r.X + r.Width*float64(d)/float64(12*time.Hour) }
	b.hover(at(40*time.Minute), r.Y+15)
	require.Equal(t, "Alpha"+"active for 1h 00m 00s"+"2026-03-01 12:10:00.000 to 2026-03-01 13:10:00.000 UTC"+"read the code", b.text("#tip"))
	b.hover(at(5*time.Hour), r.Y+15)
	want := "Alpha" + "paused for 8h 20m 00s" + "2026-03-01 13:40:00.000 to 2026-03-01 22:00:00.000 UTC" + "task_auto_pause"
	require.Equal(t, want, b.text("#tip"))
	b.hover(at(5*time.Hour), r.Y+15+60)
	require.Contains(t, b.text("#tip"), "Gamma"+"failed for 9h 50m 00s")
	require.Contains(t, b.text("#tip"), "no such image")
	b.hover(r.X-100, r.Y+15)
	require.Equal(t, "AlphaAda, active", b.text("#tip"))
	b.hover(at(time.Hour), r.Y+15+90) // before Delta
	require.True(t, eval[bool](b, `document.querySelector('#tip').hidden`))
}

// Narrow intervals can be hovered over, and the tooltip mentions the ones that
// they hide.
func TestTooltipOfManyInOnePixel(t *testing.T) {
	t.Parallel()
	w := newWorld()
	task := w.task("Busy", "Ada", 0)
	task.start(0)
	for i := range 20 {
		task.works(10*time.Hour + time.Duration(2*i)*time.Second)
		task.idles(10*time.Hour + time.Duration(2*i+1)*time.Second)
	}
	b := openPage(t, collect(t, w, Options{Now: t0.Add(1000 * time.Hour)}), desk)
	b.toTimeline()
	r := b.row("Busy")
	b.hover(r.X+r.Width*10/1000+0.5, r.Y+15)
	require.Contains(t, b.text("#tip"), "active for 1 s")
	require.Contains(t, b.text("#tip"), "more intervals here: zoom in")
}

// The keyboard reaches every interval, and its exact times are announced.
func TestIntervalsByKeys(t *testing.T) {
	t.Parallel()
	b := openPage(t, collect(t, few(), Options{}), desk)
	active := func() string {
		return eval[string](b, `document.getElementById(document.querySelector('#tl-scroll').getAttribute('aria-activedescendant')).ariaLabel`)
	}
	b.keys()
	require.Contains(t, active(), "Alpha, Ada, active: active 1h 59m 00s")
	b.keys("n")
	require.Equal(t, "building for 5m 00s, 2026-03-01 12:00:00.000 to 2026-03-01 12:05:00.000 UTC, initiator", b.text("#announce"))
	require.Equal(t, "Alpha"+"building for 5m 00s"+"2026-03-01 12:00:00.000 to 2026-03-01 12:05:00.000 UTC"+"initiator", b.text("#tip"))
	b.keys("n", "n")
	require.Equal(t, "active for 1h 00m 00s, 2026-03-01 12:10:00.000 to 2026-03-01 13:10:00.000 UTC, read the code", b.text("#announce"))
	b.keys("p", "p", "p")
	require.Equal(t, "No earlier interval", b.text("#announce"))
	b.keys(kb.ArrowDown)
	require.Contains(t, active(), "Beta, Bob, paused:")
	b.keys(kb.End)
	require.Contains(t, active(), "Delta, Dora, active: nothing has run")
	b.keys("n")
	require.Equal(t, "No later interval", b.text("#announce"))
	b.keys(kb.Home, kb.ArrowDown, "p")
	require.Contains(t, b.text("#announce"), "paused for 6h 00m 00s")
	b.keys("\r")
	require.Equal(t, "task", eval[string](b, `document.activeElement.id`))
	require.Equal(t, "Beta", b.text("#task-h"))
	states := evalAll[string](b, "#task tbody tr", `.map((r) => r.cells[0].textContent)`)
	require.Equal(t, []string{"idle", "active", "failed", "paused"}, states)
	eval[bool](b, `(document.querySelector('#task button').click(), true)`)
	require.Equal(t, "tl-scroll", eval[string](b, `document.activeElement.id`))
}

// Selecting an interval outside of the view scrolls to it.
func TestStepsBringIntervalsIntoSight(t *testing.T) {
	t.Parallel()
	b := openPage(t, collect(t, few(), Options{}), desk)
	b.keys("+", "+", "+")
	b.keys(slices.Repeat([]string{kb.ArrowLeft}, 15)...)
	b.requireShown(0, 90*time.Minute, 2*time.Millisecond, "the beginning")
	b.keys("p") // selects Alpha's last interval
	from, to := b.shown()
	require.True(t, from.Before(t0.Add(11*time.Hour+time.Minute)) && to.After(t0.Add(11*time.Hour)), "%s to %s", from, to)
}

// A link in a table leads to the task.
func TestLinksLeadToTasks(t *testing.T) {
	t.Parallel()
	b := openPage(t, collect(t, many(400), Options{}), desk)
	b.set("#sort-by", "paused")
	b.set("#sort-order", "1") // the longest come last
	name := b.text("#longest tbody tr:first-child .link")
	require.NotContains(t, b.names(), name)
	eval[bool](b, `(document.querySelector('#longest .link').click(), true)`)
	b.settle()
	require.Equal(t, name, b.text("#task-h"))
	require.Contains(t, b.names(), name)
	require.Equal(t, "tl-scroll", eval[string](b, `document.activeElement.id`))
}

// A cancelled drag does not zoom, and the end of a drag is not a click, at any
// scroll position.
func TestDragsAreNotClicks(t *testing.T) {
	t.Parallel()
	p := collect(t, many(400), Options{})
	b := openPage(t, p, desk)
	b.toTimeline()
	eval[bool](b, `(document.querySelector('#tl-scroll').scrollTop = 3000, true)`)
	b.settle()
	from, to := b.shown()
	r := b.row(b.names()[10])
	press := func(kind input.DispatchMouseEventType, x float64) {
		click := func(p *input.DispatchMouseEventParams) { p.Buttons, p.ClickCount = 1, 1 }
		b.do(chromedp.MouseEvent(kind, x, r.Y+10, chromedp.ButtonLeft, click))
	}
	press(input.DispatchMouseEventTypeMousePressed, r.X+100)
	press(input.DispatchMouseEventTypeMouseMoved, r.X+200)
	b.settle()
	require.False(t, eval[bool](b, `document.querySelector('#tl-select').hidden`))
	b.do(chromedp.KeyEvent(kb.Escape))
	press(input.DispatchMouseEventTypeMouseReleased, r.X+200)
	b.settle()
	require.True(t, eval[bool](b, `document.querySelector('#tl-select').hidden`))
	gotFrom, gotTo := b.shown()
	require.Equal(t, []time.Time{from, to}, []time.Time{gotFrom, gotTo})
	b.drag(r.X+100, r.Y+10, r.X+300, r.Y+10)
	gotFrom, _ = b.shown()
	require.NotEqual(t, from, gotFrom)
	require.True(t, eval[bool](b, `document.querySelector('#task').hidden`))
	b.do(chromedp.MouseClickXY(r.X+100, r.Y+10))
	b.settle()
	require.False(t, eval[bool](b, `document.querySelector('#task').hidden`))
}

// The area chart shows the whole time, or the period of the timeline.
func TestTheAreaFollowsTheZoom(t *testing.T) {
	t.Parallel()
	b := openPage(t, collect(t, few(), Options{}), desk)
	b.openDetails()
	first := func() string { return b.text("#states-table tbody th") }
	working := func() float64 {
		return eval[float64](b, `[...document.querySelectorAll('#states-table tbody tr')]
			.reduce((sum, r) => sum + Number(r.cells[2].textContent), 0) / 48`)
	}
	b.keys("+")
	require.Equal(t, "2026-03-01 12:00:00.000", first())
	require.Equal(t, "visible", eval[string](b, `document.querySelector('#states .window').getAttribute('visibility')`))
	eval[bool](b, `(document.querySelector('#states-follow').click(), true)`)
	b.settle()
	require.Equal(t, "2026-03-01 15:00:00.000", first())
	require.InDelta(t, 0, working(), 0.001)
	require.Equal(t, "hidden", eval[string](b, `document.querySelector('#states .window').getAttribute('visibility')`))
	b.keys("0", "+", "+", kb.ArrowLeft, kb.ArrowLeft, kb.ArrowLeft, kb.ArrowLeft, kb.ArrowLeft, kb.ArrowLeft)
	b.requireShown(0, 3*time.Hour, 2*time.Millisecond, "the beginning")
	require.InDelta(t, 2.0/3, working(), 0.001, "an hour of Alpha and one of Beta in three hours")
	// A state can be left out.
	require.Equal(t, 1, eval[int](b, `document.querySelectorAll('#states path.idle').length`))
	eval[bool](b, `(document.querySelector('#legend input[aria-label=idle]').click(), true)`)
	b.settle()
	require.Zero(t, eval[int](b, `document.querySelectorAll('#states path.idle').length`))
}
