package explore

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"runtime"
	"runtime/debug"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/tasktwin/tasktwin"
	"github.com/tasktwin/tasktwin/internal/footprint"
)

// procState is where a handler is.
type procState int

const (
	// running: its own code, or a statement that is under way.
	running procState = iota
	// ready: it has asked for its turn.
	ready
	// waiting: its statement waits for another session.
	waiting
	done
)

// proc is a handler in a schedule.
type proc struct {
	id      int
	handler *Handler
	ctx     context.Context //nolint:containedctx // that of the schedule
	turn    chan struct{}
	// ended is closed when the handler's goroutine is about to end.
	ended chan struct{}

	state procState
	// call is what it asks for, or has been given the turn for and not returned from.
	call *call
	err  error
	// unretried is the last 40001 or 40P01 that it got and after which it has called nothing.
	unretried error
	// last is its last call that has returned.
	last *call
	// refused counts the calls after the schedule was stopped.
	refused int
}

// run is one schedule under way. Whoever makes the last handler ask for its turn, wait or
// end picks the next turn.
type run struct {
	config *Config
	engine *Engine
	// choose returns the handler whose turn is next, one of those that are ready, or -1 to stop.
	choose func(r *run, enabled uint32) int
	// recorded are the calls of the first events, as they have been in another schedule that
	// began with them.
	recorded []*event
	// names is for the names of items, if they are asked for.
	names map[footprint.Item]string

	cancel context.CancelFunc
	over   chan struct{}

	mu      sync.Mutex
	procs   []*proc
	events  []*event
	current *event
	stopped bool
	// ran is set once all handlers have returned.
	ran bool
	// failure is why the schedule has failed.
	failure error
	// after are the rows at the end, if they are asked for.
	after *tasktwin.Dump
	// needs are rules of which the schedule has shown that they are needed.
	needs rules
}

// errStopped is what calls return after a schedule has been stopped.
var errStopped = errors.New("explore: the schedule has ended")

// ErrNotDeterministic is wrapped by the error of a handler that has asked for another
// statement after the same answers.
var ErrNotDeterministic = errors.New("the handler is not deterministic")

// ErrStuck is wrapped by the error of a handler that waits for something else than the store.
var ErrStuck = errors.New("the handler waits for something else than the store")

// ErrEndless is wrapped by the failure of a schedule of 1,000 calls. A handler must not ask again
// and again until another has done something: that other need not have a turn.
var ErrEndless = errors.New("the handlers have not come to an end")

const maxSteps = 1000

// ErrNotRetried is wrapped by the failure of a handler that got 40001 or 40P01 and has not run
// its transaction again.
var ErrNotRetried = errors.New("nobody has retried it")

// start runs the handlers of a schedule. It returns when all have returned, or the schedule
// has been stopped. The error is one that ends the exploration.
func (r *run) start(ctx context.Context) (err error) {
	if r.engine, err = r.config.open(ctx); err != nil {
		return err
	}
	own, cancel := context.WithCancel(ctx)
	r.cancel = cancel
	defer cancel()
	r.over = make(chan struct{})
	if r.config.Before != nil {
		if err := r.config.Before(own, r.engine.Store); err != nil {
			return fmt.Errorf("explore: Config.Before: %w", err)
		}
	}
	r.procs = make([]*proc, len(r.config.Handlers))
	for i := range r.procs {
		r.procs[i] = &proc{
			id: i, handler: &r.config.Handlers[i], ctx: own, turn: make(chan struct{}, 1), ended: make(chan struct{}),
		}
	}
	for _, p := range r.procs {
		go r.handle(p)
	}
	r.await(ctx)
	return ctx.Err()
}

// close ends the use of the schedule's store.
func (r *run) close() error { return r.engine.Close() }

// handle calls a handler.
func (r *run) handle(p *proc) {
	var err error
	returned := false
	defer func() {
		if v := recover(); v != nil {
			err = fmt.Errorf("it panicked: %v\n%s", v, debug.Stack())
		} else if !returned {
			err = errors.New("it has left its goroutine")
		}
		r.ended(p, err)
		close(p.ended)
	}()
	s := newStore(r, p, r.engine.Store)
	err = p.handler.Run(context.WithValue(p.ctx, procKey{}, stepper{r, p}), s)
	returned = true
}

// await waits until the schedule is over. A handler that makes no progress stops it.
func (r *run) await(ctx context.Context) {
	timer := time.NewTimer(r.config.Patience)
	defer timer.Stop()
	var polls <-chan time.Time
	if r.engine.Settled != nil {
		poll := time.NewTicker(pollInterval)
		defer poll.Stop()
		polls = poll.C
	}
	for seen := -1; ; {
		select {
		case <-r.over:
		case <-polls:
			if r.poll(ctx) {
				timer.Reset(r.config.Patience)
			}
			continue
		case <-ctx.Done():
			r.stop(ctx.Err())
		case <-timer.C:
			timer.Reset(r.config.Patience)
			if now := r.progress(); now != seen {
				seen = now
				continue
			}
			r.stop(r.stuck())
		}
		break
	}
	if r.stopped && r.config.Store != nil {
		_ = r.engine.Store.Close() // which ends waits under contexts of the handlers' own
	}
	timer.Reset(r.config.Patience)
	for _, p := range r.procs {
		select {
		case <-p.ended:
		case <-timer.C: // it waits for something else, which cannot be ended from here
			return
		}
	}
}

