package tasktwin_test

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/tasktwin/tasktwin"
)

var stateEpoch = time.Date(2024, 3, 1, 12, 0, 0, 0, time.UTC)

// stateAt returns a time some minutes after the epoch.
func stateAt(minutes int) time.Time { return stateEpoch.Add(time.Duration(minutes) * time.Minute) }

// stateInput is a task of build 2, created at minute 10, and what it is bound to.
type stateInput struct {
	task tasktwin.TaskWithStatus
	rows tasktwin.StateRows
}

// started returns the input for a start that has succeeded, with an agent that is ready
// and an app that is healthy.
func started(edits ...func(*stateInput)) stateInput {
	in := stateInput{rows: tasktwin.StateRows{
		Build: &tasktwin.WorkspaceBuild{
			CreatedAt: stateAt(10), BuildNumber: 2, Transition: tasktwin.WorkspaceTransitionStart,
		},
		JobStatus: tasktwin.ProvisionerJobStatusSucceeded,
	}}
	in.task.WorkspaceBuildNumber = sql.NullInt32{Int32: 2, Valid: true}
	agent(tasktwin.WorkspaceAgentLifecycleStateReady)(&in)
	health(tasktwin.WorkspaceAppHealthHealthy)(&in)
	for _, edit := range edits {
		edit(&in)
	}
	return in
}

func transition(to tasktwin.WorkspaceTransition) func(*stateInput) {
	return func(in *stateInput) { in.rows.Build.Transition = to }
}

func job(status tasktwin.ProvisionerJobStatus) func(*stateInput) {
	return func(in *stateInput) { in.rows.JobStatus = status }
}

func agent(state tasktwin.WorkspaceAgentLifecycleState) func(*stateInput) {
	return func(in *stateInput) {
		in.task.WorkspaceAgentLifecycleState = sql.Null[tasktwin.WorkspaceAgentLifecycleState]{V: state, Valid: state != ""}
	}
}

func health(of tasktwin.WorkspaceAppHealth) func(*stateInput) {
	return func(in *stateInput) {
		in.task.WorkspaceAppHealth = sql.Null[tasktwin.WorkspaceAppHealth]{V: of, Valid: of != ""}
	}
}

func bound(to sql.NullInt32) func(*stateInput) {
	return func(in *stateInput) { in.task.WorkspaceBuildNumber = to }
}

func noBuild(in *stateInput) { in.rows.Build = nil }

func reported(at time.Time) func(*stateInput) {
	return func(in *stateInput) {
		in.rows.AppStatus = &tasktwin.WorkspaceAppStatus{
			CreatedAt: at, State: tasktwin.WorkspaceAppStatusStateIdle, Message: "which branch?",
			URI: sql.NullString{String: "https://example.com", Valid: true},
		}
	}
}

// shown returns a state as text, and "none" if there is none.
func shown(s *tasktwin.CurrentState) string {
	if s == nil {
		return "none"
	}
	return strings.TrimSpace(s.Timestamp.Format("15:04:05.000000") + " " + string(s.State) + ": " + s.Message + " " + s.URI.String)
}

const idle = " idle: which branch? https://example.com"

func starting(message string) string { return "12:10:00.000000 working: " + message }

