package report

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"go.uber.org/goleak"
)

// The environment variables of the tests in a browser.
const (
	// envChromium is the path of the browser. Without it, PATH is searched.
	envChromium = "TASKTWIN_CHROMIUM"
	// envRequire makes tests fail that would be skipped without a browser.
	envRequire = "TASKTWIN_REQUIRE_CHROMIUM"
	// envScreenshots is the folder for screenshots.
	envScreenshots = "TASKTWIN_SCREENSHOTS"
)

const profilePrefix = "tasktwin-chromium-"

// browser is shared by all tests. It is started by the first test that needs it.
var browser sharedBrowser

type sharedBrowser struct {
	mu      sync.Mutex
	asked   bool
	ctx     context.Context
	err     error
	end     []func()
	skipped int
}

var errNoBrowser = errors.New("no Chromium: install Debian's package chromium (scripts/chromium.sh), or name one in " + envChromium)

func findChromium() (string, error) {
	if path := os.Getenv(envChromium); path != "" {
		return path, nil
	}
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome"} {
		if path, err := exec.LookPath(name); err == nil {
			return path, nil
		}
	}
	return "", errNoBrowser
}

// get returns the context of the browser, in which tabs are opened.
func (b *sharedBrowser) get() (context.Context, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if !b.asked {
		b.asked = true
		b.err = b.start()
	}
	return b.ctx, b.err
}

func (b *sharedBrowser) start() error {
	path, err := findChromium()
	if err != nil {
		return err
	}
	sweepProfiles()
	profile, err := os.MkdirTemp("", fmt.Sprintf("%s%d-", profilePrefix, os.Getpid()))
	if err != nil {
		return err
	}
	b.end = append(b.end, func() { removeProfile(profile) })
	options := append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.ExecPath(path),
		chromedp.UserDataDir(profile),
		chromedp.Env("HOME="+profile, "XDG_CONFIG_HOME="+profile, "XDG_CACHE_HOME="+profile),
		chromedp.DisableGPU,
	)
	if os.Geteuid() == 0 {
		options = append(options, chromedp.NoSandbox)
	}
	allocator, stop := chromedp.NewExecAllocator(context.Background(), options...)
	ctx, forget := chromedp.NewContext(allocator)
	b.end = append(b.end, func() {
		if err := chromedp.Cancel(ctx); err != nil { // waits until the browser has exited
			fmt.Fprintln(os.Stderr, err)
		}
		forget()
		stop()
	})
	if err := chromedp.Do(ctx); err != nil {
		return fmt.Errorf("start %s: %w", path, err)
	}
	b.ctx = ctx
	return nil
}

// close ends the browser and removes its profile.
func (b *sharedBrowser) close() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.asked, b.err = true, errors.New("the tests are over")
	for _, end := range slices.Backward(b.end) {
		end()
	}
	b.end = nil
}

// removeProfile removes a folder to which a child process of the browser may
// still write.
func removeProfile(path string) {
	var err error
	for deadline := time.Now().Add(10 * time.Second); time.Now().Before(deadline); time.Sleep(20 * time.Millisecond) {
		if err = os.RemoveAll(path); err == nil {
			return
		}
	}
	fmt.Fprintln(os.Stderr, err)
}

// sweepProfiles removes the folders that killed test binaries left behind.
func sweepProfiles() {
	paths, _ := filepath.Glob(filepath.Join(os.TempDir(), profilePrefix+"*"))
	for _, path := range paths {
		name := strings.TrimPrefix(filepath.Base(path), profilePrefix)
		text, _, _ := strings.Cut(name, "-")
		pid, err := strconv.Atoi(text)
		if err != nil {
			continue
		}
		process, err := os.FindProcess(pid)
		if err == nil && errors.Is(process.Signal(syscall.Signal(0)), os.ErrProcessDone) {
			_ = os.RemoveAll(path) // another run may remove it first
		}
	}
}

// required reports whether tests fail without a browser.
func required() bool {
	switch os.Getenv(envRequire) {
	case "", "0", "false":
		return false
	}
	return true
}

// tabContext returns a context of the browser, or skips the test.
func tabContext(t *testing.T) context.Context {
	t.Helper()
	ctx, err := browser.get()
	if errors.Is(err, errNoBrowser) && !required() {
		browser.mu.Lock()
		browser.skipped++
		browser.mu.Unlock()
		t.Skip(err)
	}
	if err != nil {
		t.Fatal(err)
	}
	return ctx
}

// The browser, its folder and all goroutines end with the tests.
func TestMain(m *testing.M) {
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM)
	go func() {
		if s, ok := <-signals; ok {
			browser.close()
			fmt.Fprintln(os.Stderr, s)
			os.Exit(1)
		}
	}()
	code := m.Run()
	signal.Stop(signals)
	close(signals)
	browser.close()
	if browser.skipped > 0 {
		fmt.Fprintf(os.Stderr, "report: %d tests SKIPPED: no Chromium; %s=1 makes them fail\n", browser.skipped, envRequire)
	}
	if left, _ := filepath.Glob(filepath.Join(os.TempDir(), fmt.Sprintf("%s%d-*", profilePrefix, os.Getpid()))); len(left) > 0 {
		fmt.Fprintln(os.Stderr, "left behind:", left)
		code = max(code, 1)
	}
	if err := goleak.Find(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		code = max(code, 1)
	}
	os.Exit(code)
}
