package sim

import (
	"fmt"
	"strings"
	"time"
)

// Never is a policy that pauses nothing.
type Never struct{}

// Name is "never".
func (Never) Name() string { return "never" }

// Decide keeps every task.
func (Never) Decide(TaskView, time.Time) Action { return Keep() }

// IdleTimeout pauses tasks that have been idle for its duration. 0 pauses them at
// once.
type IdleTimeout time.Duration

// Name is "idle" and the time-out, such as "idle 30m".
func (p IdleTimeout) Name() string { return "idle " + shortDuration(time.Duration(p)) }

// Decide keeps a task until its time-out.
func (p IdleTimeout) Decide(task TaskView, now time.Time) Action {
	return pauseAfter(task, now, time.Duration(p))
}

// pauseAfter pauses a task once it has been idle for the time-out.
func pauseAfter(task TaskView, now time.Time, timeout time.Duration) Action {
	if at := task.IdleSince.Add(timeout); at.After(now) {
		return KeepUntil(at)
	}
	return Pause()
}

// Adaptive pauses a task once it has been idle for longer than its owner usually
// takes to answer.
type Adaptive struct {
	// Quantile is the share of an owner's past answers that would have come before
	// the time-out, from 0 to 1.
	Quantile float64
	// After is the number of answers that an owner must have given for the time-out to
	// follow them. Until then the time-out is Fallback.
	After    int
	Fallback time.Duration
	// Least and Most are the bounds of the time-out.
	Least, Most time.Duration
}

// NewAdaptive returns a policy with the given quantile. It learns from ten answers of
// each owner, with a time-out of 30 minutes until then, and keeps the time-out
// between 5 minutes and 8 hours.
func NewAdaptive(quantile float64) Adaptive {
	return Adaptive{Quantile: quantile, After: 10, Fallback: 30 * time.Minute, Least: 5 * time.Minute, Most: 8 * time.Hour}
}

// Name is "adaptive" and the quantile in per cent, such as "adaptive p90".
func (p Adaptive) Name() string { return fmt.Sprintf("adaptive p%.12g", p.Quantile*100) }

// Decide keeps a task until the time-out of its owner.
func (p Adaptive) Decide(task TaskView, now time.Time) Action {
	timeout := p.Fallback
	if task.OwnerAnswers.Len() >= p.After {
		timeout = min(max(task.OwnerAnswers.Quantile(p.Quantile), p.Least), p.Most)
	}
	return pauseAfter(task, now, timeout)
}

// BusinessHours pauses idle tasks at once outside business hours, and after a
// time-out during them.
type BusinessHours struct {
	// Open and Close are times of day, from Monday to Friday.
	Open, Close time.Duration
	// UTCOffset is the offset of local time from UTC.
	UTCOffset time.Duration
	// Timeout is how long a task may be idle during business hours.
	Timeout time.Duration
}

// Name is "hours", the hours and the time-out, such as "hours 8h-18h 1h".
func (p BusinessHours) Name() string {
	return fmt.Sprintf("hours %s-%s %s", shortDuration(p.Open), shortDuration(p.Close), shortDuration(p.Timeout))
}

// Decide keeps a task until its time-out or until the end of business hours.
func (p BusinessHours) Decide(task TaskView, now time.Time) Action {
	local := now.UTC().Add(p.UTCOffset)
	midnight := local.Truncate(24 * time.Hour)
	weekday := local.Weekday()
	open := weekday != time.Saturday && weekday != time.Sunday && !local.Before(midnight.Add(p.Open))
	closes := midnight.Add(p.Close).Add(-p.UTCOffset)
	if !open || !now.Before(closes) {
		return Pause()
	}
	timeout := task.IdleSince.Add(p.Timeout)
	if !timeout.After(now) {
		return Pause()
	}
	if closes.Before(timeout) {
		return KeepUntil(closes)
	}
	return KeepUntil(timeout)
}

// shortDuration formats d without zero parts: 1h, not 1h0m0s. Whole days become
// days, such as 7d.
func shortDuration(d time.Duration) string {
	const day = 24 * time.Hour
	if d >= day && d%day == 0 {
		return fmt.Sprintf("%dd", d/day)
	}
	s := d.String()
	if strings.HasSuffix(s, "m0s") {
		s = strings.TrimSuffix(s, "0s")
	}
	if strings.HasSuffix(s, "h0m") {
		s = strings.TrimSuffix(s, "0m")
	}
	return s
}
