package report

import (
	"cmp"
	"slices"

	"github.com/tasktwin/tasktwin"
)

// state is what a task does. The page knows them by their number.
type state uint8

const (
	gone state = iota // nothing is drawn
	working
	idle
	paused
	building
	failed
	states int = iota
)

// interval is a stretch of time in one state. The note is what the agent said,
// or why the build was made.
type interval struct {
	state    state
	from, to instant
	note     string
}

// event puts a task into a state.
type event struct {
	at    instant
	rank  uint8 // of events at one instant
	index int   // of the build or the status
}

// The order of events at one instant.
const (
	rankFirstBuild uint8 = iota
	rankFirstJob
	rankStatus
	rankBuild
	rankJob
)

// isFirst says of builds that nothing can have come before them.
func (b *build) isFirst() bool { return b.number <= 1 }

func (h *history) events() []event {
	events := make([]event, 0, 2*len(h.builds)+len(h.statuses))
	for i := range h.builds {
		b := &h.builds[i]
		build, job := rankBuild, rankJob
		if b.isFirst() {
			build, job = rankFirstBuild, rankFirstJob
		}
		events = append(events, event{b.created, build, i})
		if b.job.ended {
			events = append(events, event{b.job.at, job, i})
		}
	}
	for i := range h.statuses {
		events = append(events, event{h.statuses[i].at, rankStatus, i})
	}
	slices.SortFunc(events, func(a, b event) int {
		return cmp.Or(cmp.Compare(a.at, b.at), cmp.Compare(a.rank, b.rank), cmp.Compare(a.index, b.index))
	})
	return events
}

// intervals derives a task's intervals until now, in the order of time. They do
// not overlap, and none is empty.
func (h *history) intervals(now instant) []interval {
	m := machine{history: h, build: -1, listens: true}
	for _, e := range h.events() {
		if e.at >= now {
			break
		}
		m.at = e.at
		switch e.rank {
		case rankFirstBuild, rankBuild:
			m.built(e.index)
		case rankFirstJob, rankJob:
			m.ended(e.index)
		default:
			m.said(&h.statuses[e.index])
		}
	}
	m.at = now
	m.enter(gone, "")
	return m.out
}

// machine is a task on its way through its events.
type machine struct {
	*history
	at      instant // of the event
	build   int     // the latest
	listens bool    // to statuses: the workspace is neither stopped nor deleted
	current interval
	out     []interval
}

// enter ends the current interval and begins another.
func (m *machine) enter(s state, note string) {
	if m.current.state != gone && m.at > m.current.from {
		m.current.to = m.at
		m.keep(m.current)
	}
	m.current = interval{state: s, from: m.at, note: note}
}

// keep adds an interval, or makes the last one longer if it only goes on.
func (m *machine) keep(i interval) {
	if n := len(m.out); n > 0 {
		if last := &m.out[n-1]; last.to == i.from && last.state == i.state && last.note == i.note {
			last.to = i.to
			return
		}
	}
	m.out = append(m.out, i)
}

func (m *machine) built(index int) {
	b := &m.builds[index]
	m.build = index
	m.listens = b.transition == tasktwin.WorkspaceTransitionStart
	switch b.transition {
	case tasktwin.WorkspaceTransitionStart:
		if !b.isFirst() || m.current.state == gone {
			m.enter(building, string(b.reason))
		}
	case tasktwin.WorkspaceTransitionStop:
		m.enter(paused, string(b.reason))
	default:
		m.enter(gone, "")
	}
}

func (m *machine) ended(index int) {
	b := &m.builds[index]
	switch {
	case index != m.build:
	case b.job.failed:
		m.listens = true
		m.enter(failed, b.job.err)
	case m.current.state == building:
		m.enter(idle, "")
	}
}

func (m *machine) said(s *status) {
	if !m.listens {
		return
	}
	switch s.state {
	case tasktwin.WorkspaceAppStatusStateWorking:
		m.enter(working, s.message)
	case tasktwin.WorkspaceAppStatusStateFailure:
		m.enter(failed, s.message)
	default:
		m.enter(idle, s.message)
	}
}
