package tasktwin

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"
)

// CurrentState is what people see of a task: what its app has reported last or, while a
// start is under way, what its workspace is doing. docs/semantics.md, section 5, has the
// rules.
type CurrentState struct {
	// Timestamp is when the status was reported, or when the start build was created.
	Timestamp time.Time `json:"timestamp"`
	// State is the reported state. It is working while a start is under way.
	State WorkspaceAppStatusState `json:"state"`
	// Message is the reported message, or one of the messages below.
	Message string `json:"message"`
	// URI is the reported one. It is null while a start is under way.
	URI sql.NullString `json:"uri"`
}

// MarshalJSON returns the state as JSON, NULL as null.
func (s CurrentState) MarshalJSON() ([]byte, error) { return marshalRow(s) }

// UnmarshalJSON reads what MarshalJSON returns.
func (s *CurrentState) UnmarshalJSON(text []byte) error { return unmarshalRow(text, s) }

// The messages of a CurrentState while a start is under way, in their usual order.
const (
	MessageWorkspacePending  = "Workspace is pending"
	MessageWorkspaceStarting = "Workspace is starting"
	MessageAgentAwaited      = "Waiting for the agent"
	MessageAgentStarting     = "Agent is starting"
	MessageAppInitializing   = "App is initializing"
)

// StateRows are what a task's current state is derived from, beside the task's row of
// the view.
type StateRows struct {
	// Build is the build of the task's workspace with the highest build number, as from
	// GetLatestWorkspaceBuildByWorkspaceID, or nil if there is none.
	Build *WorkspaceBuild
	// JobStatus is that of the build's job. It is needed only if Build is a start build
	// that no status is later than.
	JobStatus ProvisionerJobStatus
	// AppStatus is the latest status of the app to which the task is bound, as from
	// GetLatestWorkspaceAppStatusByAppID, or nil if there is none.
	AppStatus *WorkspaceAppStatus
}

// GetCurrentState reads what it needs and returns the task's current state, or nil if
// there is none. It makes up to three queries, which see one state of the database only in
// a transaction at repeatable read or above. A row that is gone counts as missing. Other
// errors of the queries are wrapped.
func GetCurrentState(ctx context.Context, q Querier, task TaskWithStatus) (*CurrentState, error) {
	rows, err := readStateRows(ctx, q, &task)
	if err != nil {
		return nil, fmt.Errorf("tasktwin: current state of task %s: %w", task.ID, err)
	}
	return rows.CurrentState(task), nil
}

func readStateRows(ctx context.Context, q Querier, task *TaskWithStatus) (rows StateRows, err error) {
	if id := task.WorkspaceID; id.Valid {
		if rows.Build, err = rowOrNil(q.GetLatestWorkspaceBuildByWorkspaceID(ctx, id.UUID)); err != nil {
			return rows, err
		}
	}
	if id := task.WorkspaceAppID; id.Valid {
		if rows.AppStatus, err = rowOrNil(q.GetLatestWorkspaceAppStatusByAppID(ctx, id.UUID)); err != nil {
			return rows, err
		}
	}
	if rows.reported() || !rows.starts() {
		return rows, nil
	}
	job, err := rowOrNil(q.GetProvisionerJobByID(ctx, rows.Build.JobID))
	if job != nil {
		rows.JobStatus = job.JobStatus
	}
	return rows, err
}

// rowOrNil returns a row, or nil if a query has found none.
func rowOrNil[R any](row R, err error) (*R, error) {
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return nil, nil
	case err != nil:
		return nil, err
	}
	return &row, nil
}

// CurrentState returns the current state of a task, or nil if there is none: for callers
// that have the rows already, such as those of many tasks.
func (r StateRows) CurrentState(task TaskWithStatus) *CurrentState {
	if r.reported() {
		s := r.AppStatus
		return &CurrentState{Timestamp: s.CreatedAt, State: s.State, Message: s.Message, URI: s.URI}
	}
	if !r.starts() {
		return nil
	}
	message := r.startMessage(&task)
	if message == "" {
		return nil
	}
	return &CurrentState{Timestamp: r.Build.CreatedAt, State: WorkspaceAppStatusStateWorking, Message: message}
}

// starts reports whether the latest build starts the workspace.
func (r StateRows) starts() bool {
	return r.Build != nil && r.Build.Transition == WorkspaceTransitionStart
}

// reported reports whether the app has reported a status that is not from before the
// latest start.
func (r StateRows) reported() bool {
	return r.AppStatus != nil && (!r.starts() || r.AppStatus.CreatedAt.After(r.Build.CreatedAt))
}

// startMessage returns what a start is doing, or "" if it has ended or failed.
func (r StateRows) startMessage(task *TaskWithStatus) string {
	switch r.JobStatus {
	case ProvisionerJobStatusPending:
		return MessageWorkspacePending
	case ProvisionerJobStatusRunning:
		return MessageWorkspaceStarting
	case ProvisionerJobStatusSucceeded:
	default:
		return ""
	}
	// Of an earlier build's agent and app nothing is known about this one.
	agent, app := task.WorkspaceAgentLifecycleState, task.WorkspaceAppHealth
	if number := task.WorkspaceBuildNumber; !number.Valid || number.Int32 != r.Build.BuildNumber || !agent.Valid {
		return MessageAgentAwaited
	}
	switch agent.V {
	case WorkspaceAgentLifecycleStateCreated:
		return MessageAgentAwaited
	case WorkspaceAgentLifecycleStateStarting:
		return MessageAgentStarting
	case WorkspaceAgentLifecycleStateReady, WorkspaceAgentLifecycleStateStartTimeout, WorkspaceAgentLifecycleStateStartError:
		if app.Valid && app.V == WorkspaceAppHealthInitializing {
			return MessageAppInitializing
		}
	default:
	}
	return ""
}
