package sim

import (
	"context"
	"fmt"
	"time"

	"github.com/tasktwin/tasktwin"
)

// Progress is how far a run is.
type Progress struct {
	// Policy is the policy's name.
	Policy string
	// Now is the virtual time; Done is its share of the run, from 0 to 1.
	Now  time.Time
	Done float64
	// Tasks and Events are how many there have been so far.
	Tasks, Events int
}

// Options are how a run is run. The zero value is ready for use.
type Options struct {
	// Progress, if set, is called once for each hour of virtual time in which
	// something happens, and at the end. Runs side by side call it one at a time.
	Progress func(Progress)
}

// PolicyError is a policy that asks for what cannot be.
type PolicyError struct {
	Policy string
	// Task is the task's display name.
	Task string
	// Until is what KeepUntil was given, Now when.
	Until, Now time.Time
}

// Error names the policy, the task and the times.
func (e *PolicyError) Error() string {
	return fmt.Sprintf("sim: policy %q: KeepUntil(%s) for task %q at %s: it must be later", e.Policy,
		e.Until.Format(time.RFC3339Nano), e.Task, e.Now.Format(time.RFC3339Nano))
}

// Run lets the world go by under a policy, on a store that has been seeded, and
// returns what telemetry made of it. All is written in one transaction: if Run
// returns an error, which may be the context's, the store is as it was. It is, too,
// when the policy panics; the panic goes on.
func (w *World) Run(ctx context.Context, store tasktwin.Store, policy Policy, opts Options) (*Result, error) {
	if store == nil {
		return nil, &ParamError{"store", nil, "be set"}
	}
	if policy == nil {
		return nil, &ParamError{"policy", nil, "be set"}
	}
	var result *Result
	err := store.InTx(ctx, func(tx tasktwin.Store) error {
		r := &run{ctx: ctx, world: w, store: tx, policy: policy, progress: opts.Progress, meter: newMeter(ctx, tx), until: instantOf(w.params.Until())}
		var err error
		result, err = r.run()
		return err
	}, nil)
	if err != nil {
		return nil, err
	}
	return result, nil
}

// run is one run of a world.
type run struct {
	ctx      context.Context
	world    *World
	store    tasktwin.Store
	policy   Policy
	progress func(Progress)

	queue  queue
	until  instant
	live   []*task
	events int
	books  books
	meter  *meter
}

// lookEvery is how many events pass between two looks at the context, at most:
// engines look at it in every call, but not every event makes one.
const lookEvery = 256

func (r *run) run() (*Result, error) {
	w := r.world
	for i := range w.people {
		u := &user{person: &w.people[i], index: i}
		r.planArrival(u, instantOf(w.params.Start))
	}
	hours := instant(-1)
	for len(r.queue.heap) > 0 && r.queue.heap[0].at <= r.until {
		if r.events%lookEvery == 0 {
			if err := r.ctx.Err(); err != nil {
				return nil, err
			}
		}
		e := r.queue.pop()
		r.events++
		if r.progress != nil && e.at/instant(hour) != hours {
			hours = e.at / instant(hour)
			r.report(e.at)
		}
		if e.round != 0 && e.round != e.task.round {
			continue
		}
		if err := r.happen(&e); err != nil {
			return nil, r.explain(&e, err)
		}
	}
	result, err := r.result()
	if err != nil {
		return nil, err
	}
	if r.progress != nil {
		r.report(r.until)
	}
	return result, nil
}

func (r *run) happen(e *event) error {
	if e.task == nil {
		return r.arrive(e.user, e.at)
	}
	return e.do(r, e.task, e.at)
}

func (r *run) explain(e *event, err error) error {
	if e.task == nil {
		return fmt.Errorf("sim: at %s: user %q: %w", e.at.time().Format(time.RFC3339Nano), e.user.name, err)
	}
	return fmt.Errorf("sim: at %s: task %q: %w", e.at.time().Format(time.RFC3339Nano), e.task.name, err)
}

func (r *run) report(at instant) {
	start := instantOf(r.world.params.Start)
	r.progress(Progress{
		Policy: r.policy.Name(), Now: at.time(), Done: float64(at-start) / float64(r.until-start), Tasks: r.books.tasks, Events: r.events,
	})
}

// plan has something happen to a task.
func (r *run) plan(t *task, at instant, do func(*run, *task, instant) error) {
	r.queue.push(event{at: at, rank: t.rank, do: do, task: t})
}

// planWhile has something happen to a task if it still waits as it does now.
func (r *run) planWhile(t *task, at instant, do func(*run, *task, instant) error) {
	r.queue.push(event{at: at, rank: t.rank, do: do, task: t, round: t.round})
}
