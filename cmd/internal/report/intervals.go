package report

import (
	"cmp"
	"slices"

	"github.com/tasktwin/tasktwin"
)

// state is a task's state. The page refers to states by number.
type state uint8

const (
	none state = iota // not drawn
	working
	idle
	paused
	building
	failed
	states int = iota
)

// interval is a period in one state. The note is the agent's message, the reason of
// the build or the error of its job.
type interval struct {
	state    state
	from, to pageTime
	note     string
}

// event puts a task into a state.
type event struct {
	at    pageTime
	rank  uint8 // order among events at the same instant
	index int   // index of the build or status
}

// The order of events at one instant.
const (
	rankFirstBuild uint8 = iota
	rankFirstJob
	rankStatus
	rankBuild
	rankJob
)

// isFirst reports whether this is the workspace's first build.
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

// intervals derives the intervals of a task until now, in chronological order.
// They do not overlap, and none is empty.
func (h *history) intervals(now pageTime) []interval {
	m := machine{history: h, build: -1, acceptsStatuses: true}
	for _, e := range h.events() {
		if e.at >= now {
			break
		}
		m.at = e.at
		switch e.rank {
		case rankFirstBuild, rankBuild:
			m.onBuild(e.index)
		case rankFirstJob, rankJob:
			m.onJobEnd(e.index)
		default:
			m.onStatus(&h.statuses[e.index])
		}
	}
	m.at = now
	m.enter(none, "")
	return m.done
}

// machine is the state machine that processes a task's events.
type machine struct {
	*history
	at              pageTime // time of the current event
	build           int      // index of the latest build
	acceptsStatuses bool     // the workspace is neither stopped nor deleted
	current         interval
	done            []interval
}

// enter ends the current interval and starts another.
func (m *machine) enter(s state, note string) {
	if m.current.state != none && m.at > m.current.from {
		m.current.to = m.at
		m.appendInterval(m.current)
	}
	m.current = interval{state: s, from: m.at, note: note}
}

// appendInterval appends an interval, or extends the last one if it has the same
// state and note.
func (m *machine) appendInterval(i interval) {
	if n := len(m.done); n > 0 {
		if last := &m.done[n-1]; last.to == i.from && last.state == i.state && last.note == i.note {
			last.to = i.to
			return
		}
	}
	m.done = append(m.done, i)
}

func (m *machine) onBuild(index int) {
	b := &m.builds[index]
	m.build = index
	m.acceptsStatuses = b.transition == tasktwin.WorkspaceTransitionStart
	switch b.transition {
	case tasktwin.WorkspaceTransitionStart:
		if !b.isFirst() || m.current.state == none {
			m.enter(building, string(b.reason))
		}
	case tasktwin.WorkspaceTransitionStop:
		m.enter(paused, string(b.reason))
	default:
		m.enter(none, "")
	}
}

func (m *machine) onJobEnd(index int) {
	b := &m.builds[index]
	switch {
	case index != m.build:
	case b.job.failed:
		m.acceptsStatuses = true
		m.enter(failed, b.job.err)
	case m.current.state == building:
		m.enter(idle, "")
	}
}

func (m *machine) onStatus(s *status) {
	if !m.acceptsStatuses {
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
