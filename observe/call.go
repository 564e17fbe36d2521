package observe

import (
	"context"
	"errors"
	"time"

	"github.com/tasktwin/tasktwin"
	"github.com/tasktwin/tasktwin/internal/intercept"
)

// The methods of calls that are no methods of [tasktwin.Querier].
const (
	Load  = intercept.Load
	Dump  = intercept.Dump
	Ping  = intercept.Ping
	Close = "Close"
	// AllTasks is a whole loop: it begins and ends with it, and calls in the loop's body are
	// made in between.
	AllTasks                   = intercept.AllTasks
	InsertWorkspaceAppStatuses = intercept.InsertWorkspaceAppStatuses

	// Begin and Savepoint are the beginnings of transactions and savepoints. They end when
	// the function of InTx is called, or fail without calling it.
	Begin     = "begin"
	Savepoint = "savepoint"
	// Commit and Release are the ends of those whose function returned nil.
	Commit  = "commit"
	Release = "release"
	// Rollback and RollbackTo are the ends of those whose function did not return nil: see
	// [Call.Cause].
	Rollback   = "rollback"
	RollbackTo = "rollback to"
)

// ErrPanicked is the error of a call, or the cause of a rollback, that ended by a panic or by
// runtime.Goexit, as by a test's FailNow. Neither is recovered.
var ErrPanicked = errors.New("observe: panicked, or ended its goroutine")

// Call is a call on a store that has returned. Its values are shared with the caller: an
// [Observer] must not change them, and has to copy what it keeps of slices.
type Call struct {
	// Method is the name of a method of [tasktwin.Querier], or one of the constants of this
	// package.
	Method string
	// Arg is the method's parameter, of its own type, a *tasktwin.Dump for Load, and a
	// *tasktwin.TxOptions, which may be nil, for Begin and Savepoint. It is nil for Dump, Ping,
	// Close and the ends of transactions and savepoints.
	Arg any
	// Answer is what the method returned beside an error, a *tasktwin.Dump for Dump, the number
	// of rows that the loop had, an int, for AllTasks, and nil for calls that return nothing.
	Answer any
	// Err is the error, or nil. It is nil for a rollback that succeeded.
	Err error
	// Cause is why there was a rollback: the error that the function returned, or
	// [ErrPanicked]. For other calls it is nil.
	Cause error
	// Start is when the call began, and Duration is how long it took. The time of a
	// transaction's function is in neither its beginning nor its end.
	Start    time.Time
	Duration time.Duration
	// Tx is the number of the transaction in which the call was made, counted from 1 in the
	// order in which they began, or 0 outside of transactions. Begin, Commit and Rollback
	// have the number of their transaction. A transaction that fails to begin has a number,
	// too, which no other gets.
	Tx int
	// Depth is how many transactions and savepoints are around the call, without the one
	// that it begins or ends.
	Depth int
	// Session is the name that [tasktwin.WithSession] has put into the call's context.
	Session string
	// Done says that the call's context had ended before the call began.
	Done bool
	// Fork is 0 for the store that was given to [Wrap], and the number of the fork, counted
	// from 1, for a store of ForkStore.
	Fork int
	// Began and Ended are the places of the call's beginning and end among those of all
	// calls, of all forks too, counted from 1. Two calls overlapped if each began before the
	// other ended.
	Began, Ended int
}

// Writes reports whether the call may change rows.
func (c Call) Writes() bool { return intercept.Writes(c.Method) }

// Observer is told of each call after it has returned, on the goroutine that made it, before
// the caller goes on. Calls that overlap are told of at the same time. The context is the
// call's, and may be nil if the call panicked.
//
// An observer should not panic. If it does, the caller's call panics after it has been
// carried out, and the observers behind it are not told of the call. At Begin and Savepoint
// the panic rolls back, as one in the function of InTx does; at Commit and Release it is too
// late for that.
type Observer func(context.Context, Call)

var _ tasktwin.Store = (*Store)(nil)
