package shadow

import (
	"fmt"
	"time"

	"github.com/tasktwin/tasktwin/internal/answer"
)

// Answer is what a store answered to a call.
type Answer struct {
	// Value is the result, of the method's type. If Err is not nil it means nothing.
	Value any
	// Err is the error. If the secondary panicked it is a [*PanicError].
	Err error
	// Duration is how long the call took.
	Duration time.Duration
}

// Difference is a call to which the secondary had another answer than the primary.
type Difference struct {
	// Method is the name of the method of [tasktwin.Querier].
	Method string
	// Arg is the method's argument: an id, a list of ids or a struct of parameters.
	Arg any
	// Primary is the answer that the caller got. It is a copy.
	Primary Answer
	// Secondary is the other answer.
	Secondary Answer
	// Diff has the fields that differ, two lines for each: the primary's with a minus, the
	// secondary's with a plus.
	Diff string
	// Writes is the number of writes, loads and transactions that went to the primary
	// through this store before the comparison. Unless it is 0 the rows of the two
	// stores may be what differs.
	Writes uint64
	// At is when the call was made.
	At time.Time
}

// String returns the difference as text: a line with the method, its argument and both
// durations, and below it Diff.
func (d Difference) String() string {
	return fmt.Sprintf("%s(%s): the answers of the primary (-, %v) and the secondary (+, %v) differ\n%s",
		d.Method, answer.Text(d.Arg), d.Primary.Duration, d.Secondary.Duration, d.Diff)
}

// PanicError is the error of a call of the secondary that panicked.
type PanicError struct {
	// Value is the value of the panic.
	Value any
	// Stack is the stack of the goroutine.
	Stack []byte
}

// Error returns the value of the panic.
func (e *PanicError) Error() string {
	return fmt.Sprintf("shadow: the secondary panicked: %v", e.Value)
}

// diff returns the difference of two answers, and "" if they are the same.
func diff(a, b Answer) string {
	x, y := answer.Describe(a.Err), answer.Describe(b.Err)
	switch {
	case a.Err == nil && b.Err == nil:
		return answer.Diff(a.Value, b.Value)
	case a.Err == nil:
		return "- " + answer.Text(a.Value) + "\n+ " + b.Err.Error()
	case b.Err == nil:
		return "- " + a.Err.Error() + "\n+ " + answer.Text(b.Value)
	case x.Kind == y.Kind && x.Kind != answer.Other:
		return answer.Diff(x, y)
	case x != y:
		return "- " + a.Err.Error() + "\n+ " + b.Err.Error()
	}
	return ""
}

// saysNothing reports whether an error is not about rows: the call has no answer that
// could be compared.
func saysNothing(err error) bool {
	switch answer.Describe(err).Kind {
	case answer.Success, answer.Failure, answer.NoRows:
		return false
	}
	return true
}
