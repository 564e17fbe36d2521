package tasktwin

import (
	"database/sql"
	"encoding/json"
	"time"

	"github.com/google/uuid"
)

// Organization is a row of organizations.
type Organization struct {
	ID          uuid.UUID `json:"id"`
	Name        string    `json:"name"`
	DisplayName string    `json:"display_name"`
	CreatedAt   time.Time `json:"created_at"`
	UpdatedAt   time.Time `json:"updated_at"`
	Deleted     bool      `json:"deleted"`
}

// User is a row of users.
type User struct {
	ID        uuid.UUID `json:"id"`
	Email     string    `json:"email"`
	Username  string    `json:"username"`
	Name      string    `json:"name"`
	AvatarURL string    `json:"avatar_url"`
	CreatedAt time.Time `json:"created_at"`
	UpdatedAt time.Time `json:"updated_at"`
	Deleted   bool      `json:"deleted"`
}

// Template is a row of templates.
type Template struct {
	ID              uuid.UUID `json:"id"`
	CreatedAt       time.Time `json:"created_at"`
	UpdatedAt       time.Time `json:"updated_at"`
	OrganizationID  uuid.UUID `json:"organization_id"`
	Deleted         bool      `json:"deleted"`
	Name            string    `json:"name"`
	ActiveVersionID uuid.UUID `json:"active_version_id"`
	CreatedBy       uuid.UUID `json:"created_by"`
}

// TemplateVersion is a row of template_versions.
type TemplateVersion struct {
	ID             uuid.UUID     `json:"id"`
	TemplateID     uuid.NullUUID `json:"template_id"`
	OrganizationID uuid.UUID     `json:"organization_id"`
	CreatedAt      time.Time     `json:"created_at"`
	UpdatedAt      time.Time     `json:"updated_at"`
	Name           string        `json:"name"`
	CreatedBy      uuid.UUID     `json:"created_by"`
}

// Workspace is a row of workspaces.
type Workspace struct {
	ID             uuid.UUID       `json:"id"`
	CreatedAt      time.Time       `json:"created_at"`
	UpdatedAt      time.Time       `json:"updated_at"`
	OwnerID        uuid.UUID       `json:"owner_id"`
	OrganizationID uuid.UUID       `json:"organization_id"`
	TemplateID     uuid.UUID       `json:"template_id"`
	Deleted        bool            `json:"deleted"`
	Name           string          `json:"name"`
	GroupACL       json.RawMessage `json:"group_acl"`
	UserACL        json.RawMessage `json:"user_acl"`
}

// ProvisionerJob is a row of provisioner_jobs. JobStatus is generated from the
// other columns.
type ProvisionerJob struct {
	ID             uuid.UUID            `json:"id"`
	CreatedAt      time.Time            `json:"created_at"`
	UpdatedAt      time.Time            `json:"updated_at"`
	StartedAt      sql.NullTime         `json:"started_at"`
	CanceledAt     sql.NullTime         `json:"canceled_at"`
	CompletedAt    sql.NullTime         `json:"completed_at"`
	Error          sql.NullString       `json:"error"`
	OrganizationID uuid.UUID            `json:"organization_id"`
	InitiatorID    uuid.UUID            `json:"initiator_id"`
	JobStatus      ProvisionerJobStatus `json:"job_status"`
}

// WorkspaceBuild is a row of workspace_builds.
type WorkspaceBuild struct {
	ID                uuid.UUID           `json:"id"`
	CreatedAt         time.Time           `json:"created_at"`
	UpdatedAt         time.Time           `json:"updated_at"`
	WorkspaceID       uuid.UUID           `json:"workspace_id"`
	TemplateVersionID uuid.UUID           `json:"template_version_id"`
	BuildNumber       int32               `json:"build_number"`
	Transition        WorkspaceTransition `json:"transition"`
	InitiatorID       uuid.UUID           `json:"initiator_id"`
	JobID             uuid.UUID           `json:"job_id"`
	Reason            BuildReason         `json:"reason"`
}

// WorkspaceAgent is a row of workspace_agents.
type WorkspaceAgent struct {
	ID             uuid.UUID                    `json:"id"`
	CreatedAt      time.Time                    `json:"created_at"`
	UpdatedAt      time.Time                    `json:"updated_at"`
	Name           string                       `json:"name"`
	LifecycleState WorkspaceAgentLifecycleState `json:"lifecycle_state"`
}

// WorkspaceApp is a row of workspace_apps.
type WorkspaceApp struct {
	ID          uuid.UUID          `json:"id"`
	CreatedAt   time.Time          `json:"created_at"`
	AgentID     uuid.UUID          `json:"agent_id"`
	DisplayName string             `json:"display_name"`
	Slug        string             `json:"slug"`
	Health      WorkspaceAppHealth `json:"health"`
}

// WorkspaceAppStatus is a row of workspace_app_statuses.
type WorkspaceAppStatus struct {
	ID          uuid.UUID               `json:"id"`
	CreatedAt   time.Time               `json:"created_at"`
	AgentID     uuid.UUID               `json:"agent_id"`
	AppID       uuid.UUID               `json:"app_id"`
	WorkspaceID uuid.UUID               `json:"workspace_id"`
	State       WorkspaceAppStatusState `json:"state"`
	Message     string                  `json:"message"`
	URI         sql.NullString          `json:"uri"`
}

