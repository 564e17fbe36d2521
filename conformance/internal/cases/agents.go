package cases

import (
	"database/sql"

	"github.com/tasktwin/tasktwin"
)

// jobStatusOf implements the rule of a job's status independently of the engines.
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
	{
		Name:    "agent/insert, read and update",
		Methods: "InsertWorkspaceAgent GetWorkspaceAgentByID UpdateWorkspaceAgentLifecycleStateByID",
		Run:     AgentInsertReadAndUpdate,
	},
	{
		Name:    "app/insert, read and update",
		Methods: "InsertWorkspaceApp GetWorkspaceAppByID UpdateWorkspaceAppHealthByID",
		Run:     AppInsertReadAndUpdate,
	},
	{Name: "app status/insert and list", Methods: "InsertWorkspaceAppStatus ListWorkspaceAppStatusesByAppID", Run: AppStatusInsertAndList},
}

func init() { register(agentCases) }

func AgentInsertReadAndUpdate(t TB, f *Fixture) {
	type (
		params       = tasktwin.InsertWorkspaceAgentParams
		updateParams = tasktwin.UpdateWorkspaceAgentLifecycleStateByIDParams
	)
	const table = "workspace_agents"
	agent := f.agent(tasktwin.WorkspaceAgentLifecycleStateCreated)
	equal(t, "read", must[tasktwin.WorkspaceAgent](t)(f.GetWorkspaceAgentByID(f.ctx, agent.ID)), agent)
	for _, state := range tasktwin.AllWorkspaceAgentLifecycleStateValues() {
		want := agent
		want.LifecycleState, want.UpdatedAt = state, at(7)
		arg := updateParams{ID: agent.ID, LifecycleState: state, UpdatedAt: at(7)}
		got := must[tasktwin.WorkspaceAgent](t)(f.UpdateWorkspaceAgentLifecycleStateByID(f.ctx, arg))
		equal(t, "update", got, want)
	}
	_, err := f.GetWorkspaceAgentByID(f.ctx, absent)
	noRows(t, "read of none", err)
	none := updateParams{ID: absent, LifecycleState: tasktwin.WorkspaceAgentLifecycleStateOff, UpdatedAt: at(7)}
	_, err = f.UpdateWorkspaceAgentLifecycleStateByID(f.ctx, none)
	noRows(t, "update of none", err)
	insert := refusalsOf(f, table, tasktwin.Store.InsertWorkspaceAgent, func() params { return params(agent) })
	update := refusalsOf(f, table, tasktwin.Store.UpdateWorkspaceAgentLifecycleStateByID, func() updateParams { return none })
	refuseAll(t, f, []refusal{
		insert.unique("same id", "workspace_agents_pkey", func(a *params) { *a = params(agent) }),
		insert.fails("unknown state", invalidText, func(a *params) { a.LifecycleState = "READY" }),
		update.fails("unknown state of none", invalidText, func(a *updateParams) { a.LifecycleState = "" }),
	})
}

func AppInsertReadAndUpdate(t TB, f *Fixture) {
	type (
		params       = tasktwin.InsertWorkspaceAppParams
		updateParams = tasktwin.UpdateWorkspaceAppHealthByIDParams
	)
	const table = "workspace_apps"
	agent := f.agent(tasktwin.WorkspaceAgentLifecycleStateReady)
	app := f.app(agent.ID, tasktwin.WorkspaceAppHealthDisabled)
	equal(t, "read", must[tasktwin.WorkspaceApp](t)(f.GetWorkspaceAppByID(f.ctx, app.ID)), app)
	for _, health := range tasktwin.AllWorkspaceAppHealthValues() {
		want := app
		want.Health = health
		got := must[tasktwin.WorkspaceApp](t)(f.UpdateWorkspaceAppHealthByID(f.ctx, updateParams{ID: app.ID, Health: health}))
		equal(t, "update", got, want)
	}
	_, err := f.GetWorkspaceAppByID(f.ctx, absent)
	noRows(t, "read of none", err)
	none := updateParams{ID: absent, Health: tasktwin.WorkspaceAppHealthHealthy}
	_, err = f.UpdateWorkspaceAppHealthByID(f.ctx, none)
	noRows(t, "update of none", err)
	other := params(app)
	other.ID, other.Slug = f.next(), "other"
	insert := refusalsOf(f, table, tasktwin.Store.InsertWorkspaceApp, func() params { return other })
	update := refusalsOf(f, table, tasktwin.Store.UpdateWorkspaceAppHealthByID, func() updateParams { return none })
	refuseAll(t, f, []refusal{
		insert.unique("same id", "workspace_apps_pkey", func(a *params) { a.ID = app.ID }),
		insert.unique("same slug", "workspace_apps_agent_id_slug_idx", func(a *params) { a.Slug = app.Slug }),
		insert.foreignKey("no agent", "workspace_apps_agent_id_fkey", func(a *params) { a.AgentID = absent }),
		insert.fails("unknown health", invalidText, func(a *params) { a.Health = "sick" }),
		update.fails("update to unknown health", invalidText, func(a *updateParams) { a.Health = "" }),
	})
}

func AppStatusInsertAndList(t TB, f *Fixture) {
	f.base()
	ws, agent := f.workspace().ID, f.agent(tasktwin.WorkspaceAgentLifecycleStateReady)
	app := f.app(agent.ID, tasktwin.WorkspaceAppHealthHealthy)
	equal(t, "list of none", f.statuses(app.ID), []tasktwin.WorkspaceAppStatus{})
	// In the order of time, then of id, not of insertion.
	args := []tasktwin.InsertWorkspaceAppStatusParams{
		f.newStatus(app, ws, tasktwin.WorkspaceAppStatusStateWorking, 2),
		f.newStatus(app, ws, tasktwin.WorkspaceAppStatusStateIdle, 1),
		f.newStatus(app, ws, tasktwin.WorkspaceAppStatusStateFailure, 1),
	}
	args[0].URI = sql.NullString{String: "https://example.com", Valid: true}
	args[1].URI = sql.NullString{Valid: true}
	for _, i := range []int{2, 0, 1} {
		got := must[tasktwin.WorkspaceAppStatus](t)(f.InsertWorkspaceAppStatus(f.ctx, args[i]))
		equal(t, "row", got, tasktwin.WorkspaceAppStatus(args[i]))
	}
	equal(t, "list", f.statuses(app.ID), []tasktwin.WorkspaceAppStatus{
		tasktwin.WorkspaceAppStatus(args[1]), tasktwin.WorkspaceAppStatus(args[2]), tasktwin.WorkspaceAppStatus(args[0]),
	})
	type params = tasktwin.InsertWorkspaceAppStatusParams
	good := f.newStatus(app, ws, tasktwin.WorkspaceAppStatusStateIdle, 3)
	insert := refusalsOf(f, "workspace_app_statuses", tasktwin.Store.InsertWorkspaceAppStatus, func() params { return good })
	refuseAll(t, f, []refusal{
		insert.unique("same id", "workspace_app_statuses_pkey", func(a *params) { a.ID = args[0].ID }),
		insert.foreignKey("no agent", "workspace_app_statuses_agent_id_fkey", func(a *params) { a.AgentID = absent }),
		insert.foreignKey("no app", "workspace_app_statuses_app_id_fkey", func(a *params) { a.AppID = absent }),
		insert.foreignKey("no workspace", "workspace_app_statuses_workspace_id_fkey", func(a *params) { a.WorkspaceID = absent }),
		insert.fails("unknown state", invalidText, func(a *params) { a.State = "thinking" }),
	})
}
