package tasktest

import (
	"database/sql"
	"encoding/json"
	"fmt"
	"time"

	"github.com/google/uuid"

	"github.com/tasktwin/tasktwin"
)

func object() json.RawMessage { return json.RawMessage(`{}`) }

func nullUUID(id uuid.UUID) uuid.NullUUID { return uuid.NullUUID{UUID: id, Valid: id != uuid.Nil} }

func nullTime(at time.Time) sql.NullTime { return sql.NullTime{Time: at, Valid: true} }

func (w *World) organizationParams() tasktwin.InsertOrganizationParams {
	id, n := w.newID(organization)
	return tasktwin.InsertOrganizationParams{
		ID: id, Name: w.name(organization, n), DisplayName: fmt.Sprintf("Organization %d", n),
		CreatedAt: w.Clock.Now(), UpdatedAt: w.Clock.Now(),
	}
}

func (w *World) userParams() tasktwin.InsertUserParams {
	id, n := w.newID(user)
	name := w.name(user, n)
	return tasktwin.InsertUserParams{
		ID: id, Email: name + "@example.com", Username: name, Name: fmt.Sprintf("User %d", n),
		CreatedAt: w.Clock.Now(), UpdatedAt: w.Clock.Now(),
	}
}

// templateParams names the version that is made next as the active one.
func (w *World) templateParams() tasktwin.InsertTemplateParams {
	w.t.Helper()
	id, n := w.newID(template)
	return tasktwin.InsertTemplateParams{
		ID: id, CreatedAt: w.Clock.Now(), UpdatedAt: w.Clock.Now(), OrganizationID: w.Organization().ID, Name: w.name(template, n),
		ActiveVersionID: w.id(version, w.made[version]+1), CreatedBy: w.Owner().ID,
	}
}

func (w *World) versionParams() tasktwin.InsertTemplateVersionParams {
	w.t.Helper()
	of := w.Template()
	id, n := w.newID(version)
	return tasktwin.InsertTemplateVersionParams{
		ID: id, TemplateID: nullUUID(of.ID), OrganizationID: of.OrganizationID, CreatedAt: w.Clock.Now(), UpdatedAt: w.Clock.Now(),
		Name: w.name(version, n), CreatedBy: of.CreatedBy,
	}
}

func (w *World) workspaceParams(at time.Time) tasktwin.InsertWorkspaceParams {
	w.t.Helper()
	id, n := w.newID(workspace)
	return tasktwin.InsertWorkspaceParams{
		ID: id, CreatedAt: at, UpdatedAt: at, OwnerID: w.Owner().ID, OrganizationID: w.Organization().ID, TemplateID: w.Template().ID,
		Name: w.name(workspace, n), GroupACL: object(), UserACL: object(),
	}
}

func (w *World) taskParams(at time.Time) tasktwin.InsertTaskParams {
	w.t.Helper()
	of := w.Version()
	id, n := w.newID(task)
	return tasktwin.InsertTaskParams{
		ID: id, OrganizationID: w.Organization().ID, OwnerID: w.Owner().ID, Name: w.name(task, n), DisplayName: fmt.Sprintf("Task %d", n),
		TemplateVersionID: of.ID, TemplateParameters: object(), Prompt: fmt.Sprintf("Fix flaky test %d", n), CreatedAt: at,
	}
}

// jobParams are those of a job that has succeeded at once.
func (w *World) jobParams(at time.Time, of tasktwin.Task) tasktwin.InsertProvisionerJobParams {
	id, _ := w.newID(job)
	return tasktwin.InsertProvisionerJobParams{
		ID: id, CreatedAt: at, UpdatedAt: at, StartedAt: nullTime(at), CompletedAt: nullTime(at),
		OrganizationID: of.OrganizationID, InitiatorID: of.OwnerID,
	}
}

func (w *World) buildParams(
	at time.Time, of tasktwin.Task, number int32, transition tasktwin.WorkspaceTransition, reason tasktwin.BuildReason, by uuid.UUID,
) tasktwin.InsertWorkspaceBuildParams {
	id, _ := w.newID(build)
	return tasktwin.InsertWorkspaceBuildParams{
		ID: id, CreatedAt: at, UpdatedAt: at, WorkspaceID: of.WorkspaceID.UUID, TemplateVersionID: of.TemplateVersionID,
		BuildNumber: number, Transition: transition, InitiatorID: of.OwnerID, JobID: by, Reason: reason,
	}
}

func (w *World) agentParams(at time.Time, state tasktwin.WorkspaceAgentLifecycleState) tasktwin.InsertWorkspaceAgentParams {
	id, _ := w.newID(agent)
	return tasktwin.InsertWorkspaceAgentParams{ID: id, CreatedAt: at, UpdatedAt: at, Name: "main", LifecycleState: state}
}

func (w *World) appParams(at time.Time, of uuid.UUID, health tasktwin.WorkspaceAppHealth) tasktwin.InsertWorkspaceAppParams {
	id, _ := w.newID(app)
	return tasktwin.InsertWorkspaceAppParams{ID: id, CreatedAt: at, AgentID: of, DisplayName: "Agent", Slug: "agent", Health: health}
}

func (w *World) statusParams(
	at time.Time, by tasktwin.TaskWorkspaceApp, in uuid.UUID, state tasktwin.WorkspaceAppStatusState,
) tasktwin.InsertWorkspaceAppStatusParams {
	id, _ := w.newID(status)
	return tasktwin.InsertWorkspaceAppStatusParams{
		ID: id, CreatedAt: at, AgentID: by.WorkspaceAgentID.UUID, AppID: by.WorkspaceAppID.UUID, WorkspaceID: in,
		State: state, Message: messages[state],
	}
}

// messages are what apps say.
var messages = map[tasktwin.WorkspaceAppStatusState]string{
	tasktwin.WorkspaceAppStatusStateWorking:  "Running the tests",
	tasktwin.WorkspaceAppStatusStateIdle:     "Waiting for an answer",
	tasktwin.WorkspaceAppStatusStateComplete: "The tests pass",
	tasktwin.WorkspaceAppStatusStateFailure:  "The tests fail",
}
