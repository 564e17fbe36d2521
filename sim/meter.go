package sim

import (
	"context"
	"time"

	"github.com/google/uuid"

	"github.com/tasktwin/tasktwin"
	"github.com/tasktwin/tasktwin/telemetry"
)

// meter sums up telemetry. It collects the events of the tasks that have a build
// at one instant: after each resume, when the pause before it has become final,
// and before each deletion, when it is the last chance. At the end it collects all.
// Tasks that it does not know are somebody else's.
type meter struct {
	ctx   context.Context
	store tasktwin.Querier
	tasks map[string]*metered
	sums
}

// metered is the latest event of a task, if there has been one.
type metered struct {
	pausedAt         time.Time
	paused, resumed  bool
	pausedMS, idleMS int64
	activeMS         int64
}

func newMeter(ctx context.Context, store tasktwin.Querier) *meter {
	return &meter{ctx: ctx, store: store, tasks: map[string]*metered{}}
}

// know has the meter sum up a task.
func (m *meter) know(id uuid.UUID) { m.tasks[id.String()] = &metered{} }

// collect takes the events of the tasks with a build at that instant.
func (m *meter) collect(at instant) error { return m.window((at - 1).time(), at.time()) }

func (m *meter) window(createdAfter, now time.Time) error {
	events, err := telemetry.CollectTaskEvents(m.ctx, m.store, createdAfter, now)
	if err != nil {
		return err
	}
	for i := range events {
		m.add(&events[i])
	}
	return nil
}

// add takes an event. Active time is of the whole task; the pause is the last
// one, and the one before it is final.
func (m *meter) add(e *telemetry.TaskEvent) {
	t := m.tasks[e.TaskID]
	if t == nil {
		return
	}
	t.activeMS = deref(e.ActiveDurationMS)
	if e.LastPausedAt == nil {
		return
	}
	if t.paused && !t.pausedAt.Equal(*e.LastPausedAt) && t.resumed {
		m.final(t)
	}
	t.paused, t.pausedAt = true, *e.LastPausedAt
	t.resumed = e.LastResumedAt != nil
	t.idleMS = deref(e.IdleDurationMS)
	// A pause that ended before the window has been reported by an earlier event.
	if e.PausedDurationMS != nil {
		t.pausedMS = *e.PausedDurationMS
	}
}

func deref(v *int64) int64 {
	if v == nil {
		return 0
	}
	return *v
}

// final adds a task's pause to the sums.
func (m *meter) final(t *metered) {
	if !t.paused {
		return
	}
	m.pauses++
	if t.resumed {
		m.resumes++
	}
	m.pausedMS += t.pausedMS
	m.idleMS += t.idleMS
	t.paused = false
}

// end collects the tasks that are left, and returns the sums.
func (m *meter) end(now instant) (sums, error) {
	if err := m.window(time.Time{}, now.time()); err != nil {
		return sums{}, err
	}
	for _, t := range m.tasks {
		m.final(t)
		m.activeMS += t.activeMS
	}
	return m.sums, nil
}
