package report

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// At 390 pixels, all parts of the page are as wide as the screen, and the texts of the
// charts are readable: not smaller than 11 pixels, and none on another.
func TestChartsOnAPhone(t *testing.T) {
	t.Parallel()
	for name, w := range map[string]*world{"none": newWorld(), "few": few(), "many": many(300)} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := openPage(t, collect(t, w, advised()), look{width: 390, height: 844, phone: true})
			b.shoot("phone-"+name, true)
			require.LessOrEqual(t, eval[int](b, `document.documentElement.scrollWidth`), 390)
			require.Empty(t, evalAll[string](b, "main *", `.filter((e) => e.checkVisibility() && !e.closest('.scroll, .sr-only, defs')
				&& (e.getBoundingClientRect().right > 391 || e.getBoundingClientRect().left < -1))
				.map((e) => e.tagName + ' ' + e.textContent.slice(0, 40))`))
			bad := eval[[]string](b, `[...document.querySelectorAll('main svg')].flatMap((g) => {
				const scale = g.viewBox.baseVal.width ? g.getBoundingClientRect().width / g.viewBox.baseVal.width : 1;
				const texts = [...g.querySelectorAll('text')].map((t) => [t, t.getBoundingClientRect()]);
				const small = texts.filter(([t]) => parseFloat(getComputedStyle(t).fontSize) * scale < 10.9);
				const over = texts.filter(([, a], i) => texts.some(([, o], k) => k !== i && a.left + 1 < o.right && a.right > o.left + 1
					&& a.top + 3 < o.bottom && a.bottom > o.top + 3));
				return [...small, ...over].map(([t]) => t.textContent);
			})`)
			require.Empty(t, bad)
		})
	}
}