func (r *run) progress() int {
	r.mu.Lock()
	defer r.mu.Unlock()
	n := len(r.events)
	for _, p := range r.procs {
		if p.state == done {
			n++
		}
	}
	return n
}

// stuck returns the error of a schedule that makes no progress.
func (r *run) stuck() error {
	r.mu.Lock()
	defer r.mu.Unlock()
	var texts []string
	for _, p := range r.procs {
		after := "before its first call"
		if p.last != nil {
			after = "after " + p.last.name
		}
		switch {
		case p.state == running && p.call != nil:
			texts = append(texts, fmt.Sprintf("%s has not come back from %s", p.handler.Name, p.call.name))
		case p.state == running:
			texts = append(texts, fmt.Sprintf("%s %s", p.handler.Name, after))
		case p.state == waiting:
			texts = append(texts, fmt.Sprintf("%s waits in %s", p.handler.Name, p.call.name))
		}
	}
	return fmt.Errorf("%w: no progress for %s: %s", ErrStuck, r.config.Patience, strings.Join(texts, "; "))
}

// stop ends a schedule. Calls that wait return an error, and so do all later ones.
func (r *run) stop(failure error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.stopLocked(failure)
}

func (r *run) stopLocked(failure error) {
	if r.stopped || r.ran {
		return
	}
	r.stopped = true
	if r.failure == nil {
		r.failure = failure
	}
	r.finishEvent()
	r.cancel()
	for _, p := range r.procs {
		if p.state == ready {
			p.state = running
			p.turn <- struct{}{}
		}
	}
	close(r.over)
}

// ask waits for the turn of a call. It returns an error if the schedule has been stopped.
func (r *run) ask(c *call) error {
	p := c.proc
	r.mu.Lock()
	if !r.stopped && p.call != nil {
		r.stopLocked(fmt.Errorf("%s makes two calls at once, %s and %s: explore takes one call at a time",
			p.handler.Name, p.call.name, c.name))
	}
	if r.stopped {
		p.refused++
		refused := p.refused
		r.mu.Unlock()
		if refused > maxRefused {
			runtime.Goexit() // of a loop that retries everything
		}
		return errStopped
	}
	p.call, p.state, p.unretried = c, ready, nil
	r.settle()
	r.mu.Unlock()
	<-p.turn
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.stopped {
		return errStopped
	}
	return nil
}

const maxRefused = 1000

// returned notes what a call has returned.
func (r *run) returned(c *call, value any, err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	p := c.proc
	p.state, p.call, p.last = running, nil, c
	if isConflict(err) {
		p.unretried = err
	}
	if r.stopped || r.current == nil {
		return
	}
	e := r.current
	e.merge(c)
	e.answers = append(e.answers, answer{c, value, err})
	othersWait := slices.ContainsFunc(r.procs, func(o *proc) bool {
		return o != p && (o.state == waiting || o.state == running && o.call != nil)
	})
	e.end(c, err, othersWait)
}

// isConflict reports whether an error says that the same transaction may succeed when it
// runs again.
func isConflict(err error) bool {
	e, ok := errors.AsType[*tasktwin.Error](err)
	return ok && (e.Code == tasktwin.SerializationFailure || e.Code == tasktwin.DeadlockDetected)
}

// ended notes that a handler has returned.
func (r *run) ended(p *proc, err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	p.state, p.call, p.err = done, nil, err
	if !r.stopped && r.failure == nil {
		r.failure = p.verdict()
	}
	r.settle()
}

// verdict returns why a handler that has returned fails its schedule, or nil.
func (p *proc) verdict() error {
	expected := func(err error) bool { return p.handler.Expect != nil && p.handler.Expect(err) }
	switch {
	case p.err != nil && expected(p.err):
		return nil
	case isConflict(p.err):
		return fmt.Errorf("%s: %w: %w", p.handler.Name, ErrNotRetried, p.err)
	case p.err != nil:
		return fmt.Errorf("%s: %w", p.handler.Name, p.err)
	case p.unretried != nil && !expected(p.unretried):
		return fmt.Errorf("%s: %w: %w", p.handler.Name, ErrNotRetried, p.unretried)
	}
	return nil
}

