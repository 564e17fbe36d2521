package sim

import (
	"context"
	"time"

	"github.com/google/uuid"

	"github.com/tasktwin/tasktwin"
	"github.com/tasktwin/tasktwin/telemetry"
)

// meter sums telemetry. After each resume, when the pause before it has become final, and
// before each deletion, which removes the task's events, it collects the events of the
// tasks with a build at that time. At the end it collects all events. It ignores tasks
// that it does not track, because other programs may have rows in the store.
type meter struct {
	ctx   context.Context
	store tasktwin.Querier
	tasks map[string]*taskMeter
	sums
}

// taskMeter holds the figures of a task's latest event. It is zero before the first.
type taskMeter struct {
	pausedAt         time.Time
	paused, resumed  bool
	pausedMS, idleMS int64
	activeMS         int64
}

func newMeter(ctx context.Context, store tasktwin.Querier) *meter {
	return &meter{ctx: ctx, store: store, tasks: map[string]*taskMeter{}}
}

// track includes a task in the sums.
func (m *meter) track(id uuid.UUID) { m.tasks[id.String()] = &taskMeter{} }

// collect adds the events of the tasks with a build at that time.
func (m *meter) collect(at simTime) error { return m.collectWindow((at - 1).time(), at.time()) }

func (m *meter) collectWindow(createdAfter, now time.Time) error {
	events, err := telemetry.CollectTaskEvents(m.ctx, m.store, createdAfter, now)
	if err != nil {
		return err
	}
	for i := range events {
		m.add(&events[i])
	}
	return nil
}

// add adds an event. The event has the active time of the whole task and its latest pause.
// An earlier pause becomes final.
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
		m.closePause(t)
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

// closePause adds a task's pause to the sums.
func (m *meter) closePause(t *taskMeter) {
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

// finish collects the remaining tasks and returns the sums.
func (m *meter) finish(now simTime) (sums, error) {
	if err := m.collectWindow(time.Time{}, now.time()); err != nil {
		return sums{}, err
	}
	for _, t := range m.tasks {
		m.closePause(t)
		m.activeMS += t.activeMS
	}
	return m.sums, nil
}
