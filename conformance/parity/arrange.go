package parity

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/tasktwin/tasktwin/conformance/internal/program"
	"github.com/tasktwin/tasktwin/observe"
)

// lane is a session of a recorded program: calls one after the other.
type lane struct {
	// tx is the number of the open transaction, or 0, and depth is how many savepoints
	// are open in it, plus one.
	tx, depth int
	// last is the call that ended last, and lastOrdered the last whose place matters: that
	// was not only reading.
	last, lastOrdered observe.Call
}

// line is a line of a recorded program, at a place among the beginnings and ends of calls.
type line struct {
	place, session int
	text           string
}

// arrange returns the text of a program of calls. It gives each to a session and puts
// them in the order in which they began.
func arrange(calls []recorded) (string, error) {
	calls = slices.Clone(calls)
	slices.SortFunc(calls, func(a, b recorded) int { return cmp.Compare(a.Began, b.Began) })
	var lanes []*lane
	sessions := make([]int, len(calls))
	for i := range calls {
		c := &calls[i]
		n := laneOf(lanes, c.Call)
		if n == len(lanes) {
			lanes = append(lanes, &lane{})
		}
		if err := lanes[n].take(c.Call); err != nil {
			return "", err
		}
		sessions[i] = n
	}
	for _, l := range lanes {
		if l.tx != 0 {
			return "", fmt.Errorf("transaction %d is still open", l.tx)
		}
	}
	var lines []line
	for i := range calls {
		lines = append(lines, linesOf(calls, sessions, i)...)
	}
	slices.SortStableFunc(lines, func(a, b line) int { return cmp.Compare(a.place, b.place) })
	var text strings.Builder
	for _, l := range lines {
		if len(lanes) > 1 {
			text.WriteString(sessionName(l.session) + ": ")
		}
		text.WriteString(l.text + "\n")
	}
	return text.String(), nil
}

// laneOf returns the place of the lane for a call: that of its transaction, or the first
// that is free. It may be the place behind the last.
func laneOf(lanes []*lane, c observe.Call) int {
	i := slices.IndexFunc(lanes, func(l *lane) bool {
		if c.Tx != 0 && c.Method != observe.Begin {
			return l.tx == c.Tx
		}
		return l.tx == 0 && !l.overlaps(c)
	})
	if i < 0 {
		return len(lanes)
	}
	return i
}

// overlaps reports whether the place of a call among those before it is not known.
func (l *lane) overlaps(c observe.Call) bool { return c.Began < l.before(c).Ended }

// before returns the call that has to have ended when c begins.
func (l *lane) before(c observe.Call) observe.Call {
	if c.Writes() || isControl(c.Method) {
		return l.last
	}
	return l.lastOrdered
}

// take adds a call to the lane.
func (l *lane) take(c observe.Call) error {
	if l.overlaps(c) {
		return fmt.Errorf("%s overlapped with %s in transaction %d: their order is not known", c.Method, l.before(c).Method, c.Tx)
	}
	if c.Ended > l.last.Ended {
		l.last = c
	}
	if c.Writes() || isControl(c.Method) {
		l.lastOrdered = c
	}
	switch {
	case isBegin(c.Method) && c.Err == nil:
		l.tx = c.Tx
		l.depth++
	case isEnd(c.Method):
		if c.Depth+1 != l.depth {
			return fmt.Errorf("%s of a savepoint that overlapped with another, or with the end of its transaction", c.Method)
		}
		if l.depth--; l.depth == 0 {
			l.tx = 0
		}
	}
	return nil
}

// linesOf returns the lines of the i-th call.
func linesOf(calls []recorded, sessions []int, i int) []line {
	c := &calls[i]
	at := func(place int, text string) line { return line{place, sessions[i], text} }
	var lines []line
	if isContext(c.Err) && !isEnd(c.Method) && (c.Done || !mayWait(calls, sessions, i)) {
		lines = append(lines, at(c.Began, program.OpCancel))
	}
	lines = append(lines, at(c.Began, c.text))
	switch {
	case c.Method == observe.Begin && c.Err != nil:
		lines = append(lines, at(c.Began, program.OpCommit))
	case c.Method == observe.Savepoint && c.Err != nil:
		lines = append(lines, at(c.Began, program.OpRelease))
	case isContext(c.Err) && !isEnd(c.Method) && len(lines) == 1:
		lines = append(lines, at(c.Ended, program.OpCancel))
	}
	return lines
}

// mayWait reports whether the i-th call may have waited for another session: one that did
// something before the call ended, or had a transaction open.
func mayWait(calls []recorded, sessions []int, i int) bool {
	c := &calls[i]
	if isBegin(c.Method) {
		return false
	}
	during := func(place int) bool { return c.Began < place && place < c.Ended }
	for j := range calls {
		o := &calls[j]
		open := o.Method == observe.Begin && o.Err == nil && o.Began < c.Began && openAt(calls, o.Tx, c.Began)
		if sessions[j] != sessions[i] && (open || during(o.Began) || during(o.Ended)) {
			return true
		}
	}
	return false
}

// openAt reports whether a transaction had not ended at a place.
func openAt(calls []recorded, tx, place int) bool {
	return !slices.ContainsFunc(calls, func(c recorded) bool { return c.Tx == tx && c.Depth == 0 && isEnd(c.Method) && c.Ended < place })
}
