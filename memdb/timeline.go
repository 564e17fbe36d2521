package memdb

import (
	"cmp"

	"github.com/tasktwin/tasktwin"
)

// The order of a timeline's entries at one instant: statuses as in their enum,
// then boundaries.
const (
	rankWorking = iota
	rankComplete
	rankFailure
	rankIdle
	rankBoundary
)

func stateRank(state code) uint8 {
	switch appStates[state-1] {
	case tasktwin.WorkspaceAppStatusStateWorking:
		return rankWorking
	case tasktwin.WorkspaceAppStatusStateComplete:
		return rankComplete
	case tasktwin.WorkspaceAppStatusStateFailure:
		return rankFailure
	default:
		return rankIdle
	}
}

type timelineEntry struct {
	at   instant
	rank uint8
}

func (e timelineEntry) compare(o timelineEntry) int {
	if e.at != o.at {
		return cmp.Compare(e.at, o.at)
	}
	return cmp.Compare(e.rank, o.rank)
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
func (l *timeline) endsBefore(at instant, rank uint8) bool {
	return !l.some || l.last.compare(timelineEntry{at, rank}) <= 0
}

// add adds an entry that follows the last one.
func (l *timeline) add(at instant, rank uint8) {
	l.ms, l.us = l.until(at)
	l.last, l.some = timelineEntry{at, rank}, true
}

// until returns the sum with the last entry's interval, if it is working.
func (l *timeline) until(end instant) (ms, us int64) {
	if !l.some || l.last.rank != rankWorking {
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
	// Borrow, so that both have one sign and the half is that of the whole sum.
	if ms > 0 && us < 0 {
		ms, us = ms-1, us+1000
	} else if ms < 0 && us > 0 {
		ms, us = ms+1, us-1000
	}
	switch {
	case us >= 500:
		ms++
	case us <= -500:
		ms--
	}
	return ms
}