// Task is a row of tasks.
type Task struct {
	ID                 uuid.UUID       `json:"id"`
	OrganizationID     uuid.UUID       `json:"organization_id"`
	OwnerID            uuid.UUID       `json:"owner_id"`
	Name               string          `json:"name"`
	WorkspaceID        uuid.NullUUID   `json:"workspace_id"`
	TemplateVersionID  uuid.UUID       `json:"template_version_id"`
	TemplateParameters json.RawMessage `json:"template_parameters"`
	Prompt             string          `json:"prompt"`
	CreatedAt          time.Time       `json:"created_at"`
	DeletedAt          sql.NullTime    `json:"deleted_at"`
	DisplayName        string          `json:"display_name"`
}

// TaskWorkspaceApp is a row of task_workspace_apps: the binding of a task to
// the agent and the app that one build of its workspace made.
type TaskWorkspaceApp struct {
	TaskID               uuid.UUID     `json:"task_id"`
	WorkspaceAgentID     uuid.NullUUID `json:"workspace_agent_id"`
	WorkspaceAppID       uuid.NullUUID `json:"workspace_app_id"`
	WorkspaceBuildNumber int32         `json:"workspace_build_number"`
}

// TaskSnapshot is a row of task_snapshots.
type TaskSnapshot struct {
	TaskID               uuid.UUID       `json:"task_id"`
	LogSnapshot          json.RawMessage `json:"log_snapshot"`
	LogSnapshotCreatedAt time.Time       `json:"log_snapshot_created_at"`
}

// TaskWithStatus is a row of the view tasks_with_status: a task that is not
// deleted and whose owner exists, its derived status, and what the status was
// derived from. The workspace's access lists are {} where the task has no
// workspace.
type TaskWithStatus struct {
	ID                           uuid.UUID                              `json:"id"`
	OrganizationID               uuid.UUID                              `json:"organization_id"`
	OwnerID                      uuid.UUID                              `json:"owner_id"`
	Name                         string                                 `json:"name"`
	WorkspaceID                  uuid.NullUUID                          `json:"workspace_id"`
	TemplateVersionID            uuid.UUID                              `json:"template_version_id"`
	TemplateParameters           json.RawMessage                        `json:"template_parameters"`
	Prompt                       string                                 `json:"prompt"`
	CreatedAt                    time.Time                              `json:"created_at"`
	DeletedAt                    sql.NullTime                           `json:"deleted_at"`
	DisplayName                  string                                 `json:"display_name"`
	WorkspaceGroupACL            json.RawMessage                        `json:"workspace_group_acl"`
	WorkspaceUserACL             json.RawMessage                        `json:"workspace_user_acl"`
	Status                       TaskStatus                             `json:"status"`
	StatusDebug                  json.RawMessage                        `json:"status_debug"`
	WorkspaceBuildNumber         sql.NullInt32                          `json:"workspace_build_number"`
	WorkspaceAgentID             uuid.NullUUID                          `json:"workspace_agent_id"`
	WorkspaceAppID               uuid.NullUUID                          `json:"workspace_app_id"`
	WorkspaceAgentLifecycleState sql.Null[WorkspaceAgentLifecycleState] `json:"workspace_agent_lifecycle_state"`
	WorkspaceAppHealth           sql.Null[WorkspaceAppHealth]           `json:"workspace_app_health"`
	OwnerUsername                string                                 `json:"owner_username"`
	OwnerName                    string                                 `json:"owner_name"`
	OwnerAvatarURL               string                                 `json:"owner_avatar_url"`
}

// GetTelemetryTaskEventsRow is what GetTelemetryTaskEvents knows of one task.
type GetTelemetryTaskEventsRow struct {
	TaskID      uuid.UUID     `json:"task_id"`
	WorkspaceID uuid.NullUUID `json:"workspace_id"`
	// WorkspaceAppID is of the binding with the highest build number.
	WorkspaceAppID uuid.NullUUID `json:"workspace_app_id"`
	// StopBuildCreatedAt and StopBuildReason are of the stop build with the
	// highest build number, which need not be the latest in time.
	StopBuildCreatedAt sql.NullTime          `json:"stop_build_created_at"`
	StopBuildReason    sql.Null[BuildReason] `json:"stop_build_reason"`
	// StartBuildCreatedAt, StartBuildReason and StartBuildNumber are of the
	// start build with the highest build number.
	StartBuildCreatedAt sql.NullTime          `json:"start_build_created_at"`
	StartBuildReason    sql.Null[BuildReason] `json:"start_build_reason"`
	StartBuildNumber    sql.NullInt32         `json:"start_build_number"`
	// LastWorkingStatusAt is the latest working entry of the task's timeline
	// that is not later than the stop build, where there is one.
	LastWorkingStatusAt sql.NullTime `json:"last_working_status_at"`
	// FirstStatusAfterResumeAt is the earliest status of WorkspaceAppID
	// strictly later than the start build, of a workspace that is not stopped.
	FirstStatusAfterResumeAt sql.NullTime `json:"first_status_after_resume_at"`
	// ActiveDurationMS is in milliseconds, rounded once, half away from zero.
	// It can be negative where now or the stop build is earlier than a status.
	ActiveDurationMS int64 `json:"active_duration_ms"`
}
