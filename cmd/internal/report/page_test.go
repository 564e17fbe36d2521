package report

import (
	"fmt"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tasktwin/tasktwin"
)

// openDetails opens all details elements, so that everything is drawn.
func (b *tab) openDetails() {
	b.t.Helper()
	eval[bool](b, `(document.querySelectorAll('details').forEach((d) => { d.open = true; }), true)`)
	b.settle()
}

// The page loads and draws everything without console output. openPage checks
// that it requests nothing but its own file.
func TestPageLoads(t *testing.T) {
	t.Parallel()
	b := openPage(t, collect(t, few(), Options{Title: "Tasks of a day", Sweep: policies()}), desk)
	require.Equal(t, "Tasks of a day", b.text("h1"))
	require.Equal(t, "4 tasks", b.text("#filter-count"))
	require.Equal(t, []string{"Alpha", "Beta", "Gamma", "Delta"}, b.names())
	b.openDetails()
	require.Equal(t, 4, eval[int](b, `document.querySelectorAll('#tasks-table tbody tr').length`))
	require.Equal(t, 48, eval[int](b, `document.querySelectorAll('#states-table tbody tr').length`))
	require.Equal(t, 20, eval[int](b, `document.querySelectorAll('#sweep-table tbody tr').length`))
	require.Equal(t, 2, eval[int](b, `document.querySelectorAll('#longest tbody tr').length`))
	require.Equal(t, 3, eval[int](b, `document.querySelectorAll('#durations table').length`))
	require.Zero(t, eval[int](b, `document.querySelectorAll('[src], link, iframe, object, embed').length`), "something that could be fetched")
}

// A policy without pauses costs many times as much as the others, whose points
// would coincide on a linear axis.
func TestCostsFarApartAreOnALogarithmicAxis(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name        string
		costs       []float64
		logarithmic bool
	}{
		{"far apart", []float64{1, 10, 100}, true},
		{"near", []float64{10, 20, 30}, false},
		{"nothing", []float64{0, 50, 100}, false},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			var sweep []Policy
			for i, cost := range test.costs {
				sweep = append(sweep, Policy{Name: strconv.Itoa(i), Cost: cost, Pareto: true})
			}
			b := openPage(t, collect(t, few(), Options{Sweep: sweep}), desk)
			require.Equal(t, test.logarithmic, strings.Contains(b.text("#sweep-chart"), "logarithmic"))
			x := eval[[]float64](b, `[...document.querySelectorAll('#sweep-chart .dot')].map((d) => +d.getAttribute('cx'))`)
			require.Len(t, x, 3)
			require.InDelta(t, x[1]-x[0], x[2]-x[1], 0.5, "evenly apart: %v", x)
			require.Greater(t, x[1], x[0])
		})
	}
}

func TestEmptyPage(t *testing.T) {
	t.Parallel()
	b := openPage(t, collect(t, newWorld(), Options{}), desk)
	b.openDetails()
	require.Equal(t, "0 tasks", b.text("#filter-count"))
	require.True(t, eval[bool](b, `!document.querySelector('#tl-none').hidden`))
	b.keys("+", "0", "n", "p", "\r")
}

// The tables agree with the charts.
func TestTablesAddUp(t *testing.T) {
	t.Parallel()
	p := collect(t, few(), Options{})
	b := openPage(t, p, desk)
	b.openDetails()
	span := p.to.milliseconds() - p.from.milliseconds()
	means := eval[map[string]float64](b, `(() => {
		const t = document.querySelector('#states-table table'), rows = [...t.tBodies[0].rows];
		const names = [...t.tHead.rows[0].cells].map((c) => c.textContent.trim().toLowerCase());
		const mean = (c) => rows.reduce((sum, r) => sum + Number(r.cells[c].textContent), 0) / rows.length;
		return Object.fromEntries(names.map((n, c) => [n, mean(c)]).slice(2));
	})()`)
	times := drawnTimes(p)
	for state, name := range pageStates {
		if state > 0 {
			require.InDelta(t, float64(times[state])/float64(span), means[name], 0.006, name)
		}
	}
	pauses := eval[[]int](b, `[...document.querySelectorAll('#durations > div')[2].querySelectorAll('tbody tr')]
		.map((r) => Number(r.cells[2].textContent)).filter((n) => n > 0)`)
	require.Equal(t, []int{1, 1}, pauses)
	require.Contains(t, b.text("#longest"), "8h 20m 00s")
}

// evil has texts that would have an effect if they were parsed as HTML.
var evil = []string{
	`</script><script>window.pwned = 1</script>`,
	`<img src=x onerror="window.pwned = 2">`,
	`"><svg onload="window.pwned = 3">`,
	`' onmouseover='window.pwned = 4`,
	"<!--<script>\u2028window.pwned = 5</script>-->",
	`javascript:window.pwned = 6`,
	`${window.pwned = 7}`,
}

