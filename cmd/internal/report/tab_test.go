package report

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/require"
)

// tabTimeout limits the time of one test in the browser.
const tabTimeout = 2 * time.Minute

// look is the size and the colour scheme of a tab.
type look struct {
	width, height int64
	dark, phone   bool
}

var desk = look{width: 1280, height: 900}

// tab is a page in its own tab. The test fails if the page writes to its console or
// requests anything but its file.
type tab struct {
	t   *testing.T
	ctx context.Context
	url string

	// allowsConsole says that the test expects console output.
	allowsConsole bool
	// opensAgain says that the test opens the page more than once.
	opensAgain bool

	mu       sync.Mutex
	console  []string
	requests []string
}

// openPage writes a page to a file and opens it.
func openPage(t *testing.T, p *Page, l look) *tab {
	t.Helper()
	path := filepath.Join(t.TempDir(), "report.html")
	file, err := os.Create(path)
	require.NoError(t, err)
	_, err = p.WriteTo(file)
	require.NoError(t, err)
	require.NoError(t, file.Close())

	ctx, cancel := chromedp.NewContext(tabContext(t), chromedp.WithNewBrowserContext())
	ctx, timeout := context.WithTimeout(ctx, tabTimeout)
	b := &tab{t: t, ctx: ctx, url: "file://" + path}
	t.Cleanup(func() {
		timeout()
		cancel()
		b.mu.Lock()
		defer b.mu.Unlock()
		if len(b.console) > 0 && !b.allowsConsole {
			t.Errorf("the page said on its console:\n%s", strings.Join(b.console, "\n"))
		}
		for _, r := range b.requests {
			if address, _, _ := strings.Cut(r, "#"); address != b.url && !b.allowsConsole {
				t.Errorf("the page asked for %s", r)
			}
		}
		if len(b.requests) != 1 && !b.allowsConsole && !b.opensAgain {
			t.Errorf("%d requests instead of the one for the file: %v", len(b.requests), b.requests)
		}
	})
	require.NoError(t, chromedp.Listen(ctx, b.listen))
	scheme := "light"
	if l.dark {
		scheme = "dark"
	}
	call(b, network.Enable, network.EnableParams{})
	call(b, log.Enable, cdp.Empty{})
	call(b, runtime.Enable, cdp.Empty{})
	b.resize(l)
	call(b, emulation.SetTouchEmulationEnabled, emulation.SetTouchEmulationEnabledParams{Enabled: l.phone})
	call(b, emulation.SetFocusEmulationEnabled, emulation.SetFocusEmulationEnabledParams{Enabled: true})
	b.setScheme(scheme)
	b.do(chromedp.Navigate(b.url))
	require.Equal(t, "true", eval[string](b, `document.documentElement.dataset.ready || 'the script did not get to its end'`))
	b.settle()
	return b
}

func (b *tab) listen(event any) {
	b.mu.Lock()
	defer b.mu.Unlock()
	switch e := event.(type) {
	case *runtime.EventConsoleAPICalled:
		for _, a := range e.Args {
			b.console = append(b.console, fmt.Sprintf("%s: %s %s", e.Type, a.Value, a.Description))
		}
	case *runtime.EventExceptionThrown:
		text := e.ExceptionDetails.Text
		if o := e.ExceptionDetails.Exception; o != nil {
			text += " " + o.Description
		}
		b.console = append(b.console, "exception: "+text)
	case *log.EventEntryAdded:
		b.console = append(b.console, fmt.Sprintf("%s: %s %s", e.Entry.Level, e.Entry.Text, e.Entry.URL))
	case *network.EventRequestWillBeSent:
		b.requests = append(b.requests, e.Request.URL)
	}
}

func (b *tab) do(actions ...chromedp.Action[chromedp.Void]) {
	b.t.Helper()
	require.NoError(b.t, chromedp.Do(b.ctx, actions...))
}

// call runs a command of the DevTools protocol.
func call[P, R any](b *tab, command cdp.Command[P, R], params P) R {
	b.t.Helper()
	out, err := chromedp.Call(b.ctx, command, params)
	require.NoError(b.t, err)
	return out
}

