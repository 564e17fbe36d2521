package faults

import (
	"errors"
	"fmt"
	"reflect"
	"slices"
	"time"

	"github.com/tasktwin/tasktwin"
)

// What [Rule.On] takes besides the names of methods of [tasktwin.Querier], "Load", "Dump"
// and "Ping".
const (
	// AnyStatement is every method of Querier, and Load, in and outside of transactions.
	// It is the default of most rules.
	AnyStatement = "any statement"
	// AnyWrite is those of AnyStatement that may change rows.
	AnyWrite = "any write"
	// Begin is the beginning of a transaction. If it fails, InTx does not run its
	// function.
	Begin = "begin"
	// Commit is the end of a transaction whose function returned nil.
	Commit = "commit"
	// Savepoint is the beginning of a savepoint. If it fails, InTx does not run its
	// function, and the transaction is aborted.
	Savepoint = "savepoint"
	// Release is the end of a savepoint whose function returned nil. If it fails, the
	// savepoint is rolled back.
	Release = "release"
	// RollbackTo is the end of a savepoint whose function returned an error, which InTx
	// then returns. Only the connection can be lost there.
	RollbackTo = "rollback to"
)

// Rule makes calls fail, or delays them. The methods return changed copies, so that rules
// can be shared and refined:
//
//	lost := faults.LoseConnection().On(faults.Commit)
//	store := faults.Wrap(db, lost.First(1), lost.Nth(3).After())
//
// [Wrap] and [Rule.Validate] report what is wrong with a rule.
type Rule struct {
	on      []string
	err     func() error // nil if the rule only delays
	what    string       // what the rule does, for texts
	lose    bool         // the connection is lost
	refusal bool         // the error says that nothing was carried out
	after   bool
	delay   time.Duration
	delayed bool
	when    when
	// problems are mistakes that were made in building the rule.
	problems []error
}

// Fail returns a rule by which every statement fails with an SQLSTATE. The errors are
// [tasktwin.Error]s without table, column and constraint: use [Error] for one that has
// them. The codes with which a server ends a session or refuses one (57P01, 57P02, 57P03,
// 53300, and class 08) lose the connection, as [LoseConnection] does. The code must be one of an error: those of
// the classes 00, 01 and 02 are not.
func Fail(code tasktwin.SQLState) *Rule {
	r := newRule("Fail", &tasktwin.Error{Code: code, Message: message(code)})
	r.err = func() error { return &tasktwin.Error{Code: code, Message: message(code)} }
	r.what = string(code)
	return r
}

// SerializationFailures returns a rule by which a transaction fails at its COMMIT with
// SQLSTATE 40001, with a probability of 1 in n: see [Rule.OneIn] for the seed. It is
// Fail(tasktwin.SerializationFailure).On(faults.Commit).OneIn(n, seed).
func SerializationFailures(n int, seed uint64) *Rule {
	return Fail(tasktwin.SerializationFailure).On(Commit).OneIn(n, seed)
}

// Deadlocks returns a rule by which a statement of a transaction or outside of one that may
// change rows fails with SQLSTATE 40P01, with a probability of 1 in n: see [Rule.OneIn] for
// the seed. It is Fail(tasktwin.DeadlockDetected).On(faults.AnyWrite).OneIn(n, seed).
func Deadlocks(n int, seed uint64) *Rule {
	return Fail(tasktwin.DeadlockDetected).On(AnyWrite).OneIn(n, seed)
}

// Error returns a rule by which every statement fails with err. Callers get err itself or,
// where the connection is lost or it may be unknown whether changes were committed, an
// error that wraps it. A
// context's error that comes in a statement loses the connection, as in pgdb. A
// [tasktwin.Error] must have the code of an error: see [Fail].
func Error(err error) *Rule { return newRule("Error", err) }

func newRule(method string, err error) *Rule {
	r := &Rule{err: func() error { return err }}
	if v := reflect.ValueOf(err); err == nil || v.Kind() == reflect.Pointer && v.IsNil() {
		r.problem("%s: the error is nil: use Delay for a rule that makes nothing fail", method)
		return r
	}
	if e, ok := errors.AsType[*tasktwin.Error](err); ok {
		if e == nil {
			r.problem("%s: the error wraps a *tasktwin.Error that is nil", method)
			return r
		}
		if problem := codeProblem(e.Code); problem != "" {
			r.problem("%s: the SQLSTATE is %q: %s", method, e.Code, problem)
		}
	}
	r.what = err.Error()
	r.lose, r.refusal = losesConnection(err), isRefusal(err)
	return r
}

