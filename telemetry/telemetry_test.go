package telemetry_test

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/tasktwin/tasktwin"
	"github.com/tasktwin/tasktwin/telemetry"
)

// rowsQuerier implements the two queries of package telemetry; any other call panics
// on the nil interface.
type rowsQuerier struct {
	tasktwin.Querier
	tasks  []tasktwin.TaskWithStatus
	events []tasktwin.GetTelemetryTaskEventsRow
	err    error

	listed    *tasktwin.ListTasksParams
	collected *tasktwin.GetTelemetryTaskEventsParams
}

func (q *rowsQuerier) ListTasks(_ context.Context, arg tasktwin.ListTasksParams) ([]tasktwin.TaskWithStatus, error) {
	q.listed = &arg
	return q.tasks, q.err
}

func (q *rowsQuerier) GetTelemetryTaskEvents(
	_ context.Context, arg tasktwin.GetTelemetryTaskEventsParams,
) ([]tasktwin.GetTelemetryTaskEventsRow, error) {
	q.collected = &arg
	return q.events, q.err
}

var (
	t0     = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	taskID = uuid.MustParse("00000000-0000-0000-0000-000000000001")
)

func at(offset time.Duration) sql.NullTime {
	return sql.NullTime{Time: t0.Add(offset), Valid: true}
}

func reason(r tasktwin.BuildReason) sql.Null[tasktwin.BuildReason] {
	return sql.Null[tasktwin.BuildReason]{V: r, Valid: true}
}

func number(n int32) sql.NullInt32 { return sql.NullInt32{Int32: n, Valid: true} }

