package report

import (
	"fmt"
	"testing"

	"github.com/chromedp/chromedp"
)

func TestX(t *testing.T) {
	t.Parallel()
	p := collect(t, many(2000), Options{Title: "Agent tasks in March", Sweep: policies()})
	for name, l := range map[string]look{"light": {width: 1280, height: 1400}, "dark": {width: 1280, height: 1400, dark: true}, "phone": {width: 390, height: 1400, phone: true}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := openPage(t, p, l)
			for i := range 4 {
				eval[bool](b, fmt.Sprintf("(scrollTo(0, %d), true)", i*1340))
				b.shoot(fmt.Sprint(name, i), false)
			}
			eval[bool](b, `(document.querySelector('#timeline').scrollIntoView(), true)`)
			b.keys("+", "+", "0")
			b.settle()
			r := b.row("Task 00003")
			b.do(chromedp.MouseClickXY(r.X+r.Width/20, r.Y+10))
			b.drag(r.X+10, r.Y+10, r.X+r.Width/20, r.Y+12)
			b.keys("n", "n", "n")
			b.shoot(name+"-zoom", false)
		})
	}
}