// LoseConnection returns a rule by which the connection is lost during every statement,
// with an error that wraps [ErrConnectionLost].
func LoseConnection() *Rule { return Error(errLost()) }

// Delay returns a rule that makes nothing fail. It lets every statement take longer, before
// it is carried out, or, by [Rule.After], before its answer comes. The call is given up if
// its context ends first. [Store.Close] ends the delay: a call that is not carried out yet
// returns [tasktwin.ErrClosed] then.
func Delay(d time.Duration) *Rule { return (&Rule{}).Delay(d) }

// Delay also lets the calls of the rule take longer, whether they then fail or not.
func (r *Rule) Delay(d time.Duration) *Rule {
	c := r.clone()
	if d <= 0 {
		c.problem("Delay is %s: it must be positive", d)
	}
	if c.delayed {
		c.problem("Delay: the rule has the delay %s already", c.delay)
	}
	c.delay, c.delayed = d, true
	return c
}

// On chooses the calls: methods by their names, such as "InsertTask", or the constants of
// this package. A second On takes the place of the first.
func (r *Rule) On(calls ...string) *Rule {
	c := r.clone()
	c.on = slices.Clone(calls)
	if len(calls) == 0 {
		c.problem("On: no call is named")
	}
	return c
}

// After makes the rule's calls fail after they have been carried out: only the answer is
// lost. For that the connection has to be lost, or the context to end. An SQLSTATE, which
// says that nothing was done, cannot come after, and neither can the errors of calls other
// than statements and Commit. A call that fails by itself keeps its own error.
func (r *Rule) After() *Rule {
	c := r.clone()
	c.after = true
	return c
}

// Nth chooses some of the rule's calls by their numbers, counted from 1. Calls that the store
// refuses, which get no injected error, are counted, too: by Nth, First, Every and OneIn.
func (r *Rule) Nth(numbers ...int) *Rule {
	c := r.choose(whenNth, fmt.Sprintf("Nth(%s)", list(numbers)))
	c.when.numbers = slices.Clone(numbers)
	if len(numbers) == 0 {
		c.problem("Nth: no number is given")
	}
	for _, n := range numbers {
		c.atLeastOne("Nth", n)
	}
	return c
}

// First chooses the first n of the rule's calls.
func (r *Rule) First(n int) *Rule {
	c := r.choose(whenFirst, fmt.Sprintf("First(%d)", n))
	c.when.n = n
	return c.atLeastOne("First", n)
}

// Every chooses each n-th of the rule's calls: the n-th, the 2n-th, and so on.
func (r *Rule) Every(n int) *Rule {
	c := r.choose(whenEvery, fmt.Sprintf("Every(%d)", n))
	c.when.n = n
	return c.atLeastOne("Every", n)
}

// OneIn chooses each of the rule's calls with a probability of 1 in n. Whether the k-th call
// is chosen depends on the seed and on k alone. Among a few calls none may be chosen: take
// another seed then.
func (r *Rule) OneIn(n int, seed uint64) *Rule {
	c := r.choose(whenOneIn, fmt.Sprintf("OneIn(%d, %d)", n, seed))
	c.when.n, c.when.seed = n, seed
	return c.atLeastOne("OneIn", n)
}

// clone returns a copy to change. That of nil is a rule with this mistake, for Wrap to report.
func (r *Rule) clone() *Rule {
	if r == nil {
		return &Rule{problems: []error{errNilRule}}
	}
	c := *r
	c.problems = slices.Clone(r.problems)
	return &c
}

// choose returns a copy of the rule with another choice among its calls.
func (r *Rule) choose(kind whenKind, text string) *Rule {
	c := r.clone()
	if c.when.kind != whenAlways {
		c.problem("%s: the rule has %s already", text, c.when.text)
	}
	c.when = when{kind: kind, text: text}
	return c
}

func (r *Rule) atLeastOne(method string, n int) *Rule {
	if n < 1 {
		r.problem("%s is given %d: it must be at least 1", method, n)
	}
	return r
}

func (r *Rule) problem(format string, args ...any) {
	r.problems = append(r.problems, fmt.Errorf("faults: "+format, args...))
}
