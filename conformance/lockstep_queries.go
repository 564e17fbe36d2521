package conformance

import (
	"context"

	"github.com/google/uuid"

	"github.com/tasktwin/tasktwin"
)

// InsertTask implements [tasktwin.Querier].
func (l *lockstep) InsertTask(ctx context.Context, arg tasktwin.InsertTaskParams) (tasktwin.Task, error) {
	return both(ctx, l, "InsertTask", tasktwin.Store.InsertTask, arg)
}

// UpdateTaskWorkspaceID implements [tasktwin.Querier].
func (l *lockstep) UpdateTaskWorkspaceID(ctx context.Context, arg tasktwin.UpdateTaskWorkspaceIDParams) (tasktwin.Task, error) {
	return both(ctx, l, "UpdateTaskWorkspaceID", tasktwin.Store.UpdateTaskWorkspaceID, arg)
}

// UpsertTaskWorkspaceApp implements [tasktwin.Querier].
func (l *lockstep) UpsertTaskWorkspaceApp(ctx context.Context, arg tasktwin.UpsertTaskWorkspaceAppParams) (tasktwin.TaskWorkspaceApp, error) {
	return both(ctx, l, "UpsertTaskWorkspaceApp", tasktwin.Store.UpsertTaskWorkspaceApp, arg)
}

// GetTaskByID implements [tasktwin.Querier].
func (l *lockstep) GetTaskByID(ctx context.Context, id uuid.UUID) (tasktwin.TaskWithStatus, error) {
	return both(ctx, l, "GetTaskByID", tasktwin.Store.GetTaskByID, id)
}

// GetTaskByWorkspaceID implements [tasktwin.Querier].
func (l *lockstep) GetTaskByWorkspaceID(ctx context.Context, workspaceID uuid.NullUUID) (tasktwin.TaskWithStatus, error) {
	return both(ctx, l, "GetTaskByWorkspaceID", tasktwin.Store.GetTaskByWorkspaceID, workspaceID)
}

// GetTaskByOwnerIDAndName implements [tasktwin.Querier].
func (l *lockstep) GetTaskByOwnerIDAndName(ctx context.Context, arg tasktwin.GetTaskByOwnerIDAndNameParams) (tasktwin.TaskWithStatus, error) {
	return both(ctx, l, "GetTaskByOwnerIDAndName", tasktwin.Store.GetTaskByOwnerIDAndName, arg)
}

// ListTasks implements [tasktwin.Querier].
func (l *lockstep) ListTasks(ctx context.Context, arg tasktwin.ListTasksParams) ([]tasktwin.TaskWithStatus, error) {
	return both(ctx, l, "ListTasks", tasktwin.Store.ListTasks, arg)
}

// DeleteTask implements [tasktwin.Querier].
func (l *lockstep) DeleteTask(ctx context.Context, arg tasktwin.DeleteTaskParams) (uuid.UUID, error) {
	return both(ctx, l, "DeleteTask", tasktwin.Store.DeleteTask, arg)
}

// UpdateTaskPrompt implements [tasktwin.Querier].
func (l *lockstep) UpdateTaskPrompt(ctx context.Context, arg tasktwin.UpdateTaskPromptParams) (tasktwin.Task, error) {
	return both(ctx, l, "UpdateTaskPrompt", tasktwin.Store.UpdateTaskPrompt, arg)
}

// UpsertTaskSnapshot implements [tasktwin.Querier].
func (l *lockstep) UpsertTaskSnapshot(ctx context.Context, arg tasktwin.UpsertTaskSnapshotParams) error {
	_, err := both(ctx, l, "UpsertTaskSnapshot", func(s tasktwin.Store, ctx context.Context, arg tasktwin.UpsertTaskSnapshotParams) (struct{}, error) {
		return struct{}{}, s.UpsertTaskSnapshot(ctx, arg)
	}, arg)
	return err
}

