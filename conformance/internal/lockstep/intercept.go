package lockstep

import (
	"context"

	"github.com/google/uuid"

	"github.com/tasktwin/tasktwin"
)

// Hook is called in place of a method of [tasktwin.Querier]. What call returns,
// for the store and the argument that it is given, is of the method's type.
type Hook func(ctx context.Context, name string, arg any, call func(tasktwin.Store, any) (any, error)) (any, error)

// Intercept is a [tasktwin.Querier] whose methods all go through one function.
type Intercept struct{ Hook Hook }

func through[A, T any](ctx context.Context, i Intercept, name string, method func(tasktwin.Store, context.Context, A) (T, error), arg A) (T, error) {
	out, err := i.Hook(ctx, name, arg, func(s tasktwin.Store, arg any) (any, error) { return method(s, ctx, arg.(A)) })
	value, _ := out.(T)
	return value, err
}

// InsertTask implements [tasktwin.Querier].
func (i Intercept) InsertTask(ctx context.Context, arg tasktwin.InsertTaskParams) (tasktwin.Task, error) {
	return through(ctx, i, "InsertTask", tasktwin.Store.InsertTask, arg)
}

// UpdateTaskWorkspaceID implements [tasktwin.Querier].
func (i Intercept) UpdateTaskWorkspaceID(ctx context.Context, arg tasktwin.UpdateTaskWorkspaceIDParams) (tasktwin.Task, error) {
	return through(ctx, i, "UpdateTaskWorkspaceID", tasktwin.Store.UpdateTaskWorkspaceID, arg)
}

// UpsertTaskWorkspaceApp implements [tasktwin.Querier].
func (i Intercept) UpsertTaskWorkspaceApp(ctx context.Context, arg tasktwin.UpsertTaskWorkspaceAppParams) (tasktwin.TaskWorkspaceApp, error) {
	return through(ctx, i, "UpsertTaskWorkspaceApp", tasktwin.Store.UpsertTaskWorkspaceApp, arg)
}

// GetTaskByID implements [tasktwin.Querier].
func (i Intercept) GetTaskByID(ctx context.Context, id uuid.UUID) (tasktwin.TaskWithStatus, error) {
	return through(ctx, i, "GetTaskByID", tasktwin.Store.GetTaskByID, id)
}

// GetTaskByWorkspaceID implements [tasktwin.Querier].
func (i Intercept) GetTaskByWorkspaceID(ctx context.Context, workspaceID uuid.NullUUID) (tasktwin.TaskWithStatus, error) {
	return through(ctx, i, "GetTaskByWorkspaceID", tasktwin.Store.GetTaskByWorkspaceID, workspaceID)
}

// GetTaskByOwnerIDAndName implements [tasktwin.Querier].
func (i Intercept) GetTaskByOwnerIDAndName(ctx context.Context, arg tasktwin.GetTaskByOwnerIDAndNameParams) (tasktwin.TaskWithStatus, error) {
	return through(ctx, i, "GetTaskByOwnerIDAndName", tasktwin.Store.GetTaskByOwnerIDAndName, arg)
}

// ListTasks implements [tasktwin.Querier].
func (i Intercept) ListTasks(ctx context.Context, arg tasktwin.ListTasksParams) ([]tasktwin.TaskWithStatus, error) {
	return through(ctx, i, "ListTasks", tasktwin.Store.ListTasks, arg)
}

// DeleteTask implements [tasktwin.Querier].
func (i Intercept) DeleteTask(ctx context.Context, arg tasktwin.DeleteTaskParams) (uuid.UUID, error) {
	return through(ctx, i, "DeleteTask", tasktwin.Store.DeleteTask, arg)
}

// UpdateTaskPrompt implements [tasktwin.Querier].
func (i Intercept) UpdateTaskPrompt(ctx context.Context, arg tasktwin.UpdateTaskPromptParams) (tasktwin.Task, error) {
	return through(ctx, i, "UpdateTaskPrompt", tasktwin.Store.UpdateTaskPrompt, arg)
}

