package sim

import (
	"errors"
	"runtime"
)

// A run has two goroutines. One simulates: it has the queue, the tasks and the ledger, and
// calls the policy. It needs no answer from the store, so it runs ahead. The one that has
// called Run does what the first one sends it: it calls the store, sums the telemetry and
// reports the progress.

// step is what the simulation leaves to the other goroutine: changes of a task's rows, then
// a reading of its telemetry at a time, or else a report of progress.
type step struct {
	task     *task
	writes   []write
	collects bool
	at       simTime
	progress *Progress
}

// maxSteps is how many steps the simulation can be ahead.
const maxSteps = 256

// errStopped ends a simulation whose steps nobody takes any more.
var errStopped = errors.New("the run has ended")

// ending is how the simulation has ended.
type ending struct {
	err error
	// panicked is what the policy has panicked with, and exited is set if it has ended its
	// goroutine, as FailNow of package testing does.
	panicked any
	exited   bool
}

// simulateAndWrite simulates in another goroutine, and does its steps until it has ended. If that
// fails, it stops the simulation and waits for its end.
func (r *run) simulateAndWrite() error {
	var end ending
	go func() {
		defer close(r.steps)
		r.simulateUntil(&end)
	}()
	defer func() {
		close(r.stopped)
		for range r.steps { // dropped
		}
	}()
	for s := range r.steps {
		if err := r.do(&s); err != nil {
			return err
		}
	}
	switch {
	case end.panicked != nil:
		panic(end.panicked)
	case end.exited:
		runtime.Goexit()
	}
	return end.err
}

func (r *run) simulateUntil(end *ending) {
	end.exited = true
	defer func() {
		if end.panicked = recover(); end.panicked != nil {
			end.exited = false
		}
	}()
	end.err = r.simulate()
	end.exited = false
}

// send leaves a step to the other goroutine.
func (r *run) send(s step) error {
	select {
	case r.steps <- s:
		return nil
	case <-r.stopped:
		return errStopped
	}
}

// do does a step.
func (r *run) do(s *step) error {
	if s.progress != nil {
		r.progress(*s.progress)
		return nil
	}
	for left := s.writes; len(left) > 0; {
		if n := leadingStatuses(left); n > 0 {
			if err := r.insertStatuses(s.task, left[:n]); err != nil {
				return err
			}
			left = left[n:]
			continue
		}
		if err := left[0].do(); err != nil {
			return taskError(s.task, left[0].at, err)
		}
		left = left[1:]
	}
	r.reuse(s.writes)
	if s.collects {
		if err := r.meter.collect(s.at); err != nil {
			return taskError(s.task, s.at, err)
		}
	}
	return nil
}

// buffer returns an empty buffer for changes.
func (r *run) buffer() []write {
	select {
	case buffer := <-r.buffers:
		return buffer
	default:
		return make([]write, 0, r.maxWrites)
	}
}

// reuse keeps a buffer whose changes are made for other changes.
func (r *run) reuse(buffer []write) {
	if buffer == nil {
		return
	}
	clear(buffer)
	select {
	case r.buffers <- buffer[:0]:
	default:
	}
}
