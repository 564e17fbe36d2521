package sessions

import (
	"context"
	"fmt"
	"runtime/debug"

	"github.com/tasktwin/tasktwin/conformance/internal/program"
)

// Answer is what a step of a session returned.
type Answer struct {
	// Step is the step's place in the program.
	Step  int
	Value any
	Err   error
}

// session makes the steps of one session, in a goroutine of its own.
type session struct {
	steps   chan issued
	answers chan<- Answer
	done    chan struct{}

	// These are the run's, not the goroutine's.

	// busy says that a step has been issued and has not returned.
	busy bool
	// cancel ends the context of the last step.
	cancel context.CancelFunc
	// canceling says that the last step's context has been canceled.
	canceling bool
	// step is the last one that was issued.
	step int
	// depth is how many transactions and savepoints are open.
	depth int
	// skip is how many transactions and savepoints around the next step have not begun.
	skip int
	// canceled says that the next step's context is done before it starts.
	canceled bool
}

// issued is a step on its way to its session.
type issued struct {
	ctx  context.Context //nolint:containedctx // each step has a context of its own
	step int
	op   program.Op
}

func startSession(ctx context.Context, e program.Engine, answers chan<- Answer) *session {
	s := &session{steps: make(chan issued), answers: answers, done: make(chan struct{})}
	go func() {
		defer close(s.done)
		s.loop(ctx, e, 0)
	}()
	return s
}

// loop makes steps up to the end of what began, which it returns. It returns false
// when the run ends.
func (s *session) loop(ctx context.Context, e program.Engine, depth int) (issued, bool) {
	for in := range s.steps {
		switch {
		case in.op.Ends() && depth > 0:
			return in, true
		case in.op.Begins():
			s.transaction(ctx, e, depth, in)
		default:
			var value any
			err := recovered(func() (err error) {
				value, err = e.Call(in.ctx, in.op)
				return err
			})
			s.answers <- Answer{in.step, value, err}
		}
	}
	return issued{}, false
}

// transaction makes a transaction or a savepoint. Its beginning is answered when its
// function starts, and its end when InTx has returned.
func (s *session) transaction(ctx context.Context, e program.Engine, depth int, begin issued) {
	own, cancel := context.WithCancel(ctx)
	defer cancel()
	if begin.ctx.Err() != nil {
		cancel()
	}
	last, began, ended := begin, false, false
	err := recovered(func() error {
		return e.InTx(own, func(tx program.Engine) error {
			began = true
			s.answers <- Answer{Step: begin.step}
			end, ok := s.loop(ctx, tx, depth+1)
			if !ok {
				return program.ErrRollback
			}
			last, ended = end, true
			switch end.op.Name {
			case program.OpPanic:
				panic(program.ErrPanic)
			case program.OpRollback:
				return program.ErrRollback
			case program.OpCutOff:
				cancel()
			}
			return nil
		}, begin.op.Arg)
	})
	if began && !ended {
		return // the run has ended
	}
	s.answers <- Answer{Step: last.step, Err: err}
}

// recovered returns a panic as an error: that of a step, or a fault of the engine.
func recovered(fn func() error) (err error) {
	defer func() {
		switch p := recover(); p {
		case nil:
		case program.ErrPanic: // the very same value, and nothing that wraps it
			err = program.ErrPanic
		default:
			err = fmt.Errorf("conformance: the engine panicked: %v\n%s", p, debug.Stack())
		}
	}()
	return fn()
}
