package sim

import (
	"context"
	"fmt"
	"time"

	"github.com/tasktwin/tasktwin"
)

// Progress is the progress of a run.
type Progress struct {
	// Policy is the policy's name.
	Policy string
	// Job is the index of the policy or the job in a sweep, else 0.
	Job int
	// Now is the virtual time; Done is the completed share of the run, from 0 to 1.
	Now  time.Time
	Done float64
	// Tasks and Events count the tasks and events so far.
	Tasks, Events int
}

// Options are the options of a run. The zero value is ready for use.
type Options struct {
	// Progress, if set, is called once for each hour of virtual time that has an event,
	// and at the end. Parallel runs do not call it concurrently.
	Progress func(Progress)
}

// PolicyError reports a policy that called KeepUntil with a time that is not later
// than the decision.
type PolicyError struct {
	Policy string
	// Task is the task's display name.
	Task string
	// Until is the argument of KeepUntil, Now the time of the decision.
	Until, Now time.Time
}

// Error names the policy, the task and the times.
func (e *PolicyError) Error() string {
	return fmt.Sprintf("sim: policy %q: KeepUntil(%s) for task %q at %s: it must be later", e.Policy,
		e.Until.Format(time.RFC3339Nano), e.Task, e.Now.Format(time.RFC3339Nano))
}

// Run simulates the world under a policy, on a seeded store, and returns the totals from
// telemetry. It writes everything in one transaction: if Run returns an error, such as the
// context's, or the policy panics, the store is unchanged. The panic is passed on. The rows of
// a task are written together, later than the events that change them. The store and
// Progress are called by the caller's goroutine, the policy by another one.
func (w *World) Run(ctx context.Context, store tasktwin.Store, policy Policy, opts Options) (*Result, error) {
	if store == nil {
		return nil, &ParamError{"store", nil, "be set"}
	}
	if policy == nil {
		return nil, &ParamError{"policy", nil, "be set"}
	}
	var result *Result
	err := store.InTx(ctx, func(tx tasktwin.Store) error {
		var err error
		result, err = w.newRun(ctx, tx, policy, opts).run()
		return err
	}, nil)
	if err != nil {
		return nil, err
	}
	return result, nil
}

func (w *World) newRun(ctx context.Context, store tasktwin.Store, policy Policy, opts Options) *run {
	return &run{
		ctx: ctx, world: w, store: store, policy: policy, progress: opts.Progress,
		meter: newMeter(ctx, store), until: simTimeOf(w.params.Until()),
		maxWrites: maxWrites, steps: make(chan step, maxSteps), stopped: make(chan struct{}), buffers: make(chan []write, maxSteps),
	}
}

// run is the state of one run of a world.
type run struct {
	ctx      context.Context
	world    *World
	store    tasktwin.Store
	policy   Policy
	progress func(Progress)

	queue  queue
	until  simTime
	live   []*task
	events int
	ledger ledger
	meter  *meter
	// maxWrites is the maximum number of changes that a task keeps.
	maxWrites int
	// steps are what the simulation has sent, until it has ended; stopped is closed when no
	// more are taken. buffers are free buffers for changes.
	steps   chan step
	stopped chan struct{}
	buffers chan []write
	batch   []tasktwin.InsertWorkspaceAppStatusParams // a buffer of insertStatuses
}

// ctxCheckInterval is the maximum number of events between two checks of the
// context. Engines check it in every call, but not every event makes a call.
const ctxCheckInterval = 256

func (r *run) run() (*Result, error) {
	if err := r.simulateAndWrite(); err != nil {
		return nil, err
	}
	result, err := r.result()
	if err != nil {
		return nil, err
	}
	if r.progress != nil {
		r.progress(*r.progressAt(r.until))
	}
	return result, nil
}

// simulate processes all events.
func (r *run) simulate() error {
	w := r.world
	for i := range w.people {
		u := &user{person: &w.people[i], index: i}
		r.planArrival(u, simTimeOf(w.params.Start))
	}
	lastHour := simTime(-1)
	for len(r.queue.heap) > 0 && r.queue.heap[0].at <= r.until {
		if r.events%ctxCheckInterval == 0 {
			if err := r.ctx.Err(); err != nil {
				return err
			}
		}
		e := r.queue.pop()
		r.events++
		if r.progress != nil && e.at/simTime(hour) != lastHour {
			lastHour = e.at / simTime(hour)
			if err := r.send(step{progress: r.progressAt(e.at)}); err != nil {
				return err
			}
		}
		if e.generation != 0 && e.generation != e.task.generation {
			continue
		}
		if err := r.dispatch(&e); err != nil {
			return wrapError(&e, err)
		}
	}
	return r.flushAll()
}

func (r *run) dispatch(e *event) error {
	if e.task == nil {
		return r.arrive(e.user, e.at)
	}
	return e.do(r, e.task, e.at)
}

// eventError is the error of an event, or of a change that an event has made.
type eventError struct {
	at         simTime
	kind, name string // of the user or the task
	err        error
}

// Error has the time, and the user or the task.
func (e *eventError) Error() string {
	return fmt.Sprintf("sim: at %s: %s %q: %s", e.at.time().Format(time.RFC3339Nano), e.kind, e.name, e.err)
}

func (e *eventError) Unwrap() error { return e.err }

func taskError(t *task, at simTime, err error) error { return &eventError{at, "task", t.name, err} }

// wrapError adds the time, and the user or the task, to the error of an event.
func wrapError(e *event, err error) error {
	if _, isWrapped := err.(*eventError); isWrapped { //nolint:errorlint // never wrapped
		return err
	}
	if e.task == nil {
		return &eventError{e.at, "user", e.user.name, err}
	}
	return taskError(e.task, e.at, err)
}

func (r *run) progressAt(at simTime) *Progress {
	start := simTimeOf(r.world.params.Start)
	return &Progress{
		Policy: r.policy.Name(), Now: at.time(), Done: float64(at-start) / float64(r.until-start), Tasks: r.ledger.tasks, Events: r.events,
	}
}

// plan schedules an event of a task.
func (r *run) plan(t *task, at simTime, do func(*run, *task, simTime) error) {
	r.queue.push(event{at: at, rank: t.rank, do: do, task: t})
}

// planWhile schedules an event of a task that is dropped if the task's generation changes
// first.
func (r *run) planWhile(t *task, at simTime, do func(*run, *task, simTime) error) {
	r.queue.push(event{at: at, rank: t.rank, do: do, task: t, generation: t.generation})
}