// Names, owners, prompts, activities, errors, policies and the title are shown as
// text.
func TestDataStaysText(t *testing.T) {
	t.Parallel()
	w := newWorld()
	var sweep []Policy
	for i, text := range evil {
		task := w.task(text, text, time.Duration(i)*time.Minute)
		task.row().Prompt = "Prompt: " + text
		task.start(time.Duration(i) * time.Minute)
		task.addStatus(10*time.Minute, tasktwin.WorkspaceAppStatusStateWorking, "Activity: "+text)
		task.idles(20 * time.Minute)
		task.stop(30 * time.Minute)
		task.build(40*time.Minute, tasktwin.WorkspaceTransitionStart, tasktwin.BuildReasonTaskResume, failedWith(50*time.Minute, "Error: "+text))
		sweep = append(sweep, Policy{Name: text, Cost: float64(i), WaitP95Seconds: float64(len(evil) - i), Pareto: true})
	}
	b := openPage(t, collect(t, w, Options{Title: strings.Join(evil, " "), Sweep: sweep, Now: t0.Add(time.Hour)}), desk)
	b.openDetails()
	require.Equal(t, evil, b.names())
	eval[bool](b, `(document.querySelector('#timeline').scrollIntoView(), true)`)
	for i, text := range evil {
		r := b.row(text)
		b.hover(r.X+r.Width/4, r.Y+r.Height/2)
		require.Contains(t, b.text("#tip"), "Activity: "+text)
		b.hover(r.X+r.Width-4, r.Y+r.Height/2)
		require.Contains(t, b.text("#tip"), "Error: "+text)
		b.do(chromedp.MouseClickXY(r.X+r.Width/2, r.Y+r.Height/2))
		b.settle()
		require.Equal(t, "Prompt: "+text, b.text("#task blockquote"))
		require.Contains(t, b.text("#task table"), "Error: "+text)
		b.set("#filter-owner", strconv.Itoa(len(evil)-1-i)) // the newest first
		require.Equal(t, []string{text}, b.names())
		b.set("#filter-owner", "")
	}
	for _, table := range []string{"#tasks-table", "#sweep-table", "#longest"} {
		for _, text := range evil {
			require.Contains(t, b.text(table), text)
		}
	}
	require.Equal(t, "undefined", eval[string](b, `typeof window.pwned`))
	parsed := "img, body script:not([id]) ~ script, [onload], [onerror], [onmouseover]"
	require.Empty(t, evalAll[string](b, parsed, `.map((e) => e.outerHTML)`))
	require.Equal(t, 2, eval[int](b, `document.scripts.length`))
}

// The content security policy allows only the page's own style and script.
func TestPolicyForbidsEverythingElse(t *testing.T) {
	t.Parallel()
	require.Regexp(t, `^default-src 'none'; script-src 'sha256-[^' ]+'; style-src 'sha256-[^' ]+'; `+
		`base-uri 'none'; form-action 'none'; `, policy())
	b := openPage(t, collect(t, few(), Options{}), desk)
	b.allowsConsole = true
	for name, c := range map[string]struct{ attempt, directive string }{
		"a script": {`(() => {
			const s = document.createElement('script'); s.textContent = 'window.pwned = 1'; document.body.append(s);
		})()`, "require-trusted-types-for"},
		"HTML": {
			`document.body.insertAdjacentHTML('beforeend', '<img src=x onerror="window.pwned = 1">')`, "require-trusted-types-for",
		},
		"eval": {`window.eval('window.pwned = 1')`, "require-trusted-types-for"},
		"an image": {`new Promise((done, fail) => {
			const i = new Image(); i.onerror = () => fail(new Error('refused')); i.onload = done;
			i.src = 'data:image/gif;base64,R0lGODlhAQABAAAAACw=';
		})`, "img-src"},
		"a style": {`(() => {
			const s = document.createElement('style'); s.textContent = 'body { color: red }'; document.body.append(s);
			if (!s.sheet) throw new Error('refused');
		})()`, "style-src-elem"},
		"another origin": {`fetch('https://example.invalid/')`, "connect-src"},
		"a frame": {`new Promise((done) => {
			const f = document.createElement('iframe'); f.src = 'data:text/html,hello'; document.body.append(f); f.onload = done;
		}).then(() => { throw new Error('refused'); })`, "frame-src"},
	} {
		refused, err := chromedp.Run(b.ctx, chromedp.Evaluate[string](fmt.Sprintf(`(async () => {
			const violation = new Promise((done) => document.addEventListener(
				'securitypolicyviolation', (e) => done(e.effectiveDirective), { once: true }));
			try { await (%s); return 'let through'; } catch (e) { return await violation; }
		})()`, c.attempt), chromedp.EvalAwaitPromise, func(p *runtime.EvaluateParams) { p.AllowUnsafeEvalBlockedByCSP = new(false) }))
		require.NoError(t, err, name)
		assert.Equal(t, c.directive, refused, name)
	}
	require.Equal(t, "undefined", eval[string](b, `typeof window.pwned`))
}
