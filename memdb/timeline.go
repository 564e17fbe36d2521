package memdb

import (
	"cmp"

	"github.com/tasktwin/tasktwin"
)

// timelineEntry is a status or a boundary. All that the boundaries and the
// statuses that are not working do is to end what is working before them.
type timelineEntry struct {
	at      instant
	working bool
}

func (s *statusRecord) entry() timelineEntry {
	return timelineEntry{s.createdAt, appStates[s.flags.state()-1] == tasktwin.WorkspaceAppStatusStateWorking}
}

// compare puts what is working at one instant before what ends it: that is the
// order of the statuses' enum, and boundaries come last.
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

// timeline sums the working entries of a timeline that were followed by another.
// The zero value has no entries.
type timeline struct {
	last timelineEntry
	some bool
	// Whole milliseconds and the rest apart: the sum of many long intervals
	// fits, where the microseconds of one between the ends of time do not.
	ms, us int64
}

// endsBefore reports whether an entry can follow the last one.
func (l *timeline) endsBefore(e timelineEntry) bool { return !l.some || l.last.compare(e) <= 0 }

// add adds an entry that follows the last one.
func (l *timeline) add(e timelineEntry) {
	l.ms, l.us = l.until(e.at)
	l.last, l.some = e, true
}

// until returns the sum with the last entry's interval, if it is working.
func (l *timeline) until(end instant) (ms, us int64) {
	if !l.last.working {
		return l.ms, l.us
	}
	return l.ms + int64(end/1000-l.last.at/1000), l.us + int64(end%1000-l.last.at%1000)
}

// active returns the sum in milliseconds, rounded once, where the last entry's
// interval ends at end.
func (l *timeline) active(end instant) int64 {
	ms, us := l.until(end)
	ms += us / 1000
	us %= 1000
	switch { // a half goes away from zero, of the whole sum
	case us > 500 || us == 500 && ms >= 0:
		ms++
	case us < -500 || us == -500 && ms <= 0:
		ms--
	}
	return ms
}
