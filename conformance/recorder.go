package conformance

import (
	"fmt"
	"runtime"
	"strings"
	"sync"
	"testing"

	"github.com/tasktwin/tasktwin/conformance/internal/cases"
)

// recorder is a test that records its failures instead of failing the test around
// it.
type recorder struct {
	testing.TB
	mu       sync.Mutex
	failed   bool
	logged   []string
	cleanups []func()
}

// run calls fn and then its cleanups, and reports whether any of them failed or
// panicked.
func (r *recorder) run(t testing.TB, fn func(testing.TB)) (failed bool) {
	r.TB = t
	<-cases.Go(r, func() { fn(r) })
	for len(r.cleanups) > 0 {
		last := len(r.cleanups) - 1
		cleanup := r.cleanups[last]
		r.cleanups = r.cleanups[:last]
		<-cases.Go(r, cleanup)
	}
	return r.Failed()
}

func (r *recorder) log() string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return strings.Join(r.logged, "\n")
}

func (r *recorder) note(text string, failed bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if text != "" {
		r.logged = append(r.logged, text)
	}
	r.failed = r.failed || failed
}

// Cleanup implements [testing.TB], as do the methods below.
func (r *recorder) Cleanup(fn func()) { r.cleanups = append(r.cleanups, fn) }

func (r *recorder) Failed() bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.failed
}

func (r *recorder) Fail() { r.note("", true) }

func (r *recorder) FailNow() {
	r.Fail()
	runtime.Goexit()
}

func (r *recorder) Log(args ...any)                 { r.note(fmt.Sprint(args...), false) }
func (r *recorder) Logf(format string, args ...any) { r.note(fmt.Sprintf(format, args...), false) }

func (r *recorder) Error(args ...any)                 { r.note(fmt.Sprint(args...), true) }
func (r *recorder) Errorf(format string, args ...any) { r.note(fmt.Sprintf(format, args...), true) }

func (r *recorder) Fatal(args ...any) {
	r.Error(args...)
	runtime.Goexit()
}

func (r *recorder) Fatalf(format string, args ...any) {
	r.Errorf(format, args...)
	runtime.Goexit()
}