// resize sets the size of the window.
func (b *tab) resize(l look) {
	b.t.Helper()
	call(b, emulation.SetDeviceMetricsOverride, emulation.SetDeviceMetricsOverrideParams{
		Width: l.width, Height: l.height, DeviceScaleFactor: 1, Mobile: l.phone,
	})
}

// setScheme sets the colour scheme that the user prefers: light or dark.
func (b *tab) setScheme(scheme string) {
	b.t.Helper()
	call(b, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{
		Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: scheme}},
	})
}

// eval evaluates an expression in the page.
func eval[T any](b *tab, expression string) T {
	b.t.Helper()
	out, err := chromedp.Run(b.ctx, chromedp.Evaluate[T](expression, chromedp.EvalAwaitPromise))
	require.NoError(b.t, err, expression)
	return out
}

// evalAll evaluates method calls on the array of the elements that match a selector.
func evalAll[T any](b *tab, selector, calls string) []T {
	b.t.Helper()
	return eval[[]T](b, `[...document.querySelectorAll(`+quote(selector)+`)]`+calls)
}

// settle waits for two frames. By then the page has drawn all changes.
func (b *tab) settle() {
	b.t.Helper()
	eval[bool](b, `new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => done(true))))`)
}

// text returns an element's text.
func (b *tab) text(selector string) string {
	b.t.Helper()
	return eval[string](b, fmt.Sprintf(`document.querySelector(%s).textContent`, quote(selector)))
}

func quote(s string) string {
	b, err := json.Marshal(s)
	if err != nil {
		panic(err) // a string always has a JSON text
	}
	return string(b)
}

// set sets the value of a control, as a user would.
func (b *tab) set(selector, value string) {
	b.t.Helper()
	eval[bool](b, fmt.Sprintf(`(() => { const c = document.querySelector(%s); c.value = %s;
		c.dispatchEvent(new Event('input', {bubbles: true})); c.dispatchEvent(new Event('change', {bubbles: true}));
		return true; })()`, quote(selector), quote(value)))
	b.settle()
}

// names returns the names in the timeline's rows, from top to bottom.
func (b *tab) names() []string {
	b.t.Helper()
	return evalAll[string](b, ".tl-row",
		`.sort((a, b) => a.ariaPosInSet - b.ariaPosInSet).map((r) => r.querySelector('.n').textContent)`)
}

// keys presses keys while the timeline has the focus.
func (b *tab) keys(keys ...string) {
	b.t.Helper()
	eval[bool](b, `(document.querySelector('#tl-scroll').focus(), true)`)
	for _, k := range keys {
		b.do(chromedp.KeyEvent(k))
	}
	b.settle()
}

// rect is the position and size of an element in the window.
type rect struct{ X, Y, Width, Height float64 }

func (b *tab) rect(expression string) rect {
	b.t.Helper()
	return eval[rect](b, fmt.Sprintf(`(() => { const r = (%s).getBoundingClientRect();
		return {X: r.x, Y: r.y, Width: r.width, Height: r.height}; })()`, expression))
}

// row returns the position of a task's canvas in the timeline.
func (b *tab) row(name string) rect {
	b.t.Helper()
	return b.rect(fmt.Sprintf(`[...document.querySelectorAll('.tl-row')].find(
		(r) => r.querySelector('.n').textContent === %s).querySelector('canvas')`, quote(name)))
}

// hover moves the mouse to a point in the window.
func (b *tab) hover(x, y float64) {
	b.t.Helper()
	b.do(chromedp.MouseEvent(input.DispatchMouseEventTypeMouseMoved, x, y))
	b.settle()
}

// drag drags from one point to another.
func (b *tab) drag(x0, y0, x1, y1 float64) {
	b.t.Helper()
	b.do(chromedp.DragAndDropXY(x0, y0, x1, y1, 4))
	b.settle()
}

// shoot saves a screenshot of the window or the whole page, if screenshots are
// requested.
func (b *tab) shoot(name string, whole bool) {
	b.t.Helper()
	dir := os.Getenv(envScreenshots)
	if dir == "" {
		return
	}
	require.NoError(b.t, os.MkdirAll(dir, 0o750))
	png := call(b, page.CaptureScreenshot, page.CaptureScreenshotParams{CaptureBeyondViewport: &whole}).Data
	require.NoError(b.t, os.WriteFile(filepath.Join(dir, name+".png"), png, 0o600))
}