// GetTaskSnapshot implements [tasktwin.Querier].
func (l *lockstep) GetTaskSnapshot(ctx context.Context, taskID uuid.UUID) (tasktwin.TaskSnapshot, error) {
	return both(ctx, l, "GetTaskSnapshot", tasktwin.Store.GetTaskSnapshot, taskID)
}

// GetTelemetryTaskEvents implements [tasktwin.Querier].
func (l *lockstep) GetTelemetryTaskEvents(ctx context.Context, arg tasktwin.GetTelemetryTaskEventsParams) ([]tasktwin.GetTelemetryTaskEventsRow, error) {
	return both(ctx, l, "GetTelemetryTaskEvents", tasktwin.Store.GetTelemetryTaskEvents, arg)
}

// InsertOrganization implements [tasktwin.Querier].
func (l *lockstep) InsertOrganization(ctx context.Context, arg tasktwin.InsertOrganizationParams) (tasktwin.Organization, error) {
	return both(ctx, l, "InsertOrganization", tasktwin.Store.InsertOrganization, arg)
}

// InsertUser implements [tasktwin.Querier].
func (l *lockstep) InsertUser(ctx context.Context, arg tasktwin.InsertUserParams) (tasktwin.User, error) {
	return both(ctx, l, "InsertUser", tasktwin.Store.InsertUser, arg)
}

// InsertTemplate implements [tasktwin.Querier].
func (l *lockstep) InsertTemplate(ctx context.Context, arg tasktwin.InsertTemplateParams) (tasktwin.Template, error) {
	return both(ctx, l, "InsertTemplate", tasktwin.Store.InsertTemplate, arg)
}

// InsertTemplateVersion implements [tasktwin.Querier].
func (l *lockstep) InsertTemplateVersion(ctx context.Context, arg tasktwin.InsertTemplateVersionParams) (tasktwin.TemplateVersion, error) {
	return both(ctx, l, "InsertTemplateVersion", tasktwin.Store.InsertTemplateVersion, arg)
}

// InsertWorkspace implements [tasktwin.Querier].
func (l *lockstep) InsertWorkspace(ctx context.Context, arg tasktwin.InsertWorkspaceParams) (tasktwin.Workspace, error) {
	return both(ctx, l, "InsertWorkspace", tasktwin.Store.InsertWorkspace, arg)
}

// UpdateWorkspaceACLByID implements [tasktwin.Querier].
func (l *lockstep) UpdateWorkspaceACLByID(ctx context.Context, arg tasktwin.UpdateWorkspaceACLByIDParams) (tasktwin.Workspace, error) {
	return both(ctx, l, "UpdateWorkspaceACLByID", tasktwin.Store.UpdateWorkspaceACLByID, arg)
}

// InsertProvisionerJob implements [tasktwin.Querier].
func (l *lockstep) InsertProvisionerJob(ctx context.Context, arg tasktwin.InsertProvisionerJobParams) (tasktwin.ProvisionerJob, error) {
	return both(ctx, l, "InsertProvisionerJob", tasktwin.Store.InsertProvisionerJob, arg)
}

// UpdateProvisionerJobByID implements [tasktwin.Querier].
func (l *lockstep) UpdateProvisionerJobByID(ctx context.Context, arg tasktwin.UpdateProvisionerJobByIDParams) (tasktwin.ProvisionerJob, error) {
	return both(ctx, l, "UpdateProvisionerJobByID", tasktwin.Store.UpdateProvisionerJobByID, arg)
}

// InsertWorkspaceBuild implements [tasktwin.Querier].
func (l *lockstep) InsertWorkspaceBuild(ctx context.Context, arg tasktwin.InsertWorkspaceBuildParams) (tasktwin.WorkspaceBuild, error) {
	return both(ctx, l, "InsertWorkspaceBuild", tasktwin.Store.InsertWorkspaceBuild, arg)
}