// UpsertTaskSnapshot implements [tasktwin.Querier].
func (i Intercept) UpsertTaskSnapshot(ctx context.Context, arg tasktwin.UpsertTaskSnapshotParams) error {
	_, err := through(ctx, i, "UpsertTaskSnapshot", func(s tasktwin.Store, ctx context.Context, arg tasktwin.UpsertTaskSnapshotParams) (struct{}, error) {
		return struct{}{}, s.UpsertTaskSnapshot(ctx, arg)
	}, arg)
	return err
}

// GetTaskSnapshot implements [tasktwin.Querier].
func (i Intercept) GetTaskSnapshot(ctx context.Context, taskID uuid.UUID) (tasktwin.TaskSnapshot, error) {
	return through(ctx, i, "GetTaskSnapshot", tasktwin.Store.GetTaskSnapshot, taskID)
}

// GetTelemetryTaskEvents implements [tasktwin.Querier].
func (i Intercept) GetTelemetryTaskEvents(ctx context.Context, arg tasktwin.GetTelemetryTaskEventsParams) ([]tasktwin.GetTelemetryTaskEventsRow, error) {
	return through(ctx, i, "GetTelemetryTaskEvents", tasktwin.Store.GetTelemetryTaskEvents, arg)
}

// InsertOrganization implements [tasktwin.Querier].
func (i Intercept) InsertOrganization(ctx context.Context, arg tasktwin.InsertOrganizationParams) (tasktwin.Organization, error) {
	return through(ctx, i, "InsertOrganization", tasktwin.Store.InsertOrganization, arg)
}

// InsertUser implements [tasktwin.Querier].
func (i Intercept) InsertUser(ctx context.Context, arg tasktwin.InsertUserParams) (tasktwin.User, error) {
	return through(ctx, i, "InsertUser", tasktwin.Store.InsertUser, arg)
}

// InsertTemplate implements [tasktwin.Querier].
func (i Intercept) InsertTemplate(ctx context.Context, arg tasktwin.InsertTemplateParams) (tasktwin.Template, error) {
	return through(ctx, i, "InsertTemplate", tasktwin.Store.InsertTemplate, arg)
}

// InsertTemplateVersion implements [tasktwin.Querier].
func (i Intercept) InsertTemplateVersion(ctx context.Context, arg tasktwin.InsertTemplateVersionParams) (tasktwin.TemplateVersion, error) {
	return through(ctx, i, "InsertTemplateVersion", tasktwin.Store.InsertTemplateVersion, arg)
}

// InsertWorkspace implements [tasktwin.Querier].
func (i Intercept) InsertWorkspace(ctx context.Context, arg tasktwin.InsertWorkspaceParams) (tasktwin.Workspace, error) {
	return through(ctx, i, "InsertWorkspace", tasktwin.Store.InsertWorkspace, arg)
}

// UpdateWorkspaceACLByID implements [tasktwin.Querier].
func (i Intercept) UpdateWorkspaceACLByID(ctx context.Context, arg tasktwin.UpdateWorkspaceACLByIDParams) (tasktwin.Workspace, error) {
	return through(ctx, i, "UpdateWorkspaceACLByID", tasktwin.Store.UpdateWorkspaceACLByID, arg)
}

// InsertProvisionerJob implements [tasktwin.Querier].
func (i Intercept) InsertProvisionerJob(ctx context.Context, arg tasktwin.InsertProvisionerJobParams) (tasktwin.ProvisionerJob, error) {
	return through(ctx, i, "InsertProvisionerJob", tasktwin.Store.InsertProvisionerJob, arg)
}

// UpdateProvisionerJobByID implements [tasktwin.Querier].
func (i Intercept) UpdateProvisionerJobByID(ctx context.Context, arg tasktwin.UpdateProvisionerJobByIDParams) (tasktwin.ProvisionerJob, error) {
	return through(ctx, i, "UpdateProvisionerJobByID", tasktwin.Store.UpdateProvisionerJobByID, arg)
}

