package explore

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/tasktwin/tasktwin/internal/footprint"
)

// Result is what an exploration has found.
type Result struct {
	// Schedules is how many schedules have run, and Cut how many more have been given up on the
	// way, because they differ from one of these in the order of statements with nothing in
	// common only.
	Schedules, Cut int
	// LeftOut is how many choices are known that have not been tried, because of MaxSchedules.
	// Each stands for at least one schedule. Schedules beyond Switches, or that Samples has not
	// chosen, are not counted.
	LeftOut int
	// Failure is nil if no schedule has failed.
	Failure *Failure
}

// TB is what [Test] needs of a *testing.T.
type TB interface {
	Helper()
	Context() context.Context
	Errorf(format string, args ...any)
	Logf(format string, args ...any)
}

// Test explores the orders in which handlers can go, and fails the test with the shortest
// schedule that fails, if there is one. It says in the test's log what MaxSchedules has left
// out.
func Test(t TB, c Config) *Result {
	t.Helper()
	result, err := Explore(t.Context(), c)
	switch {
	case err != nil:
		t.Errorf("%v", err)
	case result.Failure != nil:
		t.Errorf("%v", result.Failure)
	case result.LeftOut > 0:
		t.Logf("explore: at least %d schedules have been left out after %d: see Config.MaxSchedules", result.LeftOut, result.Schedules)
	}
	return result
}

// Explore runs handlers in every order of their statements, and returns the first failure, cut
// down to few switches between handlers. Two orders that differ only in statements with nothing
// in common count as one, if the store tells what its statements touch, as memdb's do.
//
// A schedule fails if Check returns an error, if a handler returns one that it may not, if it
// got 40001 or 40P01 and has called nothing since ([ErrNotRetried]), if it waits for something
// else than the store for longer than Patience ([ErrStuck]), if there is no end to the calls
// ([ErrEndless]), or if a handler asks for another statement after the same answers than before
// ([ErrNotDeterministic]).
//
// The error is one of the configuration, of the store, of Before, or of ctx. A handler that
// does not return after its context is done is left behind, with its goroutine.
func Explore(ctx context.Context, c Config) (*Result, error) {
	c, err := withDefaults(c)
	if err != nil {
		return nil, err
	}
	defer footprint.Start()()
	x := &explorer{config: c, bound: c.Switches, isBounded: c.Switches > 0, every: c.Every || c.Switches > 0}
	switch {
	case c.Schedule != "":
		err = x.only(ctx)
	case c.Samples > 0:
		err = x.sample(ctx)
	default:
		err = x.all(ctx)
	}
	result := &Result{Schedules: x.schedules, Cut: x.cut}
	var f *failed
	switch {
	case errors.Is(err, errCapped):
		result.LeftOut = max(1, x.leftOut())
	case errors.As(err, &f):
		result.Failure, err = x.explain(ctx, f)
		return result, err
	case err != nil:
		return nil, err
	}
	return result, nil
}

// only runs Config.Schedule.
func (x *explorer) only(ctx context.Context) error {
	turns, err := x.config.parse(x.config.Schedule)
	if err != nil {
		return err
	}
	_, err = x.replay(ctx, turns, nil)
	return err
}

// misfitError is the error of a schedule that asks for the turn of a handler that has none.
type misfitError struct {
	handler string
	step    int
}

func (e *misfitError) Error() string {
	return fmt.Sprintf("explore: the schedule gives %s the turn of step %d, but it waits or has returned", e.handler, e.step)
}

// shrinkSchedules and shrinkTime bound the search for a shorter schedule.
const (
	shrinkSchedules = 20_000
	shrinkTime      = 10 * time.Second
)

// shrink returns a failing schedule with the fewest switches, as far as the bounds allow.
func (x *explorer) shrink(ctx context.Context, f *failed) (*failed, error) {
	if x.config.Open != nil || x.config.Schedule != "" {
		return f, nil // each schedule takes long, or there is only one
	}
	deadline := time.Now().Add(shrinkTime)
	left := shrinkSchedules
	for bound := range switches(f.run.events) {
		s := &explorer{config: x.config, every: true, isBounded: true, bound: bound}
		s.config.MaxSchedules = left
		s.onRun = func(*run) error {
			if time.Now().After(deadline) {
				return errCapped
			}
			return nil
		}
		err := s.all(ctx)
		var shorter *failed
		switch {
		case errors.As(err, &shorter):
			return shorter, nil
		case errors.Is(err, errCapped):
			return f, nil
		case err != nil:
			return nil, err
		}
		left = max(1, left-s.schedules)
	}
	return f, nil
}

// switches returns how often a schedule has left a handler that could go on.
func switches(events []*event) int {
	n := 0
	for i := 1; i < len(events); i++ {
		if last := events[i-1]; last.proc != events[i].proc && last.couldGoOn {
			n++
		}
	}
	return n
}