func TestCollectTaskEvents(t *testing.T) {
	t.Parallel()
	const now = time.Hour
	type row = tasktwin.GetTelemetryTaskEventsRow
	type event = telemetry.TaskEvent
	tests := map[string]struct {
		row  row
		want event
	}{
		"only the task": {row{}, event{}},
		"paused automatically, still": {
			row{
				StopBuildCreatedAt: at(30 * time.Minute), StopBuildReason: reason(tasktwin.BuildReasonTaskAutoPause),
				StartBuildCreatedAt: at(0), StartBuildReason: reason(tasktwin.BuildReasonInitiator), StartBuildNumber: number(1),
				LastWorkingStatusAt: at(10 * time.Minute), ActiveDurationMS: 7,
			},
			event{
				LastPausedAt: new(t0.Add(30 * time.Minute)), PauseReason: new(telemetry.PauseReasonAuto),
				IdleDurationMS: new(int64(20 * 60_000)), PausedDurationMS: new(int64(30 * 60_000)), ActiveDurationMS: new(int64(7)),
			},
		},
		"paused by hand and resumed": {
			row{
				StopBuildCreatedAt: at(10 * time.Minute), StopBuildReason: reason(tasktwin.BuildReasonTaskManualPause),
				StartBuildCreatedAt: at(15 * time.Minute), StartBuildReason: reason(tasktwin.BuildReasonTaskResume), StartBuildNumber: number(3),
				FirstStatusAfterResumeAt: at(15*time.Minute + 1999*time.Microsecond),
			},
			event{
				LastPausedAt: new(t0.Add(10 * time.Minute)), PauseReason: new(telemetry.PauseReasonManual),
				PausedDurationMS: new(int64(5 * 60_000)),
				LastResumedAt:    new(t0.Add(15 * time.Minute)), ResumeReason: new(telemetry.ResumeReasonManual),
				ResumeToStatusMS: new(int64(1)),
			},
		},
		"other reasons": {
			row{
				StopBuildCreatedAt: at(time.Minute), StopBuildReason: reason(tasktwin.BuildReasonDormancy),
				StartBuildCreatedAt: at(2 * time.Minute), StartBuildReason: reason(tasktwin.BuildReasonAutostart), StartBuildNumber: number(3),
			},
			event{
				LastPausedAt: new(t0.Add(time.Minute)), PauseReason: new(telemetry.PauseReasonOther),
				PausedDurationMS: new(int64(60_000)),
				LastResumedAt:    new(t0.Add(2 * time.Minute)), ResumeReason: new(telemetry.ResumeReasonOther),
			},
		},
		"the pause ended exactly where the window begins": {
			row{
				StopBuildCreatedAt: at(-2 * time.Hour), StopBuildReason: reason(tasktwin.BuildReasonTaskAutoPause),
				StartBuildCreatedAt: at(-time.Hour), StartBuildReason: reason(tasktwin.BuildReasonTaskResume), StartBuildNumber: number(3),
			},
			event{
				LastPausedAt: new(t0.Add(-2 * time.Hour)), PauseReason: new(telemetry.PauseReasonAuto),
				LastResumedAt: new(t0.Add(-time.Hour)), ResumeReason: new(telemetry.ResumeReasonManual),
			},
		},
		"stopped and started at the same time is still paused": {
			row{
				StopBuildCreatedAt: at(0), StopBuildReason: reason(tasktwin.BuildReasonTaskAutoPause),
				StartBuildCreatedAt: at(0), StartBuildReason: reason(tasktwin.BuildReasonTaskResume), StartBuildNumber: number(3),
				LastWorkingStatusAt: at(0),
			},
			event{
				LastPausedAt: new(t0), PauseReason: new(telemetry.PauseReasonAuto), PausedDurationMS: new(int64(3_600_000)),
			},
		},
		"started after stop by build one is no resume": {
			row{
				StopBuildCreatedAt: at(0), StopBuildReason: reason(tasktwin.BuildReasonTaskAutoPause),
				StartBuildCreatedAt: at(time.Minute), StartBuildReason: reason(tasktwin.BuildReasonTaskResume), StartBuildNumber: number(1),
				FirstStatusAfterResumeAt: at(2 * time.Minute),
			},
			event{
				LastPausedAt: new(t0), PauseReason: new(telemetry.PauseReasonAuto), PausedDurationMS: new(int64(60_000)),
			},
		},
		"a second start without a stop still times its first status": {
			row{
				StartBuildCreatedAt: at(0), StartBuildReason: reason(tasktwin.BuildReasonTaskResume), StartBuildNumber: number(2),
				FirstStatusAfterResumeAt: at(time.Second),
			},
			event{ResumeToStatusMS: new(int64(1000))},
		},
		"a pause that begins after now is negative, truncated towards zero": {
			row{StopBuildCreatedAt: at(now + 1999*time.Microsecond), StopBuildReason: reason(tasktwin.BuildReasonTaskAutoPause)},
			event{
				LastPausedAt: new(t0.Add(now + 1999*time.Microsecond)), PauseReason: new(telemetry.PauseReasonAuto),
				PausedDurationMS: new(int64(-1)),
			},
		},
		"negative activity is left out": {row{ActiveDurationMS: -1}, event{}},
		"centuries do not saturate": {
			row{
				StopBuildCreatedAt: sql.NullTime{Time: t0.AddDate(-400, 0, 0), Valid: true},
				StopBuildReason:    reason(tasktwin.BuildReasonTaskAutoPause),
			},
			event{
				LastPausedAt: new(t0.AddDate(-400, 0, 0)), PauseReason: new(telemetry.PauseReasonAuto),
				// 400 Gregorian years are 146,097 days.
				PausedDurationMS: new(int64(146_097*86_400_000 + 3_600_000)),
			},
		},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			tt.row.TaskID = taskID
			tt.want.TaskID = taskID.String()
			q := &rowsQuerier{events: []row{tt.row}}
			got, err := telemetry.CollectTaskEvents(t.Context(), q, t0.Add(-time.Hour), t0.Add(now))
			if err != nil {
				t.Fatal(err)
			}
			if want := []event{tt.want}; !reflect.DeepEqual(got, want) {
				t.Errorf("got %s\nwant %s", asJSON(t, got), asJSON(t, want))
			}
			want := tasktwin.GetTelemetryTaskEventsParams{CreatedAfter: t0.Add(-time.Hour), Now: t0.Add(now)}
			if *q.collected != want {
				t.Errorf("queried %v, want %v", *q.collected, want)
			}
		})
	}
}

