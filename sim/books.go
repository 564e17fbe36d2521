package sim

import (
	"fmt"
	"strings"
)

// taskBooks are what the simulator itself notes of a task.
type taskBooks struct {
	// lastWorking is the latest working status.
	lastWorking instant
	// workSince is when the work under way began.
	workSince instant
	active    span
	// stoppedAt and startedAt are the latest stop build and the start build that
	// came after it, or zero.
	stoppedAt, startedAt instant
	// workedBefore is the latest working status before the stop.
	workedBefore instant
	timesPaused  int
}

// books are the sums of all tasks.
type books struct {
	sums
	// lifetimeMS is from the creation of each task until its deletion or the end.
	lifetimeMS int64
	// waits are those of the answers that had to wait.
	waits          []span
	answers        int
	tasks, deleted int
	builds, failed int
}

// sums are what both the books and telemetry know. They are in milliseconds:
// microseconds of a million tasks and a decade would not fit.
type sums struct {
	pauses, resumes int
	activeMS        int64
	// idleMS is from the last working status before each pause to the pause.
	idleMS   int64
	pausedMS int64
}

// milliseconds truncates, as telemetry does.
func milliseconds(s span) int64 { return int64(s / 1000) }

// stop notes a stop build. One that follows another without a start between them
// repeats it: the pause begins later.
func (b *books) stop(t *task, at instant) {
	if t.startedAt != 0 {
		b.closePause(t, at)
	}
	if t.stoppedAt == 0 {
		t.timesPaused++
	}
	t.stoppedAt, t.startedAt, t.workedBefore = at, 0, t.lastWorking
}

// start notes a start build. The last one ends the pause.
func (b *books) start(t *task, at instant) {
	if t.stoppedAt != 0 {
		t.startedAt = at
	}
}

// closePause adds the task's pause to the sums. One that was not ended lasts
// until now.
func (b *books) closePause(t *task, now instant) {
	if t.stoppedAt == 0 {
		return
	}
	b.pauses++
	until := now
	if t.startedAt != 0 {
		b.resumes++
		until = t.startedAt
	}
	b.pausedMS += milliseconds(span(until - t.stoppedAt))
	if t.workedBefore != 0 {
		b.idleMS += milliseconds(span(t.stoppedAt - t.workedBefore))
	}
	t.stoppedAt, t.startedAt = 0, 0
}

// closeWaits adds the answers that wait for a task's resume, and no longer.
func (b *books) closeWaits(t *task, now instant) {
	for _, answered := range t.waiting {
		b.waits = append(b.waits, span(now-answered))
	}
	t.waiting = t.waiting[:0]
}

// close adds a task that is deleted, or that is there at the end.
func (b *books) close(t *task, now instant) {
	if t.workSince != 0 {
		t.active += span(now - t.workSince)
		t.workSince = 0
	}
	b.closePause(t, now)
	b.closeWaits(t, now)
	b.activeMS += int64((t.active + 500) / 1000)
	b.lifetimeMS += milliseconds(span(now - t.created))
}

// BooksError is telemetry that does not add up to what the simulator did: a
// mistake of the store, of telemetry or of the simulator.
type BooksError struct {
	// Differences has one line for each sum that differs.
	Differences []string
}

// Error names the sums that differ, with both values.
func (e *BooksError) Error() string {
	return "sim: telemetry and the simulator's books differ: " + strings.Join(e.Differences, "; ")
}

// compare returns a [*BooksError] unless telemetry has the same sums.
func (b *books) compare(t sums) error {
	var e BooksError
	for _, v := range []struct {
		name            string
		telemetry, book int64
	}{
		{"pauses", int64(t.pauses), int64(b.pauses)},
		{"resumes", int64(t.resumes), int64(b.resumes)},
		{"active ms", t.activeMS, b.activeMS},
		{"idle ms before pauses", t.idleMS, b.idleMS},
		{"paused ms", t.pausedMS, b.pausedMS},
	} {
		if v.telemetry != v.book {
			e.Differences = append(e.Differences, fmt.Sprintf("%s: telemetry %d, books %d", v.name, v.telemetry, v.book))
		}
	}
	if e.Differences == nil {
		return nil
	}
	return &e
}
