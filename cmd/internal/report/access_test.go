package report

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/accessibility"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
	"github.com/stretchr/testify/require"
)

var (
	dark  = look{width: 1280, height: 900, dark: true}
	phone = look{width: 360, height: 740, phone: true}
)

// contrastScript finds texts whose contrast with their background is less than
// 4.5. It blends translucent backgrounds, and skips disabled controls, which the
// accessibility guidelines exempt.
const contrastScript = `(() => {
	const parse = (text) => {
		const n = text.match(/[-\d.e]+/g).map(Number), scale = text.startsWith('color(') ? 255 : 1;
		return { c: n.slice(0, 3).map((v) => v * scale), a: n.length > 3 ? n[3] : 1 };
	};
	const over = (top, below) => top.c.map((v, i) => v * top.a + below[i] * (1 - top.a));
	const behind = (node) => {
		if (!node) return [255, 255, 255];
		const color = parse(getComputedStyle(node).backgroundColor);
		return color.a === 1 ? color.c : over(color, behind(node.parentElement));
	};
	const linear = (v) => (v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4);
	const luminance = (c) => c.map((v) => linear(v / 255)).reduce((sum, v, i) => sum + v * [0.2126, 0.7152, 0.0722][i], 0);
	const bad = [];
	let n = 0;
	const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
	while (walker.nextNode()) {
		const node = walker.currentNode, e = node.parentElement;
		if (!node.data.trim() || ['SCRIPT', 'STYLE', 'NOSCRIPT', 'OPTION'].includes(e.tagName)) continue;
		if (e.closest(':disabled, .sr-only, .skip') || !e.checkVisibility()) continue;
		const style = getComputedStyle(e), background = behind(e.closest('svg') ? e.closest('svg').parentElement : e);
		const color = over(parse(e.closest('svg') ? style.fill : style.color), background);
		const [a, b] = [luminance(color), luminance(background)].map((v) => v + 0.05).sort((x, y) => y - x);
		n++;
		const where = e.tagName + '.' + (e.getAttribute('class') || '');
		if (a / b < 4.5) bad.push(node.data.trim().slice(0, 40) + ': ' + (a / b).toFixed(2) + ' ' + where);
	}
	return { Texts: n, Bad: bad };
})()`

func (b *tab) requireContrast(when string) {
	b.t.Helper()
	found := eval[struct {
		Texts int
		Bad   []string
	}](b, contrastScript)
	require.Greater(b.t, found.Texts, 100, when)
	require.Empty(b.t, found.Bad, when)
}

// busy opens and selects everything on the page.
func (b *tab) busy() {
	b.t.Helper()
	b.openDetails()
	b.toTimeline()
	b.keys(kb.ArrowDown, "\r")
	b.keys("n")
}

// Light and dark mode have different colours, and every text is readable in both.
func TestSchemes(t *testing.T) {
	t.Parallel()
	p := collect(t, many(300), Options{Title: "Agent tasks in March", Sweep: policies()})
	b := openPage(t, p, desk)
	colors := `[document.body, document.querySelector('.card')].map(getComputedStyle).map((s) => s.color + s.backgroundColor).join()`
	pixels := `(() => { const c = document.querySelector('.tl-row canvas'); return c.toDataURL(); })()`
	light, lightPixels := eval[string](b, colors), eval[string](b, pixels)
	b.shoot("light", true)
	b.busy()
	b.requireContrast("light")
	b.shoot("light-details", true)
	// The scheme can change while the page is open.
	b.setScheme("dark")
	b.settle()
	require.NotEqual(t, light, eval[string](b, colors))
	require.NotEqual(t, lightPixels, eval[string](b, pixels), "the canvases are repainted")
	b.requireContrast("dark")
	b.shoot("dark-details", true)

	b = openPage(t, p, dark)
	b.shoot("dark", true)
	require.NotEqual(t, light, eval[string](b, colors))
}

// On a phone, the page is as wide as the screen whatever is open and however long
// names are, and the controls are large enough for fingers.
func TestPhone(t *testing.T) {
	t.Parallel()
	w := many(200)
	for i, text := range []string{strings.Repeat("unbreakable", 11), strings.Repeat("many words ", 11)} {
		task := w.task(text, text, time.Duration(i)*time.Minute)
		task.row().Prompt = text
		task.start(time.Duration(i) * time.Minute)
		task.addStatus(time.Hour, "working", text)
		task.stop(2 * time.Hour)
	}
	b := openPage(t, collect(t, w, Options{Title: strings.Repeat("Title", 30), Sweep: policies()}), phone)
	fits := func(when string) {
		t.Helper()
		require.LessOrEqual(t, eval[int](b, `document.documentElement.scrollWidth`), 360, when)
		require.Equal(t, 360, eval[int](b, `Math.round(visualViewport.width)`), when)
	}
	fits("at first")
	b.shoot("phone", true)
	b.busy()
	fits("with everything open")
	tip := b.rect(`document.querySelector('#tip')`)
	require.True(t, tip.Width > 0 && tip.X >= 0 && tip.X+tip.Width <= 360, "the tooltip is within the window")
	require.Empty(t, evalAll[string](b, "#filter select, #filter input, .tools select, .tools button",
		`.filter((c) => c.checkVisibility() && c.getBoundingClientRect().height < 44).map((c) => c.id)`))
	b.shoot("phone-details", true)
	// One finger pans.
	b.keys("+", "+")
	from, _ := b.shown()
	for _, e := range []struct {
		kind string
		x    int
	}{{"pointerdown", 200}, {"pointermove", 150}, {"pointermove", 100}, {"pointerup", 100}} {
		event := fmt.Sprintf(`new PointerEvent('%s', {pointerId: 7, pointerType: 'touch', clientX: %d, bubbles: true})`, e.kind, e.x)
		eval[bool](b, `document.querySelector('#tl-scroll').dispatchEvent(`+event+`)`)
	}
	b.settle()
	moved, _ := b.shown()
	require.True(t, moved.After(from), "%s, then %s", from, moved)
}

