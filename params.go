package tasktwin

import (
	"database/sql"
	"encoding/json"
	"time"

	"github.com/google/uuid"
)

// InsertTaskParams are the columns of a new task.
type InsertTaskParams struct {
	ID                 uuid.UUID       `json:"id"`
	OrganizationID     uuid.UUID       `json:"organization_id"`
	OwnerID            uuid.UUID       `json:"owner_id"`
	Name               string          `json:"name"`
	DisplayName        string          `json:"display_name"`
	WorkspaceID        uuid.NullUUID   `json:"workspace_id"`
	TemplateVersionID  uuid.UUID       `json:"template_version_id"`
	TemplateParameters json.RawMessage `json:"template_parameters"`
	Prompt             string          `json:"prompt"`
	CreatedAt          time.Time       `json:"created_at"`
}

// UpdateTaskWorkspaceIDParams name a task and the workspace it gets.
type UpdateTaskWorkspaceIDParams struct {
	ID          uuid.UUID     `json:"id"`
	WorkspaceID uuid.NullUUID `json:"workspace_id"`
}

// UpsertTaskWorkspaceAppParams are the columns of a binding.
type UpsertTaskWorkspaceAppParams struct {
	TaskID               uuid.UUID     `json:"task_id"`
	WorkspaceBuildNumber int32         `json:"workspace_build_number"`
	WorkspaceAgentID     uuid.NullUUID `json:"workspace_agent_id"`
	WorkspaceAppID       uuid.NullUUID `json:"workspace_app_id"`
}

// GetTaskByOwnerIDAndNameParams name a task by its owner and, in any case, its
// name.
type GetTaskByOwnerIDAndNameParams struct {
	OwnerID uuid.UUID `json:"owner_id"`
	Name    string    `json:"name"`
}

// ListTasksParams filter tasks. The nil UUID and the empty status mean any.
type ListTasksParams struct {
	OwnerID        uuid.UUID  `json:"owner_id"`
	OrganizationID uuid.UUID  `json:"organization_id"`
	Status         TaskStatus `json:"status"`
}

// DeleteTaskParams name a task and the time of its deletion.
type DeleteTaskParams struct {
	ID        uuid.UUID `json:"id"`
	DeletedAt time.Time `json:"deleted_at"`
}

// UpdateTaskPromptParams name a task and its new prompt.
type UpdateTaskPromptParams struct {
	ID     uuid.UUID `json:"id"`
	Prompt string    `json:"prompt"`
}

// UpsertTaskSnapshotParams are the columns of a snapshot.
type UpsertTaskSnapshotParams struct {
	TaskID               uuid.UUID       `json:"task_id"`
	LogSnapshot          json.RawMessage `json:"log_snapshot"`
	LogSnapshotCreatedAt time.Time       `json:"log_snapshot_created_at"`
}

// GetTelemetryTaskEventsParams choose the window of telemetry.
type GetTelemetryTaskEventsParams struct {
	// CreatedAfter: a workspace counts if it has a build later than this.
	CreatedAfter time.Time `json:"created_after"`
	// Now ends the interval of a task that is still going on.
	Now time.Time `json:"now"`
}

// InsertOrganizationParams are the columns of a new organization.
type InsertOrganizationParams struct {
	ID          uuid.UUID `json:"id"`
	Name        string    `json:"name"`
	DisplayName string    `json:"display_name"`
	CreatedAt   time.Time `json:"created_at"`
	UpdatedAt   time.Time `json:"updated_at"`
	Deleted     bool      `json:"deleted"`
}

// InsertUserParams are the columns of a new user.
type InsertUserParams struct {
	ID        uuid.UUID `json:"id"`
	Email     string    `json:"email"`
	Username  string    `json:"username"`
	Name      string    `json:"name"`
	AvatarURL string    `json:"avatar_url"`
	CreatedAt time.Time `json:"created_at"`
	UpdatedAt time.Time `json:"updated_at"`
	Deleted   bool      `json:"deleted"`
}

// InsertTemplateParams are the columns of a new template.
type InsertTemplateParams struct {
	ID              uuid.UUID `json:"id"`
	CreatedAt       time.Time `json:"created_at"`
	UpdatedAt       time.Time `json:"updated_at"`
	OrganizationID  uuid.UUID `json:"organization_id"`
	Deleted         bool      `json:"deleted"`
	Name            string    `json:"name"`
	ActiveVersionID uuid.UUID `json:"active_version_id"`
	CreatedBy       uuid.UUID `json:"created_by"`
}