// InsertWorkspaceBuild implements [tasktwin.Querier].
func (i Intercept) InsertWorkspaceBuild(ctx context.Context, arg tasktwin.InsertWorkspaceBuildParams) (tasktwin.WorkspaceBuild, error) {
	return through(ctx, i, "InsertWorkspaceBuild", tasktwin.Store.InsertWorkspaceBuild, arg)
}

// InsertWorkspaceAgent implements [tasktwin.Querier].
func (i Intercept) InsertWorkspaceAgent(ctx context.Context, arg tasktwin.InsertWorkspaceAgentParams) (tasktwin.WorkspaceAgent, error) {
	return through(ctx, i, "InsertWorkspaceAgent", tasktwin.Store.InsertWorkspaceAgent, arg)
}

// UpdateWorkspaceAgentLifecycleStateByID implements [tasktwin.Querier].
func (i Intercept) UpdateWorkspaceAgentLifecycleStateByID(ctx context.Context, arg tasktwin.UpdateWorkspaceAgentLifecycleStateByIDParams) (tasktwin.WorkspaceAgent, error) {
	return through(ctx, i, "UpdateWorkspaceAgentLifecycleStateByID", tasktwin.Store.UpdateWorkspaceAgentLifecycleStateByID, arg)
}

// InsertWorkspaceApp implements [tasktwin.Querier].
func (i Intercept) InsertWorkspaceApp(ctx context.Context, arg tasktwin.InsertWorkspaceAppParams) (tasktwin.WorkspaceApp, error) {
	return through(ctx, i, "InsertWorkspaceApp", tasktwin.Store.InsertWorkspaceApp, arg)
}

// UpdateWorkspaceAppHealthByID implements [tasktwin.Querier].
func (i Intercept) UpdateWorkspaceAppHealthByID(ctx context.Context, arg tasktwin.UpdateWorkspaceAppHealthByIDParams) (tasktwin.WorkspaceApp, error) {
	return through(ctx, i, "UpdateWorkspaceAppHealthByID", tasktwin.Store.UpdateWorkspaceAppHealthByID, arg)
}

// InsertWorkspaceAppStatus implements [tasktwin.Querier].
func (i Intercept) InsertWorkspaceAppStatus(ctx context.Context, arg tasktwin.InsertWorkspaceAppStatusParams) (tasktwin.WorkspaceAppStatus, error) {
	return through(ctx, i, "InsertWorkspaceAppStatus", tasktwin.Store.InsertWorkspaceAppStatus, arg)
}

// GetWorkspaceByID implements [tasktwin.Querier].
func (i Intercept) GetWorkspaceByID(ctx context.Context, id uuid.UUID) (tasktwin.Workspace, error) {
	return through(ctx, i, "GetWorkspaceByID", tasktwin.Store.GetWorkspaceByID, id)
}

// GetProvisionerJobByID implements [tasktwin.Querier].
func (i Intercept) GetProvisionerJobByID(ctx context.Context, id uuid.UUID) (tasktwin.ProvisionerJob, error) {
	return through(ctx, i, "GetProvisionerJobByID", tasktwin.Store.GetProvisionerJobByID, id)
}

// GetLatestWorkspaceBuildByWorkspaceID implements [tasktwin.Querier].
func (i Intercept) GetLatestWorkspaceBuildByWorkspaceID(ctx context.Context, workspaceID uuid.UUID) (tasktwin.WorkspaceBuild, error) {
	return through(ctx, i, "GetLatestWorkspaceBuildByWorkspaceID", tasktwin.Store.GetLatestWorkspaceBuildByWorkspaceID, workspaceID)
}

// ListWorkspaceBuildsByWorkspaceID implements [tasktwin.Querier].
func (i Intercept) ListWorkspaceBuildsByWorkspaceID(ctx context.Context, workspaceID uuid.UUID) ([]tasktwin.WorkspaceBuild, error) {
	return through(ctx, i, "ListWorkspaceBuildsByWorkspaceID", tasktwin.Store.ListWorkspaceBuildsByWorkspaceID, workspaceID)
}

