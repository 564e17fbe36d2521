package sessions

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/tasktwin/tasktwin"
	"github.com/tasktwin/tasktwin/conformance/internal/program"
)

// Result is what a step led to.
type Result struct {
	// Step is the step's place in the program.
	Step int
	// Answers are those that came after the step was issued, that of the step itself
	// and those of sessions that it let go, in the order of the steps.
	Answers []Answer
	// Waits are the sessions that wait then, by their names.
	Waits []tasktwin.Wait
}

// Run is a run of a program on an engine. The steps of one session are issued in
// their order, and a session that waits is given none: the next step is the first of
// the program that has not been issued and whose session does not wait. The step
// cancel of a session that waits is an exception: it cancels the statement that
// waits. Of a session that does not wait, it makes the context of the next step be
// done before that starts.
type Run struct {
	program program.Program
	engine  Engine

	sessions map[string]*session
	answers  chan Answer
	issued   []bool // by step
	// waits are those after the last step.
	waits []tasktwin.Wait
	// unsettled says that a canceled statement may still be under way.
	unsettled bool
}

// Start begins a run. ctx bounds all of it, against mistakes only: who waits is what
// the engine says. Close has to be called.
func Start(ctx context.Context, p program.Program, e Engine) *Run {
	r := &Run{
		program: p, engine: e, sessions: map[string]*session{},
		answers: make(chan Answer, 2*len(p)+1), issued: make([]bool, len(p)),
	}
	for _, name := range p.Sessions() {
		own, engine := e.Session(ctx, name)
		r.sessions[name] = startSession(own, engine, r.answers)
	}
	return r
}

// Close ends the run. Statements that wait are canceled and open transactions are
// rolled back.
func (r *Run) Close() {
	for _, s := range r.sessions {
		if s.cancel != nil {
			s.cancel()
		}
		close(s.steps)
	}
	for _, s := range r.sessions {
		<-s.done
	}
}

// Next returns the place of the next step. It returns false at the end.
func (r *Run) Next() (step int, ok bool) {
	held := map[string]bool{} // sessions with an earlier step that cannot be issued yet
	for i, op := range r.program {
		s := r.sessions[op.Session]
		switch {
		case r.issued[i] || held[op.Session]:
		case s.busy && op.Name != program.OpCancel:
			held[op.Session] = true
		default:
			return i, true
		}
	}
	return 0, false
}

// Issue makes a step, and returns once every session has returned or waits. The
// error is the context's or the engine's; the run cannot go on after it.
func (r *Run) Issue(ctx context.Context, step int) (Result, error) {
	return r.issue(ctx, step, r.program[step])
}

// Abandon cancels a session's statement if it waits, rolls back the session's
// transaction, and leaves out the steps that are left of it.
func (r *Run) Abandon(ctx context.Context, name string) (Result, error) {
	result, err := r.Cancel(ctx, name)
	s := r.sessions[name]
	nested := 0
	for i := 0; i < len(r.program) && s.depth > 0 && err == nil; i++ {
		op := r.program[i]
		if op.Session != name || r.issued[i] {
			continue
		}
		r.issued[i] = true
		if !op.Ends() || nested > 0 {
			nested += nesting(op)
			continue
		}
		var ended Result
		ended, err = r.issue(ctx, i, program.Op{Session: name, Name: program.OpRollback})
		result.Answers = append(result.Answers, ended.Answers...)
		result.Waits = ended.Waits
	}
	return result, err
}

// Cancel cancels the statement of a session that waits.
func (r *Run) Cancel(ctx context.Context, name string) (Result, error) {
	var result Result
	if s := r.sessions[name]; s.busy {
		r.cancel(s)
	}
	err := r.settle(ctx, &result)
	return result, err
}

func (r *Run) issue(ctx context.Context, step int, op program.Op) (Result, error) {
	s := r.sessions[op.Session]
	r.issued[step] = true
	result := Result{Step: step, Waits: r.waits}
	switch {
	case s.skip > 0:
		s.skip += nesting(op)
		return result, nil
	case op.Name == program.OpCancel && !s.busy:
		s.canceled = true
		return result, nil
	case op.Name == program.OpCancel:
		r.cancel(s)
	default:
		own, cancel := context.WithCancel(tasktwin.WithSession(ctx, op.Session))
		s.cancel = cancel
		if s.canceled && !op.Ends() {
			cancel()
		}
		s.canceled = false
		s.busy, s.step = true, step
		s.steps <- issued{own, step, op}
	}
	err := r.settle(ctx, &result)
	return result, err
}