// settle picks the next turn if every handler has asked for it, waits or has returned.
// Callers must hold mu.
func (r *run) settle() {
	if r.stopped || r.ran {
		return
	}
	var enabled uint32
	ended := 0
	for _, p := range r.procs {
		switch p.state {
		case running:
			return
		case waiting:
			if p.call.ctx.Err() != nil {
				return // it is about to return
			}
		case ready:
			enabled |= 1 << p.id
		case done:
			ended++
		}
	}
	if r.current != nil {
		r.current.couldGoOn = enabled&(1<<r.current.proc) != 0
	}
	r.finishEvent()
	if ended == len(r.procs) {
		r.ran = true
		close(r.over)
		return
	}
	if enabled == 0 {
		return // until a context ends
	}
	if len(r.events) == maxSteps {
		r.stopLocked(fmt.Errorf("%w after %d calls", ErrEndless, maxSteps))
		return
	}
	next := r.choose(r, enabled)
	if next < 0 {
		r.stopLocked(nil)
		return
	}
	p := r.procs[next]
	if enabled&(1<<next) == 0 {
		r.stopLocked(fmt.Errorf("%s: %w: before step %d it asked for a turn, and does not after the same answers",
			p.handler.Name, ErrNotDeterministic, len(r.events)+1))
		return
	}
	if err := r.sameAsRecorded(p.call); err != nil {
		r.stopLocked(err)
		return
	}
	e := &event{call: p.call, proc: next, procs: 1 << next}
	e.begin(p.call)
	p.call.at = len(r.events)
	r.current = e
	p.state = running
	if r.engine.Settled != nil {
		for _, o := range r.procs {
			if o.state == waiting {
				o.state = running // it may be let go: poll will tell
			}
		}
	}
	p.turn <- struct{}{}
}

// finishEvent ends the event under way. Callers must hold mu.
func (r *run) finishEvent() {
	if r.current != nil {
		r.current.finish()
		r.events = append(r.events, r.current)
		r.current = nil
	}
}

// sameAsRecorded returns an error if a call is another than in the schedule that began in
// the same way.
func (r *run) sameAsRecorded(c *call) error {
	i := len(r.events)
	if i >= len(r.recorded) {
		return nil
	}
	was := r.recorded[i].call
	if was.proc.id == c.proc.id && was.name == c.name && sameArg(was.arg, c.arg) {
		return nil
	}
	return fmt.Errorf("%s: %w: step %d was %s, and is %s after the same answers", c.proc.handler.Name, ErrNotDeterministic, i+1, was, c)
}

func sameArg(a, b any) bool {
	if a == nil || b == nil {
		return a == b
	}
	if t := reflect.TypeOf(a); t == reflect.TypeOf(b) && t.Comparable() && t.Kind() != reflect.Pointer && a == b {
		return true
	}
	return reflect.DeepEqual(a, b)
}

// Waiting implements [footprint.Observer].
func (c *call) Waiting(holders []string, table, key string) {
	r := c.run
	r.mu.Lock()
	defer r.mu.Unlock()
	if c.proc.state == done {
		return
	}
	c.proc.state = waiting
	if r.current != nil {
		r.current.merge(c)
		r.current.waits = append(r.current.waits, wait{c, holders, table, key})
	}
	r.settle()
}

// Going implements [footprint.Observer].
func (c *call) Going() {
	c.run.mu.Lock()
	defer c.run.mu.Unlock()
	if c.proc.call == c {
		c.proc.state = running
	}
}

const pollInterval = 2 * time.Millisecond

// poll asks the engine who waits, and reports whether that has let the schedule go on.
func (r *run) poll(ctx context.Context) bool {
	r.mu.Lock()
	var busy []string
	steps := len(r.events)
	calls := make([]*call, len(r.procs))
	idle := false
	for i, p := range r.procs {
		if p.state != running {
			continue
		}
		idle = idle || p.call == nil
		calls[i] = p.call
		busy = append(busy, p.handler.Name)
	}
	stopped := r.stopped || r.ran
	r.mu.Unlock()
	if idle || stopped || len(busy) == 0 {
		return false
	}
	waits, settled, err := r.engine.Settled(ctx, busy)
	r.mu.Lock()
	defer r.mu.Unlock()
	if err != nil {
		r.stopLocked(fmt.Errorf("explore: ask who waits: %w", err))
		return true
	}
	if !settled || len(r.events) != steps {
		return false
	}
	for i, p := range r.procs {
		if running := p.state == running; running != (calls[i] != nil) || running && p.call != calls[i] {
			return false // it has gone on meanwhile
		}
	}
	for _, p := range r.procs {
		if p.state != running {
			continue
		}
		at := slices.IndexFunc(waits, func(w tasktwin.Wait) bool { return w.Session == p.handler.Name })
		if at < 0 {
			return false
		}
		p.state = waiting
		if r.current != nil && r.current.call == p.call {
			r.current.merge(p.call)
			r.current.waits = append(r.current.waits, wait{p.call, waits[at].For, waits[at].Table, waits[at].Key})
		}
	}
	r.settle()
	return true
}