// Every control and every graphic has a name in the accessibility tree.
func TestAccessibilityTree(t *testing.T) {
	t.Parallel()
	b := openPage(t, collect(t, many(120), Options{Sweep: policies()}), desk)
	b.busy()
	nodes := call(b, accessibility.GetFullAXTree, accessibility.GetFullAXTreeParams{}).Nodes
	named := []string{
		"button", "combobox", "searchbox", "textbox", "checkbox", "listbox", "option", "link", "image", "img", "table", "region", "search",
		"DisclosureTriangle", "columnheader", "rowheader", "RootWebArea", "heading",
	}
	seen := map[string]int{}
	text := func(v *accessibility.Value) string {
		if v == nil {
			return ""
		}
		return strings.Trim(string(v.Value), `"`)
	}
	for _, n := range nodes {
		role := text(n.Role)
		if n.Ignored || !slices.Contains(named, role) {
			continue
		}
		seen[role]++
		require.NotEmpty(t, strings.TrimSpace(text(n.Name)), "%s without a name: %+v", role, n)
	}
	for _, role := range []string{"button", "combobox", "searchbox", "checkbox", "listbox", "option", "table", "region", "heading", "link"} {
		require.Positive(t, seen[role], "%s: %v", role, seen)
	}
	require.Positive(t, seen["image"]+seen["img"], "%v", seen)
}

// The page has landmarks, a language, headings without gaps, labels, and tables
// with headers.
func TestStructure(t *testing.T) {
	t.Parallel()
	b := openPage(t, collect(t, many(120), Options{Sweep: policies()}), desk)
	b.busy()
	require.Equal(t, "en", eval[string](b, `document.documentElement.lang`))
	require.Equal(t, []int{1, 1, 1}, eval[[]int](b, `['header', 'main', 'h1'].map((s) => document.querySelectorAll(s).length)`))
	levels := eval[[]int](b, `[...document.querySelectorAll('h1, h2, h3, h4, h5, h6')].map((h) => Number(h.tagName[1]))`)
	for i, level := range levels[1:] {
		require.LessOrEqual(t, level, levels[i]+1, "%v", levels)
	}
	unlabelledImage := `!e.closest('[aria-hidden]') && !(e.getAttribute('role') === 'img' && e.getAttribute('aria-label'))`
	for selector, isBad := range map[string]string{
		"canvas, main svg":                     unlabelledImage,
		"table":                                `!e.caption || !e.tHead || ![...e.tHead.rows[0].cells].every((c) => c.scope === 'col')`,
		"[role=group], [role=region], section": `!e.ariaLabel && !e.getAttribute('aria-labelledby')`,
	} {
		require.Empty(t, evalAll[string](b, selector, `.filter((e) => `+isBad+`).map((e) => e.outerHTML.slice(0, 80))`))
	}
	ids := eval[[]string](b, `[...document.querySelectorAll('[id]')].map((e) => e.id)`)
	slices.Sort(ids)
	unique := slices.Compact(slices.Clone(ids))
	// The patterns of the charts are the same in each.
	unhatched := func(s []string) []string {
		return slices.DeleteFunc(s, func(id string) bool { return strings.HasPrefix(id, "hatch-") })
	}
	require.Equal(t, unhatched(unique), unhatched(ids), "an id twice")
}

// The Tab key visits every control in the order of the page, with a visible
// focus.
func TestFocus(t *testing.T) {
	t.Parallel()
	b := openPage(t, collect(t, few(), Options{Sweep: policies()}), desk)
	var order []string
	for range 100 {
		b.do(chromedp.KeyEvent(kb.Tab))
		where := eval[struct {
			ID, Outline string
		}](b, `(() => { const e = document.activeElement, ring = e.id === 'tl-scroll' ? e.parentElement : e, s = getComputedStyle(ring);
			const id = e === document.body ? 'BODY' : e.id || e.textContent.trim() || e.ariaLabel || e.tagName;
			return {ID: id, Outline: s.outlineStyle === 'none' ? '' : s.outlineWidth}; })()`)
		if where.ID == "BODY" || len(order) > 0 && order[0] == where.ID {
			break
		}
		require.NotEmpty(t, where.Outline, where.ID)
		order = append(order, where.ID)
	}
	position := func(id string) int {
		i := slices.Index(order, id)
		require.GreaterOrEqual(t, i, 0, "%s is not among %q", id, order)
		return i
	}
	require.Equal(t, "skip", order[0])
	last := -1
	for _, id := range []string{
		"sweep-by", "filter-text", "filter-owner", "filter-status", "Table: tasks in each state over time", "sort-by", "sort-order",
		"zoom-in", "keys-open", "tl-scroll", "Table: all tasks", "Table: pauses",
	} {
		now := position(id)
		require.Greater(t, now, last, "%s in %q", id, order)
		last = now
	}
}
