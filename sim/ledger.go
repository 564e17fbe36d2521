package sim

import (
	"fmt"
	"strings"
)

// taskLedger is what the simulator itself records about a task.
type taskLedger struct {
	// lastWorking is the time of the latest working status.
	lastWorking simTime
	// workSince is the start of the current turn, or zero.
	workSince simTime
	active    span
	// stoppedAt is the time of the latest stop build, startedAt that of the start build
	// after it. Both may be zero.
	stoppedAt, startedAt simTime
	// workedBefore is the time of the latest working status before the stop.
	workedBefore simTime
	timesPaused  int

	// building is the time of the start builds up to the latest, which has been building
	// since buildSince, or zero, or has taken buildTime.
	building   span
	buildSince simTime
	buildTime  span
}

// ledger holds the sums over all tasks.
type ledger struct {
	sums
	// lifetimeMS is from the creation of each task until its deletion or the end.
	lifetimeMS int64
	// waits has the waiting times of the answers that had to wait.
	waits []span
	// buildingMS is from each start build, other than those that are retried during a
	// pause, until its job has ended or a status is reported.
	buildingMS     int64
	answers        int
	tasks, deleted int
	builds, failed int
}

// sums are the figures that both the ledger and telemetry have. They are in
// milliseconds: the microseconds of a million tasks over a decade would overflow.
type sums struct {
	pauses, resumes int
	activeMS        int64
	// idleMS is from the last working status before each pause to the pause.
	idleMS   int64
	pausedMS int64
}

// milliseconds truncates, as telemetry does.
func milliseconds(s span) int64 { return int64(s / 1000) }

// stop records a stop build. If it follows another stop build without a start build in
// between, it is a retry, and the pause begins at the retry.
func (l *ledger) stop(t *task, at simTime) {
	if t.startedAt != 0 {
		l.closePause(t, at)
	}
	if t.stoppedAt == 0 {
		t.timesPaused++
	}
	t.stoppedAt, t.startedAt, t.workedBefore = at, 0, t.lastWorking
}

// start records a start build. If start builds are retried, the last one ends the pause,
// and the time of those before it is part of the pause.
func (l *ledger) start(t *task, at simTime) {
	if t.startedAt == 0 {
		t.building += t.buildTime
	}
	t.buildSince, t.buildTime = at, 0
	if t.stoppedAt != 0 {
		t.startedAt = at
	}
}

// endBuilding records that the latest start build has ended or that its agent reports.
func (l *ledger) endBuilding(t *task, at simTime) {
	if t.buildSince != 0 {
		t.buildTime, t.buildSince = span(at-t.buildSince), 0
	}
}

// closePause adds the task's pause to the sums. A pause without a start build
// lasts until now.
func (l *ledger) closePause(t *task, now simTime) {
	if t.stoppedAt == 0 {
		return
	}
	l.pauses++
	until := now
	if t.startedAt != 0 {
		l.resumes++
		until = t.startedAt
	}
	l.pausedMS += milliseconds(span(until - t.stoppedAt))
	if t.workedBefore != 0 {
		l.idleMS += milliseconds(span(t.stoppedAt - t.workedBefore))
	}
	t.stoppedAt, t.startedAt = 0, 0
}

// closeWaits ends the waits of all answers that wait for the task's resume.
func (l *ledger) closeWaits(t *task, now simTime) {
	for _, answered := range t.waiting {
		l.waits = append(l.waits, span(now-answered))
	}
	t.waiting = t.waiting[:0]
}

// close adds a task's totals when it is deleted or the run ends.
func (l *ledger) close(t *task, now simTime) {
	if t.workSince != 0 {
		t.active += span(now - t.workSince)
		t.workSince = 0
	}
	l.endBuilding(t, now)
	l.buildingMS += milliseconds(t.building + t.buildTime)
	l.closePause(t, now)
	l.closeWaits(t, now)
	l.activeMS += int64((t.active + 500) / 1000)
	l.lifetimeMS += milliseconds(span(now - t.created))
}

// ReconciliationError reports that the sums from telemetry differ from the
// simulator's own: a bug in the store, in telemetry or in the simulator.
type ReconciliationError struct {
	// Differences has one line for each sum that differs.
	Differences []string
}

// Error names the sums that differ, with both values.
func (e *ReconciliationError) Error() string {
	return "sim: telemetry and the simulator's ledger differ: " + strings.Join(e.Differences, "; ")
}

// compare returns a [*ReconciliationError] unless telemetry has the same sums.
func (l *ledger) compare(t sums) error {
	var e ReconciliationError
	for _, v := range []struct {
		name              string
		telemetry, ledger int64
	}{
		{"pauses", int64(t.pauses), int64(l.pauses)},
		{"resumes", int64(t.resumes), int64(l.resumes)},
		{"active ms", t.activeMS, l.activeMS},
		{"idle ms before pauses", t.idleMS, l.idleMS},
		{"paused ms", t.pausedMS, l.pausedMS},
	} {
		if v.telemetry != v.ledger {
			e.Differences = append(e.Differences, fmt.Sprintf("%s: telemetry %d, ledger %d", v.name, v.telemetry, v.ledger))
		}
	}
	if e.Differences == nil {
		return nil
	}
	return &e
}