// GetWorkspaceAgentByID implements [tasktwin.Querier].
func (i Intercept) GetWorkspaceAgentByID(ctx context.Context, id uuid.UUID) (tasktwin.WorkspaceAgent, error) {
	return through(ctx, i, "GetWorkspaceAgentByID", tasktwin.Store.GetWorkspaceAgentByID, id)
}

// GetWorkspaceAppByID implements [tasktwin.Querier].
func (i Intercept) GetWorkspaceAppByID(ctx context.Context, id uuid.UUID) (tasktwin.WorkspaceApp, error) {
	return through(ctx, i, "GetWorkspaceAppByID", tasktwin.Store.GetWorkspaceAppByID, id)
}

// ListTaskWorkspaceAppsByTaskID implements [tasktwin.Querier].
func (i Intercept) ListTaskWorkspaceAppsByTaskID(ctx context.Context, taskID uuid.UUID) ([]tasktwin.TaskWorkspaceApp, error) {
	return through(ctx, i, "ListTaskWorkspaceAppsByTaskID", tasktwin.Store.ListTaskWorkspaceAppsByTaskID, taskID)
}

// ListWorkspaceAppStatusesByAppID implements [tasktwin.Querier].
func (i Intercept) ListWorkspaceAppStatusesByAppID(ctx context.Context, appID uuid.UUID) ([]tasktwin.WorkspaceAppStatus, error) {
	return through(ctx, i, "ListWorkspaceAppStatusesByAppID", tasktwin.Store.ListWorkspaceAppStatusesByAppID, appID)
}

// DeleteOrganizationByID implements [tasktwin.Querier].
func (i Intercept) DeleteOrganizationByID(ctx context.Context, id uuid.UUID) (uuid.UUID, error) {
	return through(ctx, i, "DeleteOrganizationByID", tasktwin.Store.DeleteOrganizationByID, id)
}

// DeleteUserByID implements [tasktwin.Querier].
func (i Intercept) DeleteUserByID(ctx context.Context, id uuid.UUID) (uuid.UUID, error) {
	return through(ctx, i, "DeleteUserByID", tasktwin.Store.DeleteUserByID, id)
}

// DeleteTemplateByID implements [tasktwin.Querier].
func (i Intercept) DeleteTemplateByID(ctx context.Context, id uuid.UUID) (uuid.UUID, error) {
	return through(ctx, i, "DeleteTemplateByID", tasktwin.Store.DeleteTemplateByID, id)
}

// DeleteTemplateVersionByID implements [tasktwin.Querier].
func (i Intercept) DeleteTemplateVersionByID(ctx context.Context, id uuid.UUID) (uuid.UUID, error) {
	return through(ctx, i, "DeleteTemplateVersionByID", tasktwin.Store.DeleteTemplateVersionByID, id)
}

// DeleteWorkspaceByID implements [tasktwin.Querier].
func (i Intercept) DeleteWorkspaceByID(ctx context.Context, id uuid.UUID) (uuid.UUID, error) {
	return through(ctx, i, "DeleteWorkspaceByID", tasktwin.Store.DeleteWorkspaceByID, id)
}

// DeleteProvisionerJobByID implements [tasktwin.Querier].
func (i Intercept) DeleteProvisionerJobByID(ctx context.Context, id uuid.UUID) (uuid.UUID, error) {
	return through(ctx, i, "DeleteProvisionerJobByID", tasktwin.Store.DeleteProvisionerJobByID, id)
}

// DeleteWorkspaceAgentByID implements [tasktwin.Querier].
func (i Intercept) DeleteWorkspaceAgentByID(ctx context.Context, id uuid.UUID) (uuid.UUID, error) {
	return through(ctx, i, "DeleteWorkspaceAgentByID", tasktwin.Store.DeleteWorkspaceAgentByID, id)
}

// DeleteWorkspaceAppByID implements [tasktwin.Querier].
func (i Intercept) DeleteWorkspaceAppByID(ctx context.Context, id uuid.UUID) (uuid.UUID, error) {
	return through(ctx, i, "DeleteWorkspaceAppByID", tasktwin.Store.DeleteWorkspaceAppByID, id)
}
