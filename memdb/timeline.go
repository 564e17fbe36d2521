package memdb

import (
	"cmp"

	"github.com/tasktwin/tasktwin"
)

// timelineEntry is a status or a boundary. Boundaries and statuses other than working only
// end the working interval before them.
type timelineEntry struct {
	at      pgTime
	working bool
}

func (s *statusRecord) entry() timelineEntry {
	return timelineEntry{s.createdAt, appStates[s.flags.state()-1] == tasktwin.WorkspaceAppStatusStateWorking}
}

// compare orders entries by time. At the same time, working statuses come before entries
// that end them. That agrees with the order of the statuses' enum, with boundaries last.
func (e timelineEntry) compare(o timelineEntry) int {
	switch {
	case e.at != o.at:
		return cmp.Compare(e.at, o.at)
	case e.working == o.working:
		return 0
	case e.working:
		return -1
	default:
		return 1
	}
}

// timeline is the sum of the working intervals of a timeline, without the interval that the
// last entry starts. The zero value has no entries.
type timeline struct {
	last     timelineEntry
	nonEmpty bool
	// The sum has separate whole milliseconds and microseconds. In microseconds alone, an
	// interval from the earliest to the latest timestamptz would overflow.
	ms, us int64
}

// endsBefore reports whether an entry can be added after the last one.
func (l *timeline) endsBefore(e timelineEntry) bool { return !l.nonEmpty || l.last.compare(e) <= 0 }

// add adds an entry after the last one.
func (l *timeline) add(e timelineEntry) {
	l.ms, l.us = l.until(e.at)
	l.last, l.nonEmpty = e, true
}

// until returns the sum including the interval from the last entry to end, if that entry is
// working.
func (l *timeline) until(end pgTime) (ms, us int64) {
	if !l.last.working {
		return l.ms, l.us
	}
	return l.ms + int64(end/1000-l.last.at/1000), l.us + int64(end%1000-l.last.at%1000)
}

// active returns the sum in milliseconds, including the interval from the last entry to
// end. The sum is rounded once.
func (l *timeline) active(end pgTime) int64 {
	ms, us := l.until(end)
	ms += us / 1000
	us %= 1000
	switch { // halves are rounded away from zero, by the sign of the whole sum
	case us > 500 || us == 500 && ms >= 0:
		ms++
	case us < -500 || us == -500 && ms <= 0:
		ms--
	}
	return ms
}
