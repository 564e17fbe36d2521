package cases

import (
	"database/sql"
	"testing"

	"github.com/tasktwin/tasktwin"
)

// jobStatusOf is the rule of a job's status, written apart from both engines.
func jobStatusOf(started, canceled, completed bool, text string) tasktwin.ProvisionerJobStatus {
	switch {
	case text != "":
		return tasktwin.ProvisionerJobStatusFailed
	case completed && canceled:
		return tasktwin.ProvisionerJobStatusCanceled
	case completed:
		return tasktwin.ProvisionerJobStatusSucceeded
	case canceled:
		return tasktwin.ProvisionerJobStatusCanceling
	case started:
		return tasktwin.ProvisionerJobStatusRunning
	default:
		return tasktwin.ProvisionerJobStatusPending
	}
}

var agentCases = []Case{
	{Name: "agent/insert, read and update", Methods: "InsertWorkspaceAgent GetWorkspaceAgentByID UpdateWorkspaceAgentLifecycleStateByID", Run: AgentInsertReadAndUpdate},
	{Name: "app/insert, read and update", Methods: "InsertWorkspaceApp GetWorkspaceAppByID UpdateWorkspaceAppHealthByID", Run: AppInsertReadAndUpdate},
	{Name: "app status/insert and list", Methods: "InsertWorkspaceAppStatus ListWorkspaceAppStatusesByAppID", Run: AppStatusInsertAndList},
}

func AgentInsertReadAndUpdate(t testing.TB, f *Fixture) {
	agent := f.agent(tasktwin.WorkspaceAgentLifecycleStateCreated)
	equal(t, "read", must[tasktwin.WorkspaceAgent](t)(f.GetWorkspaceAgentByID(f.ctx, agent.ID)), agent)
	for _, state := range tasktwin.AllWorkspaceAgentLifecycleStateValues() {
		want := agent
		want.LifecycleState, want.UpdatedAt = state, at(7)
		equal(t, "update", must[tasktwin.WorkspaceAgent](t)(f.UpdateWorkspaceAgentLifecycleStateByID(f.ctx, tasktwin.UpdateWorkspaceAgentLifecycleStateByIDParams{ID: agent.ID, LifecycleState: state, UpdatedAt: at(7)})), want)
	}
	_, err := f.GetWorkspaceAgentByID(f.ctx, absent)
	noRows(t, "read of none", err)
	update := tasktwin.UpdateWorkspaceAgentLifecycleStateByIDParams{ID: absent, LifecycleState: tasktwin.WorkspaceAgentLifecycleStateOff, UpdatedAt: at(7)}
	_, err = f.UpdateWorkspaceAgentLifecycleStateByID(f.ctx, update)
	noRows(t, "update of none", err)
	type params = tasktwin.InsertWorkspaceAgentParams
	refuseAll(t, f, []refuse{
		{"same id", try(f, tasktwin.Store.InsertWorkspaceAgent, params(agent), func(*params) {}), failure(unique, "workspace_agents", "", "workspace_agents_pkey")},
		{"unknown state", try(f, tasktwin.Store.InsertWorkspaceAgent, params(agent), func(a *params) { a.LifecycleState = "READY" }), failure(tasktwin.InvalidTextRepresentation, "", "", "")},
		{"unknown state of none", try(f, tasktwin.Store.UpdateWorkspaceAgentLifecycleStateByID, update, func(a *tasktwin.UpdateWorkspaceAgentLifecycleStateByIDParams) { a.LifecycleState = "" }), failure(tasktwin.InvalidTextRepresentation, "", "", "")},
	})
}