func TestCurrentState(t *testing.T) {
	t.Parallel()
	const (
		start, stop, remove = tasktwin.WorkspaceTransitionStart, tasktwin.WorkspaceTransitionStop, tasktwin.WorkspaceTransitionDelete
		pending             = tasktwin.ProvisionerJobStatusPending
		running             = tasktwin.ProvisionerJobStatusRunning
		booting             = tasktwin.WorkspaceAppHealthInitializing
		created             = tasktwin.WorkspaceAgentLifecycleStateCreated
		agentStarting       = tasktwin.WorkspaceAgentLifecycleStateStarting
		startTimeout        = tasktwin.WorkspaceAgentLifecycleStateStartTimeout
		startError          = tasktwin.WorkspaceAgentLifecycleStateStartError
	)
	waiting, agentStarts, appStarts := starting("Waiting for the agent"), starting("Agent is starting"), starting("App is initializing")
	for name, c := range map[string]struct {
		in   stateInput
		want string
	}{
		"a task without a workspace":               {started(noBuild), "none"},
		"a status without a build":                 {started(noBuild, reported(stateAt(1))), "12:01:00.000000" + idle},
		"a status after the start":                 {started(reported(stateAt(11))), "12:11:00.000000" + idle},
		"a status just after the start":            {started(reported(stateAt(10).Add(time.Microsecond))), "12:10:00.000001" + idle},
		"a status at the start":                    {started(reported(stateAt(10))), "none"},
		"a status from before the start":           {started(reported(stateAt(9))), "none"},
		"a status before a start that is pending":  {started(job(pending), reported(stateAt(9))), starting("Workspace is pending")},
		"a status after a start that is pending":   {started(job(pending), reported(stateAt(11))), "12:11:00.000000" + idle},
		"a status from before a stop":              {started(transition(stop), reported(stateAt(9))), "12:09:00.000000" + idle},
		"a status from before a stop that runs":    {started(transition(stop), job(running), reported(stateAt(9))), "12:09:00.000000" + idle},
		"a status from before a delete":            {started(transition(remove), reported(stateAt(9))), "12:09:00.000000" + idle},
		"a stop without a status":                  {started(transition(stop)), "none"},
		"a stop that runs without a status":        {started(transition(stop), job(running)), "none"},
		"a delete without a status":                {started(transition(remove), job(pending)), "none"},
		"a start that is pending":                  {started(job(pending)), starting("Workspace is pending")},
		"a start that runs, and any agent":         {started(job(running), agent(created), health(booting)), starting("Workspace is starting")},
		"a task that is not bound":                 {started(bound(sql.NullInt32{}), agent(""), health("")), waiting},
		"a binding under an earlier number only":   {started(bound(sql.NullInt32{Int32: 1, Valid: true})), waiting},
		"a binding under a later number":           {started(bound(sql.NullInt32{Int32: 3, Valid: true})), waiting},
		"a binding without an agent":               {started(agent(""), health(booting)), waiting},
		"an agent that has not connected":          {started(agent(created), health(booting)), waiting},
		"an agent that is starting, and any app":   {started(agent(agentStarting), health(booting)), agentStarts},
		"an app that is initializing":              {started(health(booting)), appStarts},
		"an app that initializes after a time-out": {started(agent(startTimeout), health(booting)), appStarts},
		"an app that initializes after an error":   {started(agent(startError), health(booting)), appStarts},
		"an app that has not reported":             {started(), "none"},
		"a binding without an app":                 {started(health("")), "none"},
		"an app without health checks":             {started(health(tasktwin.WorkspaceAppHealthDisabled)), "none"},
		"an app that is unhealthy":                 {started(health(tasktwin.WorkspaceAppHealthUnhealthy)), "none"},
		"an unknown status of the job":             {started(transition(start), job("")), "none"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := shown(c.in.rows.CurrentState(c.in.task)); got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}

// All values of the enums that are not in the table above show no state.
func TestCurrentStateOfOtherValues(t *testing.T) {
	t.Parallel()
	for _, status := range tasktwin.AllProvisionerJobStatusValues() {
		want := "none"
		switch status {
		case tasktwin.ProvisionerJobStatusPending:
			want = starting(tasktwin.MessageWorkspacePending)
		case tasktwin.ProvisionerJobStatusRunning:
			want = starting(tasktwin.MessageWorkspaceStarting)
		case tasktwin.ProvisionerJobStatusSucceeded:
			want = starting(tasktwin.MessageAgentStarting)
		default:
		}
		in := started(job(status), agent(tasktwin.WorkspaceAgentLifecycleStateStarting))
		if got := shown(in.rows.CurrentState(in.task)); got != want {
			t.Errorf("a start whose job is %s: got %q, want %q", status, got, want)
		}
	}
	shuttingDown := []tasktwin.WorkspaceAgentLifecycleState{
		tasktwin.WorkspaceAgentLifecycleStateShuttingDown, tasktwin.WorkspaceAgentLifecycleStateShutdownTimeout,
		tasktwin.WorkspaceAgentLifecycleStateShutdownError, tasktwin.WorkspaceAgentLifecycleStateOff,
	}
	for _, state := range tasktwin.AllWorkspaceAgentLifecycleStateValues() {
		in := started(agent(state), health(tasktwin.WorkspaceAppHealthInitializing))
		if got := shown(in.rows.CurrentState(in.task)); (got == "none") != slices.Contains(shuttingDown, state) {
			t.Errorf("an agent that is %s: got %q", state, got)
		}
	}
}

// stateQuerier answers the queries of GetCurrentState, and counts them.
type stateQuerier struct {
	tasktwin.Querier
	build    tasktwin.WorkspaceBuild
	status   tasktwin.WorkspaceAppStatus
	job      tasktwin.ProvisionerJob
	failures map[string]error
	calls    []string
}

func (q *stateQuerier) GetLatestWorkspaceBuildByWorkspaceID(context.Context, uuid.UUID) (tasktwin.WorkspaceBuild, error) {
	q.calls = append(q.calls, "build")
	return q.build, q.failures["build"]
}

func (q *stateQuerier) GetLatestWorkspaceAppStatusByAppID(context.Context, uuid.UUID) (tasktwin.WorkspaceAppStatus, error) {
	q.calls = append(q.calls, "status")
	return q.status, q.failures["status"]
}

func (q *stateQuerier) GetProvisionerJobByID(_ context.Context, id uuid.UUID) (tasktwin.ProvisionerJob, error) {
	q.calls = append(q.calls, "job")
	if id != q.job.ID {
		return q.job, errors.New("the job of another build")
	}
	return q.job, q.failures["job"]
}

// failing lets one of the queries fail.
func failing(query string, err error) func(*tasktwin.TaskWithStatus, *stateQuerier) {
	return func(_ *tasktwin.TaskWithStatus, q *stateQuerier) { q.failures[query] = err }
}

func TestGetCurrentStateReadsWhatItNeeds(t *testing.T) {
	t.Parallel()
	refused := errors.New("refused")
	gone := map[string]error{"build": sql.ErrNoRows, "status": sql.ErrNoRows, "job": sql.ErrNoRows}
	for name, c := range map[string]struct {
		edit  func(*tasktwin.TaskWithStatus, *stateQuerier)
		want  string
		err   error
		calls string
	}{
		"a start after the last status": {nil, starting("Workspace is starting"), nil, "build status job"},
		"a status after the start": {func(_ *tasktwin.TaskWithStatus, q *stateQuerier) {
			q.status.CreatedAt = stateAt(11)
		}, "12:11:00.000000 : hello", nil, "build status"},
		"a stop": {func(_ *tasktwin.TaskWithStatus, q *stateQuerier) {
			q.build.Transition = tasktwin.WorkspaceTransitionStop
		}, "12:09:00.000000 : hello", nil, "build status"},
		"no workspace and no app": {func(task *tasktwin.TaskWithStatus, _ *stateQuerier) {
			task.WorkspaceID, task.WorkspaceAppID = uuid.NullUUID{}, uuid.NullUUID{}
		}, "none", nil, ""},
		"no app": {func(task *tasktwin.TaskWithStatus, _ *stateQuerier) {
			task.WorkspaceAppID = uuid.NullUUID{}
		}, starting("Workspace is starting"), nil, "build job"},
		"no rows":   {func(_ *tasktwin.TaskWithStatus, q *stateQuerier) { q.failures = gone }, "none", nil, "build status"},
		"no status": {failing("status", sql.ErrNoRows), starting("Workspace is starting"), nil, "build status job"},
		"a job that is gone": {func(_ *tasktwin.TaskWithStatus, q *stateQuerier) {
			q.failures["job"] = sql.ErrNoRows
		}, "none", nil, "build status job"},
		"a failure to read the build":  {failing("build", refused), "none", refused, "build"},
		"a failure to read the status": {failing("status", refused), "none", refused, "build status"},
		"a failure to read the job":    {failing("job", refused), "none", refused, "build status job"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			task := tasktwin.TaskWithStatus{
				ID: uuid.New(), WorkspaceID: uuid.NullUUID{UUID: uuid.New(), Valid: true}, WorkspaceAppID: uuid.NullUUID{UUID: uuid.New(), Valid: true},
			}
			q := &stateQuerier{failures: map[string]error{}}
			q.job = tasktwin.ProvisionerJob{ID: uuid.New(), JobStatus: tasktwin.ProvisionerJobStatusRunning}
			q.build = tasktwin.WorkspaceBuild{CreatedAt: stateAt(10), Transition: tasktwin.WorkspaceTransitionStart, JobID: q.job.ID}
			q.status = tasktwin.WorkspaceAppStatus{CreatedAt: stateAt(9), Message: "hello"}
			if c.edit != nil {
				c.edit(&task, q)
			}
			got, err := tasktwin.GetCurrentState(t.Context(), q, task)
			if shown(got) != c.want || !errors.Is(err, c.err) || (err != nil && !strings.Contains(err.Error(), task.ID.String())) {
				t.Errorf("got %q, %v; want %q, %v", shown(got), err, c.want, c.err)
			}
			if calls := strings.Join(q.calls, " "); calls != c.calls {
				t.Errorf("it has read %q, want %q", calls, c.calls)
			}
		})
	}
}

func TestCurrentStateAsJSON(t *testing.T) {
	t.Parallel()
	in := started(job(tasktwin.ProvisionerJobStatusRunning))
	want := in.rows.CurrentState(in.task)
	text, err := json.Marshal(want)
	if err != nil {
		t.Fatal(err)
	}
	if string(text) != `{"timestamp":"2024-03-01T12:10:00Z","state":"working","message":"Workspace is starting","uri":null}` {
		t.Errorf("got %s", text)
	}
	var got tasktwin.CurrentState
	if err := json.Unmarshal(text, &got); err != nil || got != *want {
		t.Errorf("got %v, %v; want %v", got, err, want)
	}
}
