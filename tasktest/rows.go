package tasktest

import (
	"slices"

	"github.com/tasktwin/tasktwin"
)

// Rows and parameters of one table. Where they have the same columns, the compiler says so;
// a test says so of the others.

func toOrganization(r tasktwin.Organization) tasktwin.InsertOrganizationParams {
	return tasktwin.InsertOrganizationParams(r)
}

func toUser(r tasktwin.User) tasktwin.InsertUserParams { return tasktwin.InsertUserParams(r) }

func toTemplate(r tasktwin.Template) tasktwin.InsertTemplateParams {
	return tasktwin.InsertTemplateParams(r)
}

func toTemplateVersion(r tasktwin.TemplateVersion) tasktwin.InsertTemplateVersionParams {
	return tasktwin.InsertTemplateVersionParams(r)
}

func toWorkspace(r tasktwin.Workspace) tasktwin.InsertWorkspaceParams {
	return tasktwin.InsertWorkspaceParams(r)
}

func toJob(r tasktwin.ProvisionerJob) tasktwin.InsertProvisionerJobParams {
	return tasktwin.InsertProvisionerJobParams{
		ID: r.ID, CreatedAt: r.CreatedAt, UpdatedAt: r.UpdatedAt, StartedAt: r.StartedAt, CanceledAt: r.CanceledAt,
		CompletedAt: r.CompletedAt, Error: r.Error, OrganizationID: r.OrganizationID, InitiatorID: r.InitiatorID,
	}
}

func toBuild(r tasktwin.WorkspaceBuild) tasktwin.InsertWorkspaceBuildParams {
	return tasktwin.InsertWorkspaceBuildParams(r)
}

func toAgent(r tasktwin.WorkspaceAgent) tasktwin.InsertWorkspaceAgentParams {
	return tasktwin.InsertWorkspaceAgentParams(r)
}

func toApp(r tasktwin.WorkspaceApp) tasktwin.InsertWorkspaceAppParams {
	return tasktwin.InsertWorkspaceAppParams(r)
}

func toStatus(r tasktwin.WorkspaceAppStatus) tasktwin.InsertWorkspaceAppStatusParams {
	return tasktwin.InsertWorkspaceAppStatusParams(r)
}

func toTask(r tasktwin.Task) tasktwin.InsertTaskParams {
	return tasktwin.InsertTaskParams{
		ID: r.ID, OrganizationID: r.OrganizationID, OwnerID: r.OwnerID, Name: r.Name, DisplayName: r.DisplayName, WorkspaceID: r.WorkspaceID,
		TemplateVersionID: r.TemplateVersionID, TemplateParameters: r.TemplateParameters, Prompt: r.Prompt, CreatedAt: r.CreatedAt,
	}
}

func toBinding(r tasktwin.TaskWorkspaceApp) tasktwin.UpsertTaskWorkspaceAppParams {
	return tasktwin.UpsertTaskWorkspaceAppParams{
		TaskID: r.TaskID, WorkspaceBuildNumber: r.WorkspaceBuildNumber,
		WorkspaceAgentID: r.WorkspaceAgentID, WorkspaceAppID: r.WorkspaceAppID,
	}
}

func toSnapshot(r tasktwin.TaskSnapshot) tasktwin.UpsertTaskSnapshotParams {
	return tasktwin.UpsertTaskSnapshotParams(r)
}

// taskOf returns the row of a task that is inserted.
func taskOf(p tasktwin.InsertTaskParams) tasktwin.Task {
	return tasktwin.Task{
		ID: p.ID, OrganizationID: p.OrganizationID, OwnerID: p.OwnerID, Name: p.Name, DisplayName: p.DisplayName, WorkspaceID: p.WorkspaceID,
		TemplateVersionID: p.TemplateVersionID, TemplateParameters: p.TemplateParameters, Prompt: p.Prompt, CreatedAt: p.CreatedAt,
	}
}

// jobOf returns the row of a job that is inserted, without its generated column.
func jobOf(p tasktwin.InsertProvisionerJobParams) tasktwin.ProvisionerJob {
	return tasktwin.ProvisionerJob{
		ID: p.ID, CreatedAt: p.CreatedAt, UpdatedAt: p.UpdatedAt, StartedAt: p.StartedAt, CanceledAt: p.CanceledAt,
		CompletedAt: p.CompletedAt, Error: p.Error, OrganizationID: p.OrganizationID, InitiatorID: p.InitiatorID,
	}
}

// taskIn returns the task of a row of the view.
func taskIn(r tasktwin.TaskWithStatus) tasktwin.Task {
	return tasktwin.Task{
		ID: r.ID, OrganizationID: r.OrganizationID, OwnerID: r.OwnerID, Name: r.Name, WorkspaceID: r.WorkspaceID,
		TemplateVersionID: r.TemplateVersionID, TemplateParameters: slices.Clone(r.TemplateParameters), Prompt: r.Prompt,
		CreatedAt: r.CreatedAt, DeletedAt: r.DeletedAt, DisplayName: r.DisplayName,
	}
}

// updateOf returns the parameters that leave a job as it is.
func updateOf(r tasktwin.ProvisionerJob) tasktwin.UpdateProvisionerJobByIDParams {
	return tasktwin.UpdateProvisionerJobByIDParams{
		ID: r.ID, StartedAt: r.StartedAt, CanceledAt: r.CanceledAt, CompletedAt: r.CompletedAt, Error: r.Error, UpdatedAt: r.UpdatedAt,
	}
}
