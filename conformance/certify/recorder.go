package certify

import (
	"context"
	"fmt"
	"runtime"
	"sync"
	"time"

	"github.com/tasktwin/tasktwin/conformance/internal/cases"
	"github.com/tasktwin/tasktwin/conformance/internal/lockstep"
	"github.com/tasktwin/tasktwin/conformance/internal/stores"
)

// grace is the time that a case has to end after its context.
const grace = 10 * time.Second

// What a [Difference] has of an assertion of a case that is not about an error.
const (
	assertion = "assertion"
	passed    = "passed"
	failed    = "failed"
)

// recorder is the test of a case that is run outside of tests.
type recorder struct {
	ctx  context.Context
	name string

	mu          sync.Mutex
	differences []Difference
	skipped     bool
}

var _ cases.FactsTB = (*recorder)(nil)

// run calls fn in a goroutine, which fails with a panic of fn. It returns false if fn does
// not end some time after the context.
func (r *recorder) run(fn func()) (ended bool) {
	done := cases.Go(r, fn)
	select {
	case <-done:
		return true
	case <-r.ctx.Done():
	}
	select {
	case <-done:
		return true
	case <-time.After(grace):
		return false
	}
}

func (r *recorder) add(d ...Difference) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.differences = append(r.differences, d...)
}

// taken returns the differences.
func (r *recorder) taken() (differences []Difference, skipped bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.differences, r.skipped
}

// Context implements [cases.TB], as do the methods below.
func (r *recorder) Context() context.Context { return r.ctx }

// Helper does nothing.
func (*recorder) Helper() {}

func (r *recorder) Error(args ...any) { r.fail(fmt.Sprint(args...), args) }

func (r *recorder) Errorf(format string, args ...any) { r.fail(fmt.Sprintf(format, args...), args) }

// fail adds a failed assertion, with the facts of the first error among the arguments.
func (r *recorder) fail(text string, args []any) {
	d := Difference{Case: r.name, Call: assertion, PostgreSQL: passed, Server: failed, Text: text}
	for _, arg := range args {
		if err, ok := arg.(error); ok {
			facts := stores.Describe(err)
			d.Server, d.ServerState = facts.Outcome(), facts.Code
			break
		}
	}
	r.add(d)
}

func (r *recorder) Fatal(args ...any) {
	r.Error(args...)
	runtime.Goexit()
}

func (r *recorder) Fatalf(format string, args ...any) {
	r.Errorf(format, args...)
	runtime.Goexit()
}

func (r *recorder) Skipf(string, ...any) {
	r.mu.Lock()
	r.skipped = true
	r.mu.Unlock()
	runtime.Goexit()
}

// Differs implements [cases.FactsTB].
func (r *recorder) Differs(what string, want, got lockstep.ErrorFacts) {
	r.add(differenceOf(r.name, what, lockstep.Compare(want, got), want, got))
}