// cancel ends the context of a statement that waits.
func (r *Run) cancel(s *session) {
	s.canceling = true
	s.cancel()
	r.unsettled = true
}

// nesting returns by how much a step changes the depth of what follows.
func nesting(op program.Op) int {
	switch {
	case op.Begins():
		return 1
	case op.Ends():
		return -1
	}
	return 0
}

// The pauses between two questions to the engine.
const (
	shortestPause = 200 * time.Microsecond
	longestPause  = 5 * time.Millisecond
)

// settle waits until every session has returned or waits.
func (r *Run) settle(ctx context.Context, result *Result) error {
	pause := shortestPause
	for {
		r.collect(result, pause)
		busy := r.busy()
		if len(busy) == 0 && !r.unsettled {
			result.Waits, r.waits = nil, nil
			return nil
		}
		if err := ctx.Err(); err != nil {
			return fmt.Errorf("conformance: sessions %v neither return nor wait for another: %w", busy, err)
		}
		waits, settled, err := r.engine.Settled(ctx, busy)
		if err != nil {
			return fmt.Errorf("conformance: ask who waits: %w", err)
		}
		before := len(result.Answers)
		r.collect(result, 0)
		if settled && len(result.Answers) == before && allWait(busy, waits) && !r.canceling() {
			r.unsettled = false
			result.Waits, r.waits = waits, waits
			return nil
		}
		pause = min(2*pause, longestPause)
	}
}

// collect takes the answers that are there, and waits a while for the first.
func (r *Run) collect(result *Result, pause time.Duration) {
	for len(r.busy()) > 0 {
		if pause == 0 {
			select {
			case a := <-r.answers:
				r.take(a, result)
				continue
			default:
				return
			}
		}
		timer := time.NewTimer(pause)
		select {
		case a := <-r.answers:
			r.take(a, result)
		case <-timer.C:
			pause = 0
		}
		timer.Stop()
	}
	if r.unsettled && pause > 0 {
		time.Sleep(pause)
	}
}

func (r *Run) take(a Answer, result *Result) {
	op := r.program[a.Step]
	s := r.sessions[op.Session]
	s.busy, s.canceling = false, false
	s.cancel()
	switch {
	case op.Begins() && a.Err != nil:
		s.skip = 1
	case op.Begins() || op.Ends() && s.depth > 0:
		s.depth += nesting(op)
	}
	result.Answers = append(result.Answers, a)
	slices.SortFunc(result.Answers, func(a, b Answer) int { return cmp.Compare(a.Step, b.Step) })
}

// canceling reports whether a statement has been canceled and has not returned.
func (r *Run) canceling() bool {
	for _, s := range r.sessions {
		if s.busy && s.canceling {
			return true
		}
	}
	return false
}

// busy returns the sessions that have not returned, by name.
func (r *Run) busy() []string {
	var names []string
	for _, name := range slices.Sorted(maps.Keys(r.sessions)) {
		if r.sessions[name].busy {
			names = append(names, name)
		}
	}
	return names
}

// allWait reports whether the waits are those of the sessions.
func allWait(sessions []string, waits []tasktwin.Wait) bool {
	for _, name := range sessions {
		if !slices.ContainsFunc(waits, func(w tasktwin.Wait) bool { return w.Session == name }) {
			return false
		}
	}
	return len(sessions) == len(waits)
}

// errStuck says that sessions wait for something that nobody will end.
var errStuck = errors.New("conformance: the sessions that are left wait for each other or for nobody")

// All makes a whole program on an engine.
func All(ctx context.Context, p program.Program, e Engine) ([]Result, error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	r := Start(ctx, p, e)
	defer r.Close()
	var results []Result
	for {
		step, ok := r.Next()
		if !ok {
			break
		}
		result, err := r.Issue(ctx, step)
		if err != nil {
			return results, fmt.Errorf("step %d, %s: %w", step+1, p[step], err)
		}
		results = append(results, result)
	}
	if busy := r.busy(); len(busy) > 0 {
		return results, fmt.Errorf("%w: %v", errStuck, busy)
	}
	return results, nil
}