// InsertTemplateVersionParams are the columns of a new template version.
type InsertTemplateVersionParams struct {
	ID             uuid.UUID     `json:"id"`
	TemplateID     uuid.NullUUID `json:"template_id"`
	OrganizationID uuid.UUID     `json:"organization_id"`
	CreatedAt      time.Time     `json:"created_at"`
	UpdatedAt      time.Time     `json:"updated_at"`
	Name           string        `json:"name"`
	CreatedBy      uuid.UUID     `json:"created_by"`
}

// InsertWorkspaceParams are the columns of a new workspace.
type InsertWorkspaceParams struct {
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

// UpdateWorkspaceACLByIDParams name a workspace and its new access lists.
type UpdateWorkspaceACLByIDParams struct {
	ID       uuid.UUID       `json:"id"`
	GroupACL json.RawMessage `json:"group_acl"`
	UserACL  json.RawMessage `json:"user_acl"`
}

// InsertProvisionerJobParams are the columns of a new job; job_status follows
// from them.
type InsertProvisionerJobParams struct {
	ID             uuid.UUID      `json:"id"`
	CreatedAt      time.Time      `json:"created_at"`
	UpdatedAt      time.Time      `json:"updated_at"`
	StartedAt      sql.NullTime   `json:"started_at"`
	CanceledAt     sql.NullTime   `json:"canceled_at"`
	CompletedAt    sql.NullTime   `json:"completed_at"`
	Error          sql.NullString `json:"error"`
	OrganizationID uuid.UUID      `json:"organization_id"`
	InitiatorID    uuid.UUID      `json:"initiator_id"`
}

// UpdateProvisionerJobByIDParams name a job and replace what its status
// follows from.
type UpdateProvisionerJobByIDParams struct {
	ID          uuid.UUID      `json:"id"`
	StartedAt   sql.NullTime   `json:"started_at"`
	CanceledAt  sql.NullTime   `json:"canceled_at"`
	CompletedAt sql.NullTime   `json:"completed_at"`
	Error       sql.NullString `json:"error"`
	UpdatedAt   time.Time      `json:"updated_at"`
}

// InsertWorkspaceBuildParams are the columns of a new build.
type InsertWorkspaceBuildParams struct {
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

// InsertWorkspaceAgentParams are the columns of a new agent.
type InsertWorkspaceAgentParams struct {
	ID             uuid.UUID                    `json:"id"`
	CreatedAt      time.Time                    `json:"created_at"`
	UpdatedAt      time.Time                    `json:"updated_at"`
	Name           string                       `json:"name"`
	LifecycleState WorkspaceAgentLifecycleState `json:"lifecycle_state"`
}

// UpdateWorkspaceAgentLifecycleStateByIDParams name an agent and its new state.
type UpdateWorkspaceAgentLifecycleStateByIDParams struct {
	ID             uuid.UUID                    `json:"id"`
	LifecycleState WorkspaceAgentLifecycleState `json:"lifecycle_state"`
	UpdatedAt      time.Time                    `json:"updated_at"`
}

// InsertWorkspaceAppParams are the columns of a new app.
type InsertWorkspaceAppParams struct {
	ID          uuid.UUID          `json:"id"`
	CreatedAt   time.Time          `json:"created_at"`
	AgentID     uuid.UUID          `json:"agent_id"`
	DisplayName string             `json:"display_name"`
	Slug        string             `json:"slug"`
	Health      WorkspaceAppHealth `json:"health"`
}

// UpdateWorkspaceAppHealthByIDParams name an app and its new health.
type UpdateWorkspaceAppHealthByIDParams struct {
	ID     uuid.UUID          `json:"id"`
	Health WorkspaceAppHealth `json:"health"`
}

// InsertWorkspaceAppStatusParams are the columns of a new status.
type InsertWorkspaceAppStatusParams struct {
	ID          uuid.UUID               `json:"id"`
	CreatedAt   time.Time               `json:"created_at"`
	AgentID     uuid.UUID               `json:"agent_id"`
	AppID       uuid.UUID               `json:"app_id"`
	WorkspaceID uuid.UUID               `json:"workspace_id"`
	State       WorkspaceAppStatusState `json:"state"`
	Message     string                  `json:"message"`
	URI         sql.NullString          `json:"uri"`
}
