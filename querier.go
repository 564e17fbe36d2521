package tasktwin

import (
	"context"

	"github.com/google/uuid"
)

// Querier has all queries. If a method that returns one row finds none, its error
// satisfies errors.Is(err, sql.ErrNoRows). If the database refuses a statement, the
// error is or wraps an [*Error] with PostgreSQL's SQLSTATE. Every method may also
// return the context's error, [ErrClosed] or, on the Store of a transaction that has
// ended, [ErrTxDone]. Outside of a transaction, the error of a method that changes
// rows wraps [ErrCommitUnknown] if the change may have been committed. Lists without
// rows are empty, not nil.
//
// The twelve queries of tasks come first, then those of the related tables. There,
// an insert or an update returns the stored row; a delete removes the row, applies
// the foreign keys' actions, and returns the id.
type Querier interface {
	// InsertTask inserts a live task and returns it. Errors: 23502, 22001,
	// 22P02, 22P05, 22021, 22008, unique tasks_pkey and
	// tasks_owner_id_name_unique_idx, the table's foreign keys.
	InsertTask(ctx context.Context, arg InsertTaskParams) (Task, error)
	// UpdateTaskWorkspaceID sets a task's workspace and returns the task. It finds
	// no rows unless the task has no workspace yet, the workspace exists and the
	// task's template version belongs to the workspace's template. It updates
	// deleted tasks too.
	UpdateTaskWorkspaceID(ctx context.Context, arg UpdateTaskWorkspaceIDParams) (Task, error)
	// UpsertTaskWorkspaceApp binds a task to an agent and an app under a build
	// number, replacing the binding under that number, and returns it.
	UpsertTaskWorkspaceApp(ctx context.Context, arg UpsertTaskWorkspaceAppParams) (TaskWorkspaceApp, error)
	// GetTaskByID returns a live task with its status.
	GetTaskByID(ctx context.Context, id uuid.UUID) (TaskWithStatus, error)
	// GetTaskByWorkspaceID returns the live task of a workspace. If there are
	// several, it returns the first in the order of ListTasks.
	GetTaskByWorkspaceID(ctx context.Context, workspaceID uuid.NullUUID) (TaskWithStatus, error)
	// GetTaskByOwnerIDAndName returns an owner's live task whose name is equal
	// under lower().
	GetTaskByOwnerIDAndName(ctx context.Context, arg GetTaskByOwnerIDAndNameParams) (TaskWithStatus, error)
	// ListTasks returns live tasks by created_at descending, then id ascending.
	ListTasks(ctx context.Context, arg ListTasksParams) ([]TaskWithStatus, error)
	// DeleteTask marks a live task as deleted, deletes its snapshot, and returns
	// its id. If the task is already deleted, it still deletes the snapshot but
	// finds no rows.
	DeleteTask(ctx context.Context, arg DeleteTaskParams) (uuid.UUID, error)
	// UpdateTaskPrompt replaces the prompt of a live task and returns the task.
	UpdateTaskPrompt(ctx context.Context, arg UpdateTaskPromptParams) (Task, error)
	// UpsertTaskSnapshot stores or replaces the snapshot of a task.
	UpsertTaskSnapshot(ctx context.Context, arg UpsertTaskSnapshotParams) error
	// GetTaskSnapshot returns the snapshot of a task, deleted or not.
	GetTaskSnapshot(ctx context.Context, taskID uuid.UUID) (TaskSnapshot, error)
	// GetTelemetryTaskEvents returns a row for each live task whose workspace has
	// a build later than CreatedAfter, ordered by task id.
	GetTelemetryTaskEvents(ctx context.Context, arg GetTelemetryTaskEventsParams) ([]GetTelemetryTaskEventsRow, error)

	// InsertOrganization inserts and returns an organization. Violates
	// organizations_pkey or idx_organization_name_lower.
	InsertOrganization(ctx context.Context, arg InsertOrganizationParams) (Organization, error)
	// InsertUser inserts and returns a user. Violates users_pkey,
	// users_username_lower_idx or users_email_lower_idx.
	InsertUser(ctx context.Context, arg InsertUserParams) (User, error)
	// InsertTemplate inserts and returns a template.
	InsertTemplate(ctx context.Context, arg InsertTemplateParams) (Template, error)
	// InsertTemplateVersion inserts and returns a template version.
	InsertTemplateVersion(ctx context.Context, arg InsertTemplateVersionParams) (TemplateVersion, error)
	// InsertWorkspace inserts and returns a workspace. An access list that is
	// not a JSON object violates group_acl_is_object or user_acl_is_object.
	InsertWorkspace(ctx context.Context, arg InsertWorkspaceParams) (Workspace, error)
	// UpdateWorkspaceACLByID replaces a workspace's access lists and returns the
	// workspace.
	UpdateWorkspaceACLByID(ctx context.Context, arg UpdateWorkspaceACLByIDParams) (Workspace, error)
	// InsertProvisionerJob inserts and returns a job.
	InsertProvisionerJob(ctx context.Context, arg InsertProvisionerJobParams) (ProvisionerJob, error)
	// UpdateProvisionerJobByID replaces the columns that determine a job's status
	// and returns the job.
	UpdateProvisionerJobByID(ctx context.Context, arg UpdateProvisionerJobByIDParams) (ProvisionerJob, error)
	// InsertWorkspaceBuild inserts and returns a build.
	InsertWorkspaceBuild(ctx context.Context, arg InsertWorkspaceBuildParams) (WorkspaceBuild, error)
	// InsertWorkspaceAgent inserts and returns an agent.
	InsertWorkspaceAgent(ctx context.Context, arg InsertWorkspaceAgentParams) (WorkspaceAgent, error)
	// UpdateWorkspaceAgentLifecycleStateByID sets an agent's lifecycle state and
	// returns the agent.
	UpdateWorkspaceAgentLifecycleStateByID(ctx context.Context, arg UpdateWorkspaceAgentLifecycleStateByIDParams) (WorkspaceAgent, error)
	// InsertWorkspaceApp inserts and returns an app.
	InsertWorkspaceApp(ctx context.Context, arg InsertWorkspaceAppParams) (WorkspaceApp, error)
	// UpdateWorkspaceAppHealthByID sets an app's health and returns the app.
	UpdateWorkspaceAppHealthByID(ctx context.Context, arg UpdateWorkspaceAppHealthByIDParams) (WorkspaceApp, error)
	// InsertWorkspaceAppStatus inserts and returns a status.
	InsertWorkspaceAppStatus(ctx context.Context, arg InsertWorkspaceAppStatusParams) (WorkspaceAppStatus, error)

	// GetWorkspaceByID returns a workspace, deleted or not.
	GetWorkspaceByID(ctx context.Context, id uuid.UUID) (Workspace, error)
	// GetProvisionerJobByID returns a job.
	GetProvisionerJobByID(ctx context.Context, id uuid.UUID) (ProvisionerJob, error)
	// GetLatestWorkspaceBuildByWorkspaceID returns the build with the highest
	// build number.
	GetLatestWorkspaceBuildByWorkspaceID(ctx context.Context, workspaceID uuid.UUID) (WorkspaceBuild, error)
	// ListWorkspaceBuildsByWorkspaceID returns builds by build number.
	ListWorkspaceBuildsByWorkspaceID(ctx context.Context, workspaceID uuid.UUID) ([]WorkspaceBuild, error)
	// GetWorkspaceAgentByID returns an agent.
	GetWorkspaceAgentByID(ctx context.Context, id uuid.UUID) (WorkspaceAgent, error)
	// GetWorkspaceAppByID returns an app.
	GetWorkspaceAppByID(ctx context.Context, id uuid.UUID) (WorkspaceApp, error)
	// ListTaskWorkspaceAppsByTaskID returns bindings by build number.
	ListTaskWorkspaceAppsByTaskID(ctx context.Context, taskID uuid.UUID) ([]TaskWorkspaceApp, error)
	// ListWorkspaceAppStatusesByAppID returns statuses by created_at, then id.
	ListWorkspaceAppStatusesByAppID(ctx context.Context, appID uuid.UUID) ([]WorkspaceAppStatus, error)

	// GetTasksByWorkspaceIDs returns the live tasks of workspaces, with their
	// status, in the order of ListTasks. In this and the other methods that take a
	// list of ids, a nil list is an empty one, an id counts once however often it is
	// listed, and an id without rows is no error.
	GetTasksByWorkspaceIDs(ctx context.Context, ids []uuid.UUID) ([]TaskWithStatus, error)
	// GetLatestWorkspaceAppStatusByAppID returns the status of an app with the
	// latest created_at, and of several of that instant the one with the highest id.
	GetLatestWorkspaceAppStatusByAppID(ctx context.Context, appID uuid.UUID) (WorkspaceAppStatus, error)
	// GetLatestWorkspaceAppStatusesByWorkspaceIDs returns the latest status of each
	// workspace that has any, of whichever app, ordered by workspace id. Of several
	// statuses of one instant the one with the highest id is the latest.
	GetLatestWorkspaceAppStatusesByWorkspaceIDs(ctx context.Context, ids []uuid.UUID) ([]WorkspaceAppStatus, error)
	// GetWorkspaceAppStatusesByAppIDs returns the statuses of apps by created_at,
	// then id, both descending: the latest first.
	GetWorkspaceAppStatusesByAppIDs(ctx context.Context, ids []uuid.UUID) ([]WorkspaceAppStatus, error)

	// DeleteOrganizationByID deletes its templates, template versions, jobs and
	// tasks too. Workspaces restrict it.
	DeleteOrganizationByID(ctx context.Context, id uuid.UUID) (uuid.UUID, error)
	// DeleteUserByID deletes the user's tasks too. Templates, template versions
	// and workspaces restrict it.
	DeleteUserByID(ctx context.Context, id uuid.UUID) (uuid.UUID, error)
	// DeleteTemplateByID deletes its versions too. Workspaces restrict it.
	DeleteTemplateByID(ctx context.Context, id uuid.UUID) (uuid.UUID, error)
	// DeleteTemplateVersionByID deletes its builds and tasks too.
	DeleteTemplateVersionByID(ctx context.Context, id uuid.UUID) (uuid.UUID, error)
	// DeleteWorkspaceByID deletes its builds and tasks too. A status that
	// refers to the workspace forbids it.
	DeleteWorkspaceByID(ctx context.Context, id uuid.UUID) (uuid.UUID, error)
	// DeleteProvisionerJobByID deletes the job's build too.
	DeleteProvisionerJobByID(ctx context.Context, id uuid.UUID) (uuid.UUID, error)
	// DeleteWorkspaceAgentByID deletes its apps and bindings too. A status that
	// refers to either forbids it.
	DeleteWorkspaceAgentByID(ctx context.Context, id uuid.UUID) (uuid.UUID, error)
	// DeleteWorkspaceAppByID deletes its bindings too. A status that refers to
	// the app forbids it.
	DeleteWorkspaceAppByID(ctx context.Context, id uuid.UUID) (uuid.UUID, error)
}

// ListTasksParams filter tasks. The nil UUID and the empty status match any task.
type ListTasksParams struct {
	OwnerID        uuid.UUID  `json:"owner_id"`
	OrganizationID uuid.UUID  `json:"organization_id"`
	Status         TaskStatus `json:"status"`
}