func TestCollectTasks(t *testing.T) {
	t.Parallel()
	workspace := uuid.MustParse("00000000-0000-0000-0000-000000000002")
	q := &rowsQuerier{tasks: []tasktwin.TaskWithStatus{
		{
			ID: taskID, Name: "fix", Prompt: "hello", Status: tasktwin.TaskStatusActive, CreatedAt: t0,
			WorkspaceID:          uuid.NullUUID{UUID: workspace, Valid: true},
			WorkspaceBuildNumber: number(4),
			WorkspaceAgentID:     uuid.NullUUID{UUID: taskID, Valid: true},
		},
		{ID: workspace, Status: tasktwin.TaskStatusPending, CreatedAt: t0},
	}}
	got, err := telemetry.CollectTasks(t.Context(), q)
	if err != nil {
		t.Fatal(err)
	}
	if *q.listed != (tasktwin.ListTasksParams{}) {
		t.Errorf("listed with filters: %v", *q.listed)
	}
	const want = `[{"id":"00000000-0000-0000-0000-000000000001",` +
		`"organization_id":"00000000-0000-0000-0000-000000000000","owner_id":"00000000-0000-0000-0000-000000000000",` +
		`"name":"fix","workspace_id":"00000000-0000-0000-0000-000000000002","workspace_build_number":4,` +
		`"workspace_agent_id":"00000000-0000-0000-0000-000000000001","workspace_app_id":null,` +
		`"template_version_id":"00000000-0000-0000-0000-000000000000",` +
		`"prompt_hash":"2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824",` +
		`"status":"active","created_at":"2026-03-01T12:00:00Z"},` +
		`{"id":"00000000-0000-0000-0000-000000000002",` +
		`"organization_id":"00000000-0000-0000-0000-000000000000","owner_id":"00000000-0000-0000-0000-000000000000",` +
		`"name":"","workspace_id":null,"workspace_build_number":null,"workspace_agent_id":null,"workspace_app_id":null,` +
		`"template_version_id":"00000000-0000-0000-0000-000000000000",` +
		`"prompt_hash":"e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",` +
		`"status":"pending","created_at":"2026-03-01T12:00:00Z"}]`
	if text := asJSON(t, got); text != want {
		t.Errorf("got  %s\nwant %s", text, want)
	}
}

func TestCollectNothing(t *testing.T) {
	t.Parallel()
	tasks, err := telemetry.CollectTasks(t.Context(), &rowsQuerier{})
	if err != nil || tasks == nil || len(tasks) != 0 {
		t.Errorf("tasks: %v, %v, want an empty slice", tasks, err)
	}
	events, err := telemetry.CollectTaskEvents(t.Context(), &rowsQuerier{}, t0, t0)
	if err != nil || events == nil || len(events) != 0 {
		t.Errorf("events: %v, %v, want an empty slice", events, err)
	}
}

func TestCollectErrors(t *testing.T) {
	t.Parallel()
	q := &rowsQuerier{err: tasktwin.ErrClosed}
	if _, err := telemetry.CollectTasks(t.Context(), q); !errors.Is(err, tasktwin.ErrClosed) {
		t.Errorf("tasks: %v", err)
	}
	if _, err := telemetry.CollectTaskEvents(t.Context(), q, t0, t0); !errors.Is(err, tasktwin.ErrClosed) {
		t.Errorf("events: %v", err)
	}
}

func TestEventJSONKeepsNulls(t *testing.T) {
	t.Parallel()
	text := asJSON(t, telemetry.TaskEvent{TaskID: "x"})
	const names = "last_paused_at pause_reason idle_duration_ms paused_duration_ms " +
		"last_resumed_at resume_reason resume_to_status_ms active_duration_ms"
	for name := range strings.FieldsSeq(names) {
		if !strings.Contains(text, `"`+name+`":null`) {
			t.Errorf("no null %s in %s", name, text)
		}
	}
}

func asJSON(t *testing.T, v any) string {
	t.Helper()
	b, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}
