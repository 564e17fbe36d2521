package observe

import (
	"context"
	"fmt"
	"maps"
	"runtime"
	"slices"
	"strings"
	"sync"

	"github.com/tasktwin/tasktwin/internal/intercept"
)

// TB is what assertions need of a test. Each testing.TB is one.
type TB interface {
	Helper()
	Errorf(format string, args ...any)
}

// Counts counts calls, for assertions. Its Observe is an [Observer] for any number of
// stores. It keeps the arguments of all calls since the last Reset. It is safe for
// concurrent use.
type Counts struct {
	mu    sync.Mutex
	calls []counted
}

// counted is what is kept of a call.
type counted struct {
	method, arg, where string
	// transaction is the call's transaction, with its fork, or the zero value outside of
	// transactions.
	transaction [2]int
}

// NewCounts returns a Counts without calls.
func NewCounts() *Counts { return &Counts{} }

// Observe counts a call.
func (c *Counts) Observe(_ context.Context, call Call) {
	n := counted{method: call.Method, arg: argText(call.Arg), where: caller()}
	if call.Tx != 0 {
		n.transaction = [2]int{call.Fork, call.Tx}
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.calls = append(c.calls, n)
}

// Reset forgets all calls.
func (c *Counts) Reset() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.calls = nil
}

// Of returns the number of calls of a method, or of those that begin or end transactions
// and savepoints, since the last Reset. It panics if there is no such method, as 0 calls of
// a misspelled one would hide the mistake.
func (c *Counts) Of(method string) int {
	if !isMethod(method) {
		panic(fmt.Errorf("observe: Of: %w", noMethod(method)))
	}
	return len(c.of(method))
}

func noMethod(method string) error {
	return fmt.Errorf("there is no method %q: name one of tasktwin.Querier, or use a constant of package observe", method)
}

func (c *Counts) of(method string) []counted {
	return c.where(func(n counted) bool { return n.method == method })
}

func (c *Counts) where(is func(counted) bool) []counted {
	c.mu.Lock()
	defer c.mu.Unlock()
	var out []counted
	for _, n := range c.calls {
		if is(n) {
			out = append(out, n)
		}
	}
	return out
}

// AtMost fails the test if there were more than n calls of one of the methods since the last
// Reset. The message has each call with its argument and the line that made it.
func (c *Counts) AtMost(t TB, n int, methods ...string) {
	t.Helper()
	if len(methods) == 0 {
		t.Errorf("observe: AtMost: no method is named")
	}
	for _, method := range methods {
		if !isMethod(method) {
			t.Errorf("observe: AtMost: %v", noMethod(method))
		}
		if calls := c.of(method); len(calls) > n {
			t.Errorf("observe: %d calls of %s, and at most %d are allowed:\n%s", len(calls), method, n, lines(calls))
		}
	}
}

// NoRepeatedReads fails the test if a method that only reads was called with more than n
// different arguments, where calls with equal arguments count once: the "N+1 queries" of code
// that reads a list and then asks for each of its rows. It looks at all calls since the last
// Reset, in transactions and outside, but those of Dump and Ping. The message has each call
// with its argument and the line that made it.
func (c *Counts) NoRepeatedReads(t TB, n int) {
	t.Helper()
	c.repeated(t, n, "", func(counted) [2]int { return [2]int{} })
}

// NoRepeatedReadsInTx is NoRepeatedReads for the calls within each transaction. It does not
// count those outside of transactions.
func (c *Counts) NoRepeatedReadsInTx(t TB, n int) {
	t.Helper()
	c.repeated(t, n, " in one transaction", func(call counted) [2]int { return call.transaction })
}

// repeated reports methods that were called with more than n arguments in one group.
func (c *Counts) repeated(t TB, n int, where string, group func(counted) [2]int) {
	t.Helper()
	type key struct {
		method string
		group  [2]int
	}
	calls := map[key][]counted{}
	var keys []key
	reads := c.where(func(call counted) bool {
		return isQuery(call.method) && !intercept.Writes(call.method) && (where == "" || call.transaction != [2]int{})
	})
	for _, call := range reads {
		k := key{call.method, group(call)}
		if calls[k] == nil {
			keys = append(keys, k)
		}
		calls[k] = append(calls[k], call)
	}
	for _, k := range keys {
		arguments := map[string]bool{}
		for _, call := range calls[k] {
			arguments[call.arg] = true
		}
		if len(arguments) > n {
			t.Errorf("observe: %d calls of %s with %d different arguments%s, and at most %d are allowed. Can one query answer them all?\n%s",
				len(calls[k]), k.method, len(arguments), where, n, lines(calls[k]))
		}
	}
}

// lines returns a line for each call, those of one place together.
func lines(calls []counted) string {
	const most = 10
	byPlace := map[string][]string{}
	for _, call := range calls {
		text := call.method
		if call.arg != "" {
			text += " " + call.arg
		}
		byPlace[call.where] = append(byPlace[call.where], text)
	}
	var b strings.Builder
	for _, place := range slices.Sorted(maps.Keys(byPlace)) {
		texts := byPlace[place]
		fmt.Fprintf(&b, "  %s\n", place)
		for i, text := range texts {
			if i == most {
				fmt.Fprintf(&b, "    and %d more\n", len(texts)-most)
				break
			}
			fmt.Fprintf(&b, "    %s\n", text)
		}
	}
	return b.String()
}

// isQuery reports whether a method is one of [tasktwin.Querier].
func isQuery(method string) bool {
	return intercept.IsCall(method) && method != Load && method != Dump && method != Ping
}

func isMethod(method string) bool {
	return intercept.IsCall(method) ||
		slices.Contains([]string{Close, Begin, Savepoint, Commit, Release, Rollback, RollbackTo}, method)
}

// ours are the packages that may stand between a caller and the end of its call.
var ours = []string{"observe.", "faults.", "internal/intercept.", "memdb.", "memdb/internal/", "pgdb."}

// caller returns the file and the line of the call on the store, outside of the packages of
// ours.
func caller() string {
	const module = "github.com/tasktwin/tasktwin/"
	var pcs [32]uintptr
	frames := runtime.CallersFrames(pcs[:runtime.Callers(2, pcs[:])])
	for {
		frame, more := frames.Next()
		rest, in := strings.CutPrefix(frame.Function, module)
		isOurs := in && slices.ContainsFunc(ours, func(pkg string) bool { return strings.HasPrefix(rest, pkg) })
		if !isOurs && frame.File != "" {
			return fmt.Sprintf("%s:%d", frame.File, frame.Line)
		}
		if !more {
			return "unknown"
		}
	}
}