func AppInsertReadAndUpdate(t testing.TB, f *Fixture) {
	agent := f.agent(tasktwin.WorkspaceAgentLifecycleStateReady)
	app := f.app(agent.ID, tasktwin.WorkspaceAppHealthDisabled)
	equal(t, "read", must[tasktwin.WorkspaceApp](t)(f.GetWorkspaceAppByID(f.ctx, app.ID)), app)
	for _, health := range tasktwin.AllWorkspaceAppHealthValues() {
		want := app
		want.Health = health
		equal(t, "update", must[tasktwin.WorkspaceApp](t)(f.UpdateWorkspaceAppHealthByID(f.ctx, tasktwin.UpdateWorkspaceAppHealthByIDParams{ID: app.ID, Health: health})), want)
	}
	_, err := f.GetWorkspaceAppByID(f.ctx, absent)
	noRows(t, "read of none", err)
	update := tasktwin.UpdateWorkspaceAppHealthByIDParams{ID: absent, Health: tasktwin.WorkspaceAppHealthHealthy}
	_, err = f.UpdateWorkspaceAppHealthByID(f.ctx, update)
	noRows(t, "update of none", err)
	type params = tasktwin.InsertWorkspaceAppParams
	insert, other := tasktwin.Store.InsertWorkspaceApp, params(app)
	other.ID, other.Slug = f.next(), "other"
	refuseAll(t, f, []refuse{
		{"same id", try(f, insert, other, func(a *params) { a.ID = app.ID }), failure(unique, "workspace_apps", "", "workspace_apps_pkey")},
		{"same slug", try(f, insert, other, func(a *params) { a.Slug = app.Slug }), failure(unique, "workspace_apps", "", "workspace_apps_agent_id_slug_idx")},
		{"no agent", try(f, insert, other, func(a *params) { a.AgentID = absent }), failure(foreign, "workspace_apps", "", "workspace_apps_agent_id_fkey")},
		{"unknown health", try(f, insert, other, func(a *params) { a.Health = "sick" }), failure(tasktwin.InvalidTextRepresentation, "", "", "")},
		{"update to unknown health", try(f, tasktwin.Store.UpdateWorkspaceAppHealthByID, update, func(a *tasktwin.UpdateWorkspaceAppHealthByIDParams) { a.Health = "" }), failure(tasktwin.InvalidTextRepresentation, "", "", "")},
	})
}

func AppStatusInsertAndList(t testing.TB, f *Fixture) {
	f.base()
	ws, agent := f.workspace().ID, f.agent(tasktwin.WorkspaceAgentLifecycleStateReady)
	app := f.app(agent.ID, tasktwin.WorkspaceAppHealthHealthy)
	equal(t, "list of none", must[[]tasktwin.WorkspaceAppStatus](t)(f.ListWorkspaceAppStatusesByAppID(f.ctx, app.ID)), []tasktwin.WorkspaceAppStatus{})
	// In the order of time, then of id: not that of insertion.
	ids := []tasktwin.InsertWorkspaceAppStatusParams{
		f.newStatus(app, ws, tasktwin.WorkspaceAppStatusStateWorking, 2),
		f.newStatus(app, ws, tasktwin.WorkspaceAppStatusStateIdle, 1),
		f.newStatus(app, ws, tasktwin.WorkspaceAppStatusStateFailure, 1),
	}
	ids[0].URI = sql.NullString{String: "https://example.com", Valid: true}
	ids[1].URI = sql.NullString{Valid: true}
	for _, i := range []int{2, 0, 1} {
		equal(t, "row", must[tasktwin.WorkspaceAppStatus](t)(f.InsertWorkspaceAppStatus(f.ctx, ids[i])), tasktwin.WorkspaceAppStatus(ids[i]))
	}
	equal(t, "list", must[[]tasktwin.WorkspaceAppStatus](t)(f.ListWorkspaceAppStatusesByAppID(f.ctx, app.ID)), []tasktwin.WorkspaceAppStatus{
		tasktwin.WorkspaceAppStatus(ids[1]), tasktwin.WorkspaceAppStatus(ids[2]), tasktwin.WorkspaceAppStatus(ids[0]),
	})
	type params = tasktwin.InsertWorkspaceAppStatusParams
	insert, good := tasktwin.Store.InsertWorkspaceAppStatus, f.newStatus(app, ws, tasktwin.WorkspaceAppStatusStateIdle, 3)
	const table = "workspace_app_statuses"
	refuseAll(t, f, []refuse{
		{"same id", try(f, insert, good, func(a *params) { a.ID = ids[0].ID }), failure(unique, table, "", "workspace_app_statuses_pkey")},
		{"no agent", try(f, insert, good, func(a *params) { a.AgentID = absent }), failure(foreign, table, "", "workspace_app_statuses_agent_id_fkey")},
		{"no app", try(f, insert, good, func(a *params) { a.AppID = absent }), failure(foreign, table, "", "workspace_app_statuses_app_id_fkey")},
		{"no workspace", try(f, insert, good, func(a *params) { a.WorkspaceID = absent }), failure(foreign, table, "", "workspace_app_statuses_workspace_id_fkey")},
		{"unknown state", try(f, insert, good, func(a *params) { a.State = "thinking" }), failure(tasktwin.InvalidTextRepresentation, "", "", "")},
	})
}
