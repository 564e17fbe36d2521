package replay

import (
	"cmp"
	"context"
	"slices"
	"time"

	"github.com/google/uuid"

	"github.com/tasktwin/tasktwin"
	"github.com/tasktwin/tasktwin/sim"
	"github.com/tasktwin/tasktwin/telemetry"
)

// maxLongest is the number of pauses that a report lists.
const maxLongest = 10

// Spread summarizes durations.
type Spread struct {
	Count    int   `json:"count"`
	SumMS    int64 `json:"sum_ms"`
	MedianMS int64 `json:"median_ms"`
	P90MS    int64 `json:"p90_ms"`
}

// Pause is a task's time between a stop build and the next start build.
type Pause struct {
	Task       string                `json:"task"` // the name of the case
	TaskID     uuid.UUID             `json:"task_id"`
	At         time.Time             `json:"at"`
	Reason     telemetry.PauseReason `json:"reason"`
	DurationMS int64                 `json:"duration_ms"`
	// Over says that the task was resumed. Otherwise the pause lasts until now.
	Over bool `json:"over"`
}

// Report describes the tasks at the end of a replay.
type Report struct {
	Statuses map[tasktwin.TaskStatus]int `json:"statuses"`
	Pauses   int                         `json:"pauses"`
	Resumes  int                         `json:"resumes"`
	// Active is the active time of each task that worked.
	Active Spread `json:"active"`
	// Idle is the time from the last work of a task until its last pause.
	Idle Spread `json:"idle_before_last_pause"`
	// LastPause is the duration of the last pause of each task that was paused.
	LastPause Spread  `json:"last_pause"`
	Paused    Spread  `json:"paused"` // the durations of all pauses
	Longest   []Pause `json:"longest_pauses"`

	// Events has the telemetry of each task, ordered by id.
	Events []telemetry.TaskEvent `json:"-"`
}

// MakeReport collects a replay's telemetry from its store.
func MakeReport(ctx context.Context, store tasktwin.Store, now time.Time) (*Report, error) {
	tasks, err := store.ListTasks(ctx, tasktwin.ListTasksParams{OrganizationID: OrganizationID})
	if err != nil {
		return nil, err
	}
	r := &Report{Statuses: map[tasktwin.TaskStatus]int{}, Longest: []Pause{}, Events: []telemetry.TaskEvent{}}
	ours := make(map[string]bool, len(tasks))
	var pauses []Pause
	for i := range tasks {
		task := &tasks[i]
		ours[task.ID.String()] = true
		r.Statuses[task.Status]++
		builds, err := store.ListWorkspaceBuildsByWorkspaceID(ctx, task.WorkspaceID.UUID)
		if err != nil {
			return nil, err
		}
		pauses = append(pauses, pausesOf(task, builds, now)...)
	}
	// The zero time is before all builds, so that every task of the log has an
	// event.
	events, err := telemetry.CollectTaskEvents(ctx, store, time.Time{}, now)
	if err != nil {
		return nil, err
	}
	for i := range events {
		if ours[events[i].TaskID] {
			r.Events = append(r.Events, events[i])
		}
	}
	r.addPauses(pauses)
	r.Active = r.spread(func(e *telemetry.TaskEvent) *int64 { return e.ActiveDurationMS })
	r.Idle = r.spread(func(e *telemetry.TaskEvent) *int64 { return e.IdleDurationMS })
	r.LastPause = r.spread(func(e *telemetry.TaskEvent) *int64 { return e.PausedDurationMS })
	return r, nil
}

// pausesOf finds a task's pauses among the builds of its workspace.
func pausesOf(task *tasktwin.TaskWithStatus, builds []tasktwin.WorkspaceBuild, now time.Time) []Pause {
	var out []Pause
	for i, b := range builds {
		if b.Transition != tasktwin.WorkspaceTransitionStop {
			continue
		}
		p := Pause{Task: task.DisplayName, TaskID: task.ID, At: b.CreatedAt, Reason: telemetry.PauseReasonOther}
		switch b.Reason {
		case tasktwin.BuildReasonTaskAutoPause:
			p.Reason = telemetry.PauseReasonAuto
		case tasktwin.BuildReasonTaskManualPause:
			p.Reason = telemetry.PauseReasonManual
		default:
		}
		until := now
		if i+1 < len(builds) {
			until, p.Over = builds[i+1].CreatedAt, true
		}
		p.DurationMS = until.Sub(b.CreatedAt).Milliseconds()
		out = append(out, p)
	}
	return out
}

func (r *Report) addPauses(pauses []Pause) {
	durations := make([]int64, len(pauses))
	for i, p := range pauses {
		durations[i] = p.DurationMS
		if p.Over {
			r.Resumes++
		}
	}
	r.Pauses = len(pauses)
	r.Paused = NewSpread(durations)
	slices.SortFunc(pauses, func(a, b Pause) int {
		return cmp.Or(cmp.Compare(b.DurationMS, a.DurationMS), a.At.Compare(b.At), cmp.Compare(a.Task, b.Task))
	})
	r.Longest = append(r.Longest, pauses[:min(maxLongest, len(pauses))]...)
}

func (r *Report) spread(of func(*telemetry.TaskEvent) *int64) Spread {
	var values []int64
	for i := range r.Events {
		if v := of(&r.Events[i]); v != nil {
			values = append(values, *v)
		}
	}
	return NewSpread(values)
}

// NewSpread summarizes durations in milliseconds. It sorts values in place.
func NewSpread(values []int64) Spread {
	s := Spread{Count: len(values)}
	if len(values) == 0 {
		return s
	}
	slices.Sort(values)
	for _, v := range values {
		s.SumMS += v
	}
	s.MedianMS, s.P90MS = sim.Quantile(values, 0.5), sim.Quantile(values, 0.9)
	return s
}
