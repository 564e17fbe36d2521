package rel

import "context"

// Executor is a Store or a Tx: it finds the state that a statement runs on. A
// statement that starts without an error must end.
type Executor[T any] interface {
	startRead(ctx context.Context, parsed error) (*State[T], error)
	endRead(err error) error
	startWrite(ctx context.Context, parsed error, mode WriteMode) (*State[T], error)
	endWrite(st *State[T], err error) error
}

// WriteMode says what a statement leaves behind if it fails.
type WriteMode int

const (
	// FailsBeforeWriting is for a statement that finds out whether it fails before
	// it changes anything. It may change the committed state in place.
	FailsBeforeWriting WriteMode = iota
	// MayFailMidway is for one that may have changed something by then.
	MayFailMidway
)

// Read runs a statement that changes nothing. Parsed is the error of its arguments.
func Read[T any](ctx context.Context, x Executor[T], parsed error, fn func(*State[T]) error) error {
	st, err := x.startRead(ctx, parsed)
	if err != nil {
		return err
	}
	panicked := true
	defer func() {
		if panicked {
			_ = x.endRead(errPanicked)
		}
	}()
	err = fn(st)
	panicked = false
	return x.endRead(err)
}

// Write runs a statement that may change something. Parsed is the error of its
// arguments.
func Write[T any](ctx context.Context, x Executor[T], parsed error, mode WriteMode, fn func(*State[T]) error) error {
	st, err := x.startWrite(ctx, parsed, mode)
	if err != nil {
		return err
	}
	panicked := true
	defer func() {
		if panicked {
			_ = x.endWrite(st, errPanicked)
		}
	}()
	err = fn(st)
	panicked = false
	return x.endWrite(st, err)
}
