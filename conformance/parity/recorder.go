package parity

import (
	"context"
	"errors"
	"fmt"
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
// by tasktest.Insert first. [Recorder.Fork] records the calls on a fork.
//
// Calls that do not overlap are a program of one session. If transactions or calls overlap,
// other than calls that only read, the program has several: a transaction is in one session
// from its beginning to its end. Their steps are in the order in which the calls began, and
// are replayed one at a time. A call that waited for another session waits in the replay, too.
// Of calls that ran at the same time and did not wait, the store may have carried out the
// later one first: then the replay may give other answers than the recorded run did.
// To fix the order in a test, let a session go on only when another one waits, as
// memdb.DB.Waits and testing/synctest say.
//
// What cannot be recorded: Load and InsertWorkspaceAppStatuses, because a program calls the
// methods of [tasktwin.Querier] one at a time; a loop of AllTasks that has failed; calls that
// overlap in one transaction, because their order is not known; and an end of which it is not
// known what became of it ([tasktwin.ErrCommitUnknown]).
//
// Dump, Ping, Close and AllTasks are left out, and calls that were refused because the store was closed
// or the transaction had ended. A call whose context ended is recorded as one that is
// canceled: before it starts or, if the context ended later and other sessions were at work,
// while it waits.
//
// Of a store with faults, observe what package faults wraps: then the program has what has
// become of the transactions that failed. It is safe for concurrent use.
type Recorder struct {
	mu sync.Mutex
	// forked is the program of the store of which this one is a fork, and isFork says that
	// it is one.
	forked  Program
	isFork  bool
	calls   []recorded
	problem error
}

// recorded is a call, and its text, because the caller may change what its argument refers to.
type recorded struct {
	observe.Call
	text string
}

// NewRecorder returns a Recorder without calls.
func NewRecorder() *Recorder { return &Recorder{} }

// Fork returns a Recorder for a fork of the observed store that is made now. Its program
// begins with the calls that r has recorded so far:
//
//	fork := observe.Wrap(memory.Fork(), recorder.Fork().Observe)
//
// If these cannot be a program, neither can those of the fork.
func (r *Recorder) Fork() *Recorder {
	forked, err := r.Program()
	return &Recorder{forked: forked, isFork: true, problem: err}
}

// Program returns the program of all calls so far. The error says why the calls cannot be a
// program, and names the first that cannot, or that a transaction is still open.
func (r *Recorder) Program() (Program, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.problem != nil {
		return nil, r.problem
	}
	text, err := arrange(r.calls)
	if err != nil {
		return nil, fmt.Errorf("conformance: Recorder: %w", err)
	}
	own, err := ParseProgram(text)
	if err != nil || !r.isFork {
		return own, err
	}
	return goOn(r.forked, own), nil
}

// goOn returns the program of a store, followed by that of its fork.
func goOn(forked, own Program) Program {
	var out Program
	if forked.Sessions() == nil && own.Sessions() == nil {
		out = append(out, forked...)
		out = append(out, Op{Name: program.OpFork})
		return append(out, own...)
	}
	// Programs of several sessions have no forks.
	for _, part := range []Program{forked, own} {
		for _, op := range part {
			switch {
			case op.Name == program.OpFork:
				continue
			case op.Session == "":
				op.Session = sessionName(0)
			}
			out = append(out, op)
		}
	}
	return out
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
	case observe.AllTasks:
		if _, failed := errors.AsType[*tasktwin.Error](c.Err); failed {
			return fmt.Errorf("a program cannot have AllTasks, which has failed: list the tasks by ListTasks: %w", c.Err)
		}
		return nil
	case observe.InsertWorkspaceAppStatuses:
		return errors.New("a program cannot have InsertWorkspaceAppStatuses: it calls the methods of Querier one at a time")
	case observe.Load:
		return errors.New("a program cannot have Load: it calls the methods of Querier one at a time; insert the rows by tasktest.Insert")
	}
	if c.Fork != 0 {
		return fmt.Errorf("%s was called on a fork: observe it with the Recorder that Recorder.Fork returns", c.Method)
	}
	if errors.Is(c.Err, tasktwin.ErrCommitUnknown) {
		return fmt.Errorf("%s: it is not known what became of it: %w", c.Method, c.Err)
	}
	op, ok := operation(c)
	if !ok {
		return nil
	}
	text := op.String()
	c.Arg, c.Answer = nil, nil
	r.calls = append(r.calls, recorded{c, text})
	return nil
}

// operation returns the operation of a call, or false if it is left out.
func operation(c observe.Call) (Op, bool) {
	switch c.Method {
	case observe.Begin:
		return Op{Name: program.OpBegin, Arg: c.Arg}, !refused(c.Err)
	case observe.Savepoint:
		_, failed := errors.AsType[*tasktwin.Error](c.Err)
		// Other errors are those of options that the transaction does not allow. Other options
		// of a savepoint are those of its transaction.
		return Op{Name: program.OpSavepoint}, c.Err == nil || failed || isContext(c.Err)
	case observe.Commit, observe.Release, observe.Rollback, observe.RollbackTo:
		return Op{Name: ending(c)}, true
	}
	return Op{Name: c.Method, Arg: c.Arg}, !refused(c.Err)
}

// ending returns the name of the end of a transaction or a savepoint.
func ending(c observe.Call) string {
	switch {
	case errors.Is(c.Cause, observe.ErrPanicked):
		return program.OpPanic
	case c.Cause != nil || refused(c.Err):
		return program.OpRollback
	case isContext(c.Err):
		return program.OpCutOff
	case c.Method == observe.Commit:
		return program.OpCommit
	}
	return program.OpRelease
}

// refused reports whether a call had no effect for a reason that a program does not have.
func refused(err error) bool {
	return errors.Is(err, tasktwin.ErrClosed) || errors.Is(err, tasktwin.ErrTxDone) || errors.Is(err, tasktwin.ErrSavepointOpen)
}

func isContext(err error) bool {
	return errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded)
}

func isBegin(method string) bool { return method == observe.Begin || method == observe.Savepoint }

func isControl(method string) bool { return isBegin(method) || isEnd(method) }

func isEnd(method string) bool {
	switch method {
	case observe.Commit, observe.Release, observe.Rollback, observe.RollbackTo:
		return true
	}
	return false
}

// sessionName returns the name of the n-th session.
func sessionName(n int) string {
	const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
	if n < len(letters) {
		return letters[n : n+1]
	}
	return fmt.Sprintf("S%d", n+1)
}