// InsertWorkspaceAgent implements [tasktwin.Querier].
func (l *lockstep) InsertWorkspaceAgent(ctx context.Context, arg tasktwin.InsertWorkspaceAgentParams) (tasktwin.WorkspaceAgent, error) {
	return both(ctx, l, "InsertWorkspaceAgent", tasktwin.Store.InsertWorkspaceAgent, arg)
}

// UpdateWorkspaceAgentLifecycleStateByID implements [tasktwin.Querier].
func (l *lockstep) UpdateWorkspaceAgentLifecycleStateByID(ctx context.Context, arg tasktwin.UpdateWorkspaceAgentLifecycleStateByIDParams) (tasktwin.WorkspaceAgent, error) {
	return both(ctx, l, "UpdateWorkspaceAgentLifecycleStateByID", tasktwin.Store.UpdateWorkspaceAgentLifecycleStateByID, arg)
}

// InsertWorkspaceApp implements [tasktwin.Querier].
func (l *lockstep) InsertWorkspaceApp(ctx context.Context, arg tasktwin.InsertWorkspaceAppParams) (tasktwin.WorkspaceApp, error) {
	return both(ctx, l, "InsertWorkspaceApp", tasktwin.Store.InsertWorkspaceApp, arg)
}

// UpdateWorkspaceAppHealthByID implements [tasktwin.Querier].
func (l *lockstep) UpdateWorkspaceAppHealthByID(ctx context.Context, arg tasktwin.UpdateWorkspaceAppHealthByIDParams) (tasktwin.WorkspaceApp, error) {
	return both(ctx, l, "UpdateWorkspaceAppHealthByID", tasktwin.Store.UpdateWorkspaceAppHealthByID, arg)
}

// InsertWorkspaceAppStatus implements [tasktwin.Querier].
func (l *lockstep) InsertWorkspaceAppStatus(ctx context.Context, arg tasktwin.InsertWorkspaceAppStatusParams) (tasktwin.WorkspaceAppStatus, error) {
	return both(ctx, l, "InsertWorkspaceAppStatus", tasktwin.Store.InsertWorkspaceAppStatus, arg)
}

// GetWorkspaceByID implements [tasktwin.Querier].
func (l *lockstep) GetWorkspaceByID(ctx context.Context, id uuid.UUID) (tasktwin.Workspace, error) {
	return both(ctx, l, "GetWorkspaceByID", tasktwin.Store.GetWorkspaceByID, id)
}

// GetProvisionerJobByID implements [tasktwin.Querier].
func (l *lockstep) GetProvisionerJobByID(ctx context.Context, id uuid.UUID) (tasktwin.ProvisionerJob, error) {
	return both(ctx, l, "GetProvisionerJobByID", tasktwin.Store.GetProvisionerJobByID, id)
}

// GetLatestWorkspaceBuildByWorkspaceID implements [tasktwin.Querier].
func (l *lockstep) GetLatestWorkspaceBuildByWorkspaceID(ctx context.Context, workspaceID uuid.UUID) (tasktwin.WorkspaceBuild, error) {
	return both(ctx, l, "GetLatestWorkspaceBuildByWorkspaceID", tasktwin.Store.GetLatestWorkspaceBuildByWorkspaceID, workspaceID)
}

// ListWorkspaceBuildsByWorkspaceID implements [tasktwin.Querier].
func (l *lockstep) ListWorkspaceBuildsByWorkspaceID(ctx context.Context, workspaceID uuid.UUID) ([]tasktwin.WorkspaceBuild, error) {
	return both(ctx, l, "ListWorkspaceBuildsByWorkspaceID", tasktwin.Store.ListWorkspaceBuildsByWorkspaceID, workspaceID)
}

// GetWorkspaceAgentByID implements [tasktwin.Querier].
func (l *lockstep) GetWorkspaceAgentByID(ctx context.Context, id uuid.UUID) (tasktwin.WorkspaceAgent, error) {
	return both(ctx, l, "GetWorkspaceAgentByID", tasktwin.Store.GetWorkspaceAgentByID, id)
}

