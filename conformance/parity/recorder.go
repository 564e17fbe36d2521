package parity

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"

	"github.com/tasktwin/tasktwin"
	"github.com/tasktwin/tasktwin/conformance/internal/program"
	"github.com/tasktwin/tasktwin/observe"
)

// Recorder writes down the calls that code makes on an observed store, as a program that
// makes the same calls on two engines:
//
//	recorder := parity.NewRecorder()
//	store := observe.Wrap(memdb.New(memdb.Options{}), recorder.Observe)
//	… // what is to be recorded
//	program, err := recorder.Program()
//	os.WriteFile("case.txt", []byte(program.String()), 0o600)
//
// and "tasktwin parity --program case.txt" replays it. A program begins with an empty
// store: to record calls on one that has rows, observe an empty store and give it the rows
// by tasktest.Insert first.
//
// A program is of one session: calls that overlap cannot be recorded, unless all of them
// only read, and neither can calls outside of a transaction that is open. Goroutines that
// take turns can. Dump, Ping and Close are left out, and calls that were refused because
// the store was closed or the transaction had ended. A call whose context had ended is
// recorded as one that is canceled.
//
// Of a store with faults, observe what package faults wraps: then the program has what has
// become of the transactions that failed. It is safe for concurrent use.
type Recorder struct {
	mu    sync.Mutex
	lines []string
	// tx is the number of the open transaction, or 0, and depth is how many savepoints
	// are open in it, plus one.
	tx, depth int
	// last is the call that ended last, and lastOrdered the last whose place matters: that
	// was not only reading.
	last, lastOrdered observe.Call
	problem           error
}

// NewRecorder returns a Recorder without calls.
func NewRecorder() *Recorder { return &Recorder{} }

// Program returns the program of all calls so far. The error says why the calls cannot be a
// program, and names the first that cannot, or that a transaction is still open.
func (r *Recorder) Program() (Program, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	switch {
	case r.problem != nil:
		return nil, r.problem
	case r.tx != 0:
		return nil, fmt.Errorf("conformance: Recorder: transaction %d is still open", r.tx)
	}
	return ParseProgram(strings.Join(r.lines, "\n"))
}

// Observe is the [observe.Observer] that records a call.
func (r *Recorder) Observe(_ context.Context, c observe.Call) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.problem != nil {
		return
	}
	if err := r.record(c); err != nil {
		r.problem = fmt.Errorf("conformance: Recorder: %w", err)
	}
}

func (r *Recorder) record(c observe.Call) error {
	switch c.Method {
	case observe.Dump, observe.Ping, observe.Close:
		return nil
	case observe.Load:
		return errors.New("a program cannot have Load: insert the rows by tasktest.Insert")
	}
	if c.Fork != 0 {
		return fmt.Errorf("%s was called on a fork: observe the fork by itself, and begin with tasktest.Insert of its rows", c.Method)
	}
	if err := r.overlap(c); err != nil {
		return err
	}
	r.last = c
	if c.Writes() || isControl(c.Method) {
		r.lastOrdered = c
	}
	if errors.Is(c.Err, tasktwin.ErrCommitUnknown) {
		return fmt.Errorf("%s: it is not known what became of it: %w", c.Method, c.Err)
	}
	switch c.Method {
	case observe.Begin, observe.Savepoint:
		r.begin(c)
	case observe.Commit, observe.Release, observe.Rollback, observe.RollbackTo:
		return r.end(c)
	default:
		if !refused(c.Err) {
			r.add(c, program.Op{Name: c.Method, Arg: c.Arg})
		}
	}
	return nil
}

// overlap returns an error if the place of a call among those before it is not known.
func (r *Recorder) overlap(c observe.Call) error {
	before := r.last
	if !c.Writes() && !isControl(c.Method) {
		before = r.lastOrdered
	}
	if c.Began < before.Ended {
		return fmt.Errorf("%s overlapped with %s: a program has one session", c.Method, before.Method)
	}
	if r.tx != 0 && c.Tx != r.tx {
		return fmt.Errorf("%s was called outside of transaction %d, which is open: a program has one session", c.Method, r.tx)
	}
	return nil
}

func isControl(method string) bool {
	switch method {
	case observe.Begin, observe.Savepoint, observe.Commit, observe.Release, observe.Rollback, observe.RollbackTo:
		return true
	}
	return false
}

// refused reports whether a call had no effect for a reason that a program does not have.
func refused(err error) bool {
	return errors.Is(err, tasktwin.ErrClosed) || errors.Is(err, tasktwin.ErrTxDone) || errors.Is(err, tasktwin.ErrSavepointOpen)
}

// add adds an operation, and cancels it if the call's context had ended.
func (r *Recorder) add(c observe.Call, op program.Op) {
	if isContext(c.Err) {
		r.line(program.Op{Name: program.OpCancel})
	}
	r.line(op)
}

func (r *Recorder) line(op program.Op) {
	// The text is kept, because the caller may change what the argument refers to.
	r.lines = append(r.lines, op.String())
}

// begin adds the beginning of a transaction or a savepoint, and its end if it has failed.
func (r *Recorder) begin(c observe.Call) {
	if refused(c.Err) {
		return
	}
	op, closing := program.Op{Name: program.OpBegin, Arg: c.Arg}, program.OpCommit
	if c.Method == observe.Savepoint {
		if _, ok := errors.AsType[*tasktwin.Error](c.Err); c.Err != nil && !ok && !isContext(c.Err) {
			return // options that the transaction does not allow
		}
		// Other options of a savepoint are those of its transaction.
		op, closing = program.Op{Name: program.OpSavepoint}, program.OpRelease
	}
	r.add(c, op)
	if c.Err != nil {
		r.line(program.Op{Name: closing})
		return
	}
	r.depth++
	r.tx = c.Tx
}

// end adds the end of a transaction or a savepoint.
func (r *Recorder) end(c observe.Call) error {
	if c.Depth+1 != r.depth {
		return fmt.Errorf("%s of a savepoint that overlapped with another, or with the end of its transaction", c.Method)
	}
	name := program.OpRollback
	switch {
	case errors.Is(c.Cause, observe.ErrPanicked):
		name = program.OpPanic
	case c.Cause != nil || refused(c.Err):
	case isContext(c.Err):
		name = program.OpCutOff
	case c.Method == observe.Commit:
		name = program.OpCommit
	default:
		name = program.OpRelease
	}
	r.line(program.Op{Name: name})
	if r.depth--; r.depth == 0 {
		r.tx = 0
	}
	return nil
}

func isContext(err error) bool {
	return errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded)
}
