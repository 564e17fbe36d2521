package faults

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/tasktwin/tasktwin/internal/intercept"
)

// controls are the calls that are no methods.
var controls = []string{Begin, Commit, Savepoint, Release, RollbackTo}

var errNilRule = errors.New("faults: a rule is nil")

// Validate returns an error that names what is wrong with the rule: a call that does not
// exist, a number that is not positive, or parts that contradict each other. A rule without
// a mistake gives nil.
func (r *Rule) Validate() error {
	if r == nil {
		return errNilRule
	}
	problems := slices.Clone(r.problems)
	problem := func(format string, args ...any) { problems = append(problems, fmt.Errorf("faults: "+format, args...)) }
	if r.err == nil && !r.delayed && len(problems) == 0 {
		problem("a rule does nothing: begin with Fail, Error, LoseConnection or Delay")
	}
	for _, call := range r.on {
		isControl := slices.Contains(controls, call)
		switch {
		case !isControl && call != AnyStatement && call != AnyWrite && !intercept.IsCall(call):
			problem("On: there is no call %q: name a method of tasktwin.Querier, Load, Dump or Ping, or use a constant of package faults", call)
		case r.after && isControl && call != Commit:
			problem("After: %q has no effect that could be there before it fails", call)
		case call == RollbackTo && r.err != nil && !r.lose:
			problem("On: %q cannot fail with %s: only the connection can be lost there", call, r.what)
		}
	}
	if r.after && r.refusal {
		problem("After: %s says that nothing was carried out: use LoseConnection, or a context's error", r.what)
	}
	return errors.Join(problems...)
}

// selects reports whether the rule is about a call.
func (r *Rule) selects(call string) bool {
	for _, on := range r.on {
		if on == call || on == AnyWrite && intercept.Writes(call) || on == AnyStatement && isStatement(call) {
			return true
		}
	}
	return len(r.on) == 0 && isStatement(call)
}

// isStatement reports whether a call is one of [AnyStatement]. Dump and Ping are not: tests
// use them to look at what has happened.
func isStatement(call string) bool {
	return intercept.IsCall(call) && call != intercept.Dump && call != intercept.Ping
}

// String returns the rule's text, such as "40001 on commit, OneIn(3, 1)".
func (r *Rule) String() string {
	if r == nil {
		return "nil"
	}
	var parts []string
	if r.err != nil {
		parts = append(parts, r.what)
	}
	if r.delayed {
		parts = append(parts, "delay "+r.delay.String())
	}
	text := strings.Join(parts, " and ") + " on " + cmp.Or(strings.Join(r.on, ", "), AnyStatement)
	if r.after {
		text += ", after"
	}
	if r.when.text != "" {
		text += ", " + r.when.text
	}
	return text
}