// GetWorkspaceAppByID implements [tasktwin.Querier].
func (l *lockstep) GetWorkspaceAppByID(ctx context.Context, id uuid.UUID) (tasktwin.WorkspaceApp, error) {
	return both(ctx, l, "GetWorkspaceAppByID", tasktwin.Store.GetWorkspaceAppByID, id)
}

// ListTaskWorkspaceAppsByTaskID implements [tasktwin.Querier].
func (l *lockstep) ListTaskWorkspaceAppsByTaskID(ctx context.Context, taskID uuid.UUID) ([]tasktwin.TaskWorkspaceApp, error) {
	return both(ctx, l, "ListTaskWorkspaceAppsByTaskID", tasktwin.Store.ListTaskWorkspaceAppsByTaskID, taskID)
}

// ListWorkspaceAppStatusesByAppID implements [tasktwin.Querier].
func (l *lockstep) ListWorkspaceAppStatusesByAppID(ctx context.Context, appID uuid.UUID) ([]tasktwin.WorkspaceAppStatus, error) {
	return both(ctx, l, "ListWorkspaceAppStatusesByAppID", tasktwin.Store.ListWorkspaceAppStatusesByAppID, appID)
}

// DeleteOrganizationByID implements [tasktwin.Querier].
func (l *lockstep) DeleteOrganizationByID(ctx context.Context, id uuid.UUID) (uuid.UUID, error) {
	return both(ctx, l, "DeleteOrganizationByID", tasktwin.Store.DeleteOrganizationByID, id)
}

// DeleteUserByID implements [tasktwin.Querier].
func (l *lockstep) DeleteUserByID(ctx context.Context, id uuid.UUID) (uuid.UUID, error) {
	return both(ctx, l, "DeleteUserByID", tasktwin.Store.DeleteUserByID, id)
}

// DeleteTemplateByID implements [tasktwin.Querier].
func (l *lockstep) DeleteTemplateByID(ctx context.Context, id uuid.UUID) (uuid.UUID, error) {
	return both(ctx, l, "DeleteTemplateByID", tasktwin.Store.DeleteTemplateByID, id)
}

// DeleteTemplateVersionByID implements [tasktwin.Querier].
func (l *lockstep) DeleteTemplateVersionByID(ctx context.Context, id uuid.UUID) (uuid.UUID, error) {
	return both(ctx, l, "DeleteTemplateVersionByID", tasktwin.Store.DeleteTemplateVersionByID, id)
}

// DeleteWorkspaceByID implements [tasktwin.Querier].
func (l *lockstep) DeleteWorkspaceByID(ctx context.Context, id uuid.UUID) (uuid.UUID, error) {
	return both(ctx, l, "DeleteWorkspaceByID", tasktwin.Store.DeleteWorkspaceByID, id)
}

// DeleteProvisionerJobByID implements [tasktwin.Querier].
func (l *lockstep) DeleteProvisionerJobByID(ctx context.Context, id uuid.UUID) (uuid.UUID, error) {
	return both(ctx, l, "DeleteProvisionerJobByID", tasktwin.Store.DeleteProvisionerJobByID, id)
}

// DeleteWorkspaceAgentByID implements [tasktwin.Querier].
func (l *lockstep) DeleteWorkspaceAgentByID(ctx context.Context, id uuid.UUID) (uuid.UUID, error) {
	return both(ctx, l, "DeleteWorkspaceAgentByID", tasktwin.Store.DeleteWorkspaceAgentByID, id)
}

// DeleteWorkspaceAppByID implements [tasktwin.Querier].
func (l *lockstep) DeleteWorkspaceAppByID(ctx context.Context, id uuid.UUID) (uuid.UUID, error) {
	return both(ctx, l, "DeleteWorkspaceAppByID", tasktwin.Store.DeleteWorkspaceAppByID, id)
}
