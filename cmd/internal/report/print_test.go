package report

import (
	"bytes"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/page"
	"github.com/stretchr/testify/require"
)

// paper is as wide as a sheet of A4 without its margins.
var paper = look{width: 718, height: 1000}

// On paper there are a legend and whole names, and nothing to click on. Nothing is wider
// than the paper, although the page was drawn for a wider window.
func TestPaper(t *testing.T) {
	t.Parallel()
	w := many(100)
	long := "A name that is " + strings.Repeat("really, ", 12) + "long"
	w.task(long, "Ada", 0).start(time.Minute)
	b := openPage(t, collect(t, w, advised()), desk)
	wide := b.rect(`document.querySelector('#states svg')`).Width
	eval[bool](b, `(dispatchEvent(new Event('beforeprint')), true)`)
	media := "print"
	call(b, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Media: media})
	b.resize(paper)
	b.settle()
	b.shoot("paper", true)
	visible := func(selector string) []string {
		return evalAll[string](b, selector, `.filter((e) => e.checkVisibility()).map((e) => e.id || e.textContent.trim() || e.tagName)`)
	}
	require.Empty(t, visible("main button:not(.link, thead button), select, input, summary, .keys, .fingers, kbd, #tl-help"))
	require.Equal(t, []string{"active", "building", "idle", "failed", "paused"}, visible("#legend li"))
	require.Equal(t, "The first 40 of 101 tasks.", b.text("#tl-paper"))
	require.Len(t, visible(".tl-row"), 40)
	require.Contains(t, b.names(), long)
	require.Empty(t, evalAll[string](b, ".tl-row .n, .tl-row .o", `.filter((n) => n.getBoundingClientRect().height < 10
		|| n.scrollWidth > n.clientWidth + 1 && getComputedStyle(n).display !== 'inline').map((n) => n.textContent)`))
	require.Empty(t, evalAll[string](b, "main *", `
		.filter((e) => e.checkVisibility() && e.getBoundingClientRect().right > 719 && !e.closest('.sr-only, defs'))
		.map((e) => e.tagName + '.' + (e.getAttribute('class') || '') + ' ' + e.textContent.slice(0, 40))`))
	require.LessOrEqual(t, eval[int](b, `document.documentElement.scrollWidth`), 718)
	require.Empty(t, evalAll[string](b, "main svg", `.filter((g) => Math.abs(g.viewBox.baseVal.width / g.viewBox.baseVal.height
		- g.getBoundingClientRect().width / g.getBoundingClientRect().height) > 0.05).map((g) => g.getAttribute('aria-label'))`))

	// The rows are below the marks of their axis.
	widths := eval[[]float64](b, `['#tl-axis svg', '.tl-row', '.tl-row canvas'].map(
		(s) => document.querySelector(s).getBoundingClientRect().width)`)
	require.InDeltaSlice(t, []float64{widths[0], widths[0], widths[0]}, widths, 1)

	// Afterwards the page is as it was.
	media = ""
	call(b, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Media: media})
	b.resize(desk)
	eval[bool](b, `(dispatchEvent(new Event('afterprint')), true)`)
	b.settle()
	require.InDelta(t, wide, b.rect(`document.querySelector('#states svg')`).Width, 1)
	require.Empty(t, b.text("#tl-paper"))
	require.Equal(t, "0px", eval[string](b, `getComputedStyle(document.querySelector('.tl-row')).top`))
	require.Equal(t, "absolute", eval[string](b, `getComputedStyle(document.querySelector('.tl-row')).position`))
}

// The browser's own printing draws for paper, also in dark mode, and draws for the screen
// again afterwards.
func TestPrinting(t *testing.T) {
	t.Parallel()
	b := openPage(t, collect(t, many(100), advised()), dark)
	background := `getComputedStyle(document.body).backgroundColor`
	before := eval[string](b, background)
	eval[bool](b, `(window.seen = [], new MutationObserver(() => window.seen.push(document.documentElement.className)).observe(
		document.documentElement, { attributes: true, attributeFilter: ['class'] }), true)`)
	pdf := call(b, page.PrintToPDF, page.PrintToPDFParams{}).Data
	require.True(t, bytes.HasPrefix(pdf, []byte("%PDF-")))
	if dir := os.Getenv(envScreenshots); dir != "" {
		require.NoError(t, os.WriteFile(filepath.Join(dir, "paper.pdf"), pdf, 0o600))
	}
	require.Eventually(t, func() bool {
		return eval[bool](b, `window.seen.includes('paper') && document.documentElement.className === ''`)
	},
		time.Minute, 20*time.Millisecond)
	require.Equal(t, before, eval[string](b, background))
}

// On paper in grey, the states differ in lightness from each other or have a pattern.
func TestGrey(t *testing.T) {
	t.Parallel()
	colors := colorsOf(t, between(t, style, ":root.paper {", "}"))
	plain := []string{"active", "building", "idle"} // paused and failed are hatched
	for i, a := range plain {
		for _, b := range append([]string{"surface"}, plain[:i]...) {
			require.GreaterOrEqual(t, contrast(colors[a], colors[b]), 1.5, "%s and %s", a, b)
		}
	}
	require.Greater(t, math.Abs(colors["paused"].luminance()-colors["failed"].luminance()), 0.2)
}
