package replay

import (
	"fmt"
	"slices"
	"strings"
)

// transition is what a row says of its activity.
type transition int

const (
	noTransition transition = iota // an instant
	transitionStart
	transitionComplete
	transitionSuspend
	transitionResume
)

// transitionNames has the transitions of XES that begin, interrupt or end work, and
// what exports write for them.
var transitionNames = map[transition][]string{
	transitionStart: {"start", "started", "begin", "begun"},
	transitionComplete: {
		"complete", "completed", "end", "ended", "finish", "finished", "stop", "stopped", "ateabort", "piabort", "abortactivity", "abortcase",
	},
	transitionSuspend: {"suspend", "suspended", "pause", "paused"},
	transitionResume:  {"resume", "resumed"},
}

func parseTransition(value string) transition {
	const longestName = 64
	if len(value) > longestName {
		return noTransition
	}
	value = normalize(strings.TrimSpace(value))
	for t, names := range transitionNames {
		if slices.Contains(names, value) {
			return t
		}
	}
	return noTransition
}

// String returns the transition's name in XES.
func (t transition) String() string {
	if t == noTransition {
		return "instant"
	}
	return transitionNames[t][0]
}

// UnpairedRows counts the rows of a transition that have no counterpart, such as
// starts that are never completed.
type UnpairedRows struct {
	Transition string `json:"transition"`
	Rows       int    `json:"rows"`
	FirstLine  int    `json:"first_line"`
}

// pairer makes rows with a duration of the transitions of activities. The first
// start of an activity in a case goes with the first completion there, and so on.
// Work lasts from a start or a resume until a suspension or a completion.
type pairer struct {
	add      func(placedRow) error
	open     map[instanceKey]*instances
	rows     int
	starts   int
	work     int
	unpaired []UnpairedRows // by transition, less one
	// steps is the number of rows moved, which tests bound.
	steps int
}

type instanceKey struct{ caseID, activity string }

// instances are the instances of an activity in a case that are not completed, in
// the order in which they were started or resumed, or suspended.
type instances struct{ running, suspended []placedRow }

func newPairer(add func(placedRow) error) *pairer {
	p := &pairer{add: add, open: map[instanceKey]*instances{}}
	for _, t := range []transition{transitionStart, transitionComplete, transitionSuspend, transitionResume} {
		p.unpaired = append(p.unpaired, UnpairedRows{Transition: t.String()})
	}
	return p
}

// next takes the next row in the order of time.
func (p *pairer) next(row Row) error {
	at := placedRow{row, p.rows}
	p.rows++
	p.steps++
	if row.transition == noTransition {
		return p.add(at)
	}
	key := instanceKey{row.Case, row.Activity}
	i := p.open[key]
	if i == nil {
		i = &instances{}
		p.open[key] = i
	}
	err := p.move(i, at)
	if len(i.running)+len(i.suspended) == 0 {
		delete(p.open, key)
	}
	return err
}

func (p *pairer) move(i *instances, at placedRow) error {
	switch {
	case at.transition == transitionStart:
		p.starts++
		i.running = append(i.running, at)
		return nil
	case at.transition == transitionResume && len(i.suspended) > 0:
		i.suspended = i.suspended[1:]
		i.running = append(i.running, at)
		return nil
	case at.transition == transitionSuspend && len(i.running) > 0:
		begun := i.running[0]
		i.running = i.running[1:]
		i.suspended = append(i.suspended, at)
		return p.emit(begun, at)
	case at.transition == transitionComplete && len(i.running) > 0:
		begun := i.running[0]
		i.running = i.running[1:]
		return p.emit(begun, at)
	case at.transition == transitionComplete && len(i.suspended) > 0:
		i.suspended = i.suspended[1:]
		return p.add(at) // the work has ended before
	default:
		return p.alone(at)
	}
}

// emit adds the row of the work from one transition to another.
func (p *pairer) emit(from, to placedRow) error {
	from.End = to.Start
	if from.Actor == "" {
		from.Actor = to.Actor
	}
	if isWork(from.Row) {
		p.work++
	}
	return p.add(from)
}

// alone adds a row without its counterpart, as an instant.
func (p *pairer) alone(at placedRow) error {
	u := &p.unpaired[at.transition-1]
	if u.Rows++; u.Rows == 1 || at.Line < u.FirstLine {
		u.FirstLine = at.Line
	}
	return p.add(at)
}

// finish adds the rows of activities that are never completed.
func (p *pairer) finish() error {
	for _, i := range p.open {
		for _, at := range i.running {
			p.steps++
			if err := p.alone(at); err != nil {
				return err
			}
		}
	}
	// Without starts, as in logs that have completions only, all rows are instants.
	p.unpaired = slices.DeleteFunc(p.unpaired, func(u UnpairedRows) bool { return u.Rows == 0 || p.starts == 0 })
	return nil
}

// unpairedText describes rows without their counterparts.
func unpairedText(unpaired []UnpairedRows) string {
	parts := make([]string, len(unpaired))
	for i, u := range unpaired {
		parts[i] = fmt.Sprintf("%s %d (first: line %d)", u.Transition, u.Rows, u.FirstLine)
	}
	return strings.Join(parts, ", ")
}
