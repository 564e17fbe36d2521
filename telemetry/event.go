package telemetry

import (
	"context"
	"fmt"
	"time"

	"github.com/tasktwin/tasktwin"
)

// PauseReason is the reason of a pause.
type PauseReason string

// The pause reasons.
const (
	PauseReasonAuto   PauseReason = "auto"
	PauseReasonManual PauseReason = "manual"
	PauseReasonOther  PauseReason = "other"
)

// ResumeReason is the reason of a resume.
type ResumeReason string

// The resume reasons.
const (
	ResumeReasonManual ResumeReason = "manual"
	ResumeReasonOther  ResumeReason = "other"
)

// TaskEvent has the latest pause and resume of one task and its durations. Fields
// that do not apply are nil. Durations are whole milliseconds, truncated towards
// zero.
type TaskEvent struct {
	TaskID string `json:"task_id"`

	LastPausedAt     *time.Time   `json:"last_paused_at"`
	PauseReason      *PauseReason `json:"pause_reason"`
	IdleDurationMS   *int64       `json:"idle_duration_ms"`
	PausedDurationMS *int64       `json:"paused_duration_ms"`

	LastResumedAt    *time.Time    `json:"last_resumed_at"`
	ResumeReason     *ResumeReason `json:"resume_reason"`
	ResumeToStatusMS *int64        `json:"resume_to_status_ms"`

	ActiveDurationMS *int64 `json:"active_duration_ms"`
}

// CollectTaskEvents returns an event for each live task whose workspace has a build
// later than createdAfter, ordered by task id. An open pause and current work end at
// now.
func CollectTaskEvents(ctx context.Context, q tasktwin.Querier, createdAfter, now time.Time) ([]TaskEvent, error) {
	rows, err := q.GetTelemetryTaskEvents(ctx, tasktwin.GetTelemetryTaskEventsParams{
		CreatedAfter: createdAfter,
		Now:          now,
	})
	if err != nil {
		return nil, fmt.Errorf("telemetry: get task events: %w", err)
	}
	events := make([]TaskEvent, 0, len(rows))
	for i := range rows {
		events = append(events, convertEvent(&rows[i], createdAfter, now))
	}
	return events, nil
}

func convertEvent(row *tasktwin.GetTelemetryTaskEventsRow, createdAfter, now time.Time) TaskEvent {
	event := TaskEvent{TaskID: row.TaskID.String()}
	addPause(&event, row, createdAfter, now)
	addResume(&event, row)
	if row.ActiveDurationMS > 0 {
		event.ActiveDurationMS = new(row.ActiveDurationMS)
	}
	return event
}

func addPause(event *TaskEvent, row *tasktwin.GetTelemetryTaskEventsRow, createdAfter, now time.Time) {
	if !row.StopBuildCreatedAt.Valid {
		return
	}
	stop := row.StopBuildCreatedAt.Time
	event.LastPausedAt = new(stop)
	event.PauseReason = new(pauseReason(row.StopBuildReason.V))

	if working := row.LastWorkingStatusAt; working.Valid && stop.After(working.Time) {
		event.IdleDurationMS = new(milliseconds(working.Time, stop))
	}
	switch start := row.StartBuildCreatedAt.Time; {
	case !startedAfterStop(row):
		event.PausedDurationMS = new(milliseconds(stop, now))
	case start.After(createdAfter):
		// A pause that ended before createdAfter was reported by an earlier call.
		event.PausedDurationMS = new(milliseconds(stop, start))
	}
}

func addResume(event *TaskEvent, row *tasktwin.GetTelemetryTaskEventsRow) {
	// Build 1 creates the workspace and is not a resume.
	if !row.StartBuildNumber.Valid || row.StartBuildNumber.Int32 <= 1 {
		return
	}
	start := row.StartBuildCreatedAt.Time
	if startedAfterStop(row) {
		event.LastResumedAt = new(start)
		event.ResumeReason = new(resumeReason(row.StartBuildReason.V))
	}
	if first := row.FirstStatusAfterResumeAt; first.Valid {
		event.ResumeToStatusMS = new(milliseconds(start, first.Time))
	}
}

func startedAfterStop(row *tasktwin.GetTelemetryTaskEventsRow) bool {
	return row.StopBuildCreatedAt.Valid && row.StartBuildCreatedAt.Valid &&
		row.StartBuildCreatedAt.Time.After(row.StopBuildCreatedAt.Time)
}

func pauseReason(reason tasktwin.BuildReason) PauseReason {
	switch reason {
	case tasktwin.BuildReasonTaskAutoPause:
		return PauseReasonAuto
	case tasktwin.BuildReasonTaskManualPause:
		return PauseReasonManual
	default:
		return PauseReasonOther
	}
}

func resumeReason(reason tasktwin.BuildReason) ResumeReason {
	if reason == tasktwin.BuildReasonTaskResume {
		return ResumeReasonManual
	}
	return ResumeReasonOther
}

// milliseconds returns the time between two instants, truncated towards zero. It can be
// longer than 292 years, which is the limit of a time.Duration.
func milliseconds(from, to time.Time) int64 {
	if to.Before(from) {
		return -milliseconds(to, from)
	}
	seconds := to.Unix() - from.Unix()
	nanoseconds := int64(to.Nanosecond()) - int64(from.Nanosecond())
	if nanoseconds < 0 {
		seconds--
		nanoseconds += int64(time.Second)
	}
	return seconds*1000 + nanoseconds/int64(time.Millisecond)
}
