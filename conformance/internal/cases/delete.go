package cases

import (
	"context"
	"fmt"

	"github.com/google/uuid"

	"github.com/tasktwin/tasktwin"
	"github.com/tasktwin/tasktwin/conformance/internal/stores"
)

type deleteMethod = func(tasktwin.Store, context.Context, uuid.UUID) (uuid.UUID, error)

// everything has a row of each table, all connected.
type everything struct {
	workspace tasktwin.Workspace
	build     tasktwin.WorkspaceBuild
	agent     tasktwin.WorkspaceAgent
	app       tasktwin.WorkspaceApp
	task      tasktwin.Task
}

// everything inserts a row into each table, except perhaps a status.
func (f *Fixture) everything(withStatus bool) everything {
	f.t.Helper()
	f.base()
	var e everything
	e.workspace = f.workspace()
	e.build = f.build(e.workspace.ID, 1, tasktwin.WorkspaceTransitionStart, 1, tasktwin.BuildReasonInitiator)
	e.agent = f.agent(tasktwin.WorkspaceAgentLifecycleStateReady)
	e.app = f.app(e.agent.ID, tasktwin.WorkspaceAppHealthHealthy)
	e.task = f.task(nullUUID(e.workspace.ID))
	f.bind(e.task.ID, 1, nullUUID(e.agent.ID), nullUUID(e.app.ID))
	f.snapshot(e.task.ID)
	if withStatus {
		f.status(e.app, e.workspace.ID, tasktwin.WorkspaceAppStatusStateIdle, 1)
	}
	return e
}

func (f *Fixture) snapshot(task uuid.UUID) {
	f.t.Helper()
	arg := tasktwin.UpsertTaskSnapshotParams{TaskID: task, LogSnapshot: []byte(`{}`), LogSnapshotCreatedAt: at(3)}
	if err := f.UpsertTaskSnapshot(f.ctx, arg); err != nil {
		f.t.Fatal(err)
	}
}

// remaining counts the rows of each table, in the schema's order.
func remaining(d *tasktwin.Dump) []int {
	return []int{
		len(d.Organizations), len(d.Users), len(d.Templates), len(d.TemplateVersions), len(d.Workspaces), len(d.ProvisionerJobs),
		len(d.WorkspaceBuilds), len(d.WorkspaceAgents), len(d.WorkspaceApps), len(d.WorkspaceAppStatuses), len(d.Tasks),
		len(d.TaskWorkspaceApps), len(d.TaskSnapshots),
	}
}

// deletes asserts that a delete succeeds, and how many rows of each table it
// leaves.
func (f *Fixture) deletes(what string, method deleteMethod, id uuid.UUID, left ...int) {
	f.t.Helper()
	got, err := method(f.Store, f.ctx, id)
	if err != nil || got != id {
		f.t.Errorf("%s: got %v and %v, want %v", what, got, err, id)
	}
	if d := dump(f.t, f); d != nil {
		equal(f.t, what+": rows left", remaining(d), left)
	}
}

// refusesDelete asserts that a delete is refused because a table refers to the row
// of an id.
func (f *Fixture) refusesDelete(what string, method deleteMethod, id uuid.UUID, code tasktwin.SQLState, table, constraint string) {
	f.t.Helper()
	want := failure(code, table, "", constraint)
	want.Detail = fmt.Sprintf("Key (id)=(%s) is still referenced from table %q.", id, table)
	if code == tasktwin.RestrictViolation {
		want.Detail = fmt.Sprintf("Key (id)=(%s) is referenced from table %q.", id, table)
	}
	refuseAll(f.t, f, []refusal{{what, func() error { _, err := method(f.Store, f.ctx, id); return err }, want}})
}

// refusesRestricted is like refusesDelete for ON DELETE RESTRICT, which has its
// own SQLSTATE since PostgreSQL 18.
func (f *Fixture) refusesRestricted(what string, method deleteMethod, id uuid.UUID, table, constraint string) {
	f.t.Helper()
	_, err := method(f.Store, f.ctx, id)
	if stores.Describe(err).Code == string(tasktwin.RestrictViolation) {
		f.refusesDelete(what, method, id, tasktwin.RestrictViolation, table, constraint)
		return
	}
	f.refusesDelete(what, method, id, tasktwin.ForeignKeyViolation, table, constraint)
}

var deleteCases = []Case{
	{
		Name: "delete/none",
		Methods: "DeleteOrganizationByID DeleteUserByID DeleteTemplateByID DeleteTemplateVersionByID " +
			"DeleteWorkspaceByID DeleteProvisionerJobByID DeleteWorkspaceAgentByID DeleteWorkspaceAppByID",
		Run: DeleteNone,
	},
	{Name: "delete/app", Methods: "DeleteWorkspaceAppByID", Run: DeleteApp},
	{Name: "delete/app with a status", Methods: "DeleteWorkspaceAppByID", Run: DeleteAppWithAStatus},
	{Name: "delete/agent", Methods: "DeleteWorkspaceAgentByID", Run: DeleteAgent},
	{Name: "delete/agent with a status", Methods: "DeleteWorkspaceAgentByID", Run: DeleteAgentWithAStatus},
	{Name: "delete/job", Methods: "DeleteProvisionerJobByID", Run: DeleteJob},
	{Name: "delete/workspace", Methods: "DeleteWorkspaceByID", Run: DeleteWorkspace},
	{Name: "delete/workspace with a status", Methods: "DeleteWorkspaceByID", Run: DeleteWorkspaceWithAStatus},
	{Name: "delete/template version", Methods: "DeleteTemplateVersionByID", Run: DeleteTemplateVersion},
	{Name: "delete/template", Methods: "DeleteTemplateByID DeleteWorkspaceByID", Run: DeleteTemplate},
	{Name: "delete/user", Methods: "DeleteUserByID", Run: DeleteUser},
	{Name: "delete/organization", Methods: "DeleteOrganizationByID", Run: DeleteOrganization},
	{
		Name:    "delete/organization of a template with versions elsewhere",
		Methods: "DeleteOrganizationByID",
		Run:     DeleteOrganizationOfATemplateWithVersionsElsewhere,
	},
}

func init() { register(deleteCases) }

func DeleteNone(t TB, f *Fixture) {
	for _, method := range []deleteMethod{
		tasktwin.Store.DeleteOrganizationByID, tasktwin.Store.DeleteUserByID, tasktwin.Store.DeleteTemplateByID,
		tasktwin.Store.DeleteTemplateVersionByID, tasktwin.Store.DeleteWorkspaceByID, tasktwin.Store.DeleteProvisionerJobByID,
		tasktwin.Store.DeleteWorkspaceAgentByID, tasktwin.Store.DeleteWorkspaceAppByID,
	} {
		_, err := method(f.Store, f.ctx, absent)
		noRows(t, "delete", err)
	}
}

func DeleteApp(_ TB, f *Fixture) {
	e := f.everything(false)
	f.deletes("the binding goes too", tasktwin.Store.DeleteWorkspaceAppByID, e.app.ID, 1, 1, 1, 1, 1, 1, 1, 1, 0, 0, 1, 0, 1)
}

func DeleteAppWithAStatus(_ TB, f *Fixture) {
	e := f.everything(true)
	f.refusesDelete("app", tasktwin.Store.DeleteWorkspaceAppByID, e.app.ID,
		tasktwin.ForeignKeyViolation, "workspace_app_statuses", "workspace_app_statuses_app_id_fkey")
}

func DeleteAgent(_ TB, f *Fixture) {
	e := f.everything(false)
	f.deletes("its apps and bindings go too", tasktwin.Store.DeleteWorkspaceAgentByID, e.agent.ID, 1, 1, 1, 1, 1, 1, 1, 0, 0, 0, 1, 0, 1)
}

func DeleteAgentWithAStatus(_ TB, f *Fixture) {
	e := f.everything(true)
	f.refusesDelete("agent", tasktwin.Store.DeleteWorkspaceAgentByID, e.agent.ID,
		tasktwin.ForeignKeyViolation, "workspace_app_statuses", "workspace_app_statuses_agent_id_fkey")
}

func DeleteJob(_ TB, f *Fixture) {
	e := f.everything(true)
	f.deletes("its build goes too", tasktwin.Store.DeleteProvisionerJobByID, e.build.JobID, 1, 1, 1, 1, 1, 0, 0, 1, 1, 1, 1, 1, 1)
}

func DeleteWorkspace(_ TB, f *Fixture) {
	e := f.everything(false)
	f.deletes("builds and tasks go too, with what hangs on them", tasktwin.Store.DeleteWorkspaceByID, e.workspace.ID,
		1, 1, 1, 1, 0, 1, 0, 1, 1, 0, 0, 0, 0)
}

func DeleteWorkspaceWithAStatus(_ TB, f *Fixture) {
	e := f.everything(true)
	f.refusesDelete("workspace", tasktwin.Store.DeleteWorkspaceByID, e.workspace.ID,
		tasktwin.ForeignKeyViolation, "workspace_app_statuses", "workspace_app_statuses_workspace_id_fkey")
}

func DeleteTemplateVersion(_ TB, f *Fixture) {
	f.everything(true)
	f.deletes("its builds and tasks go too", tasktwin.Store.DeleteTemplateVersionByID, f.version.ID, 1, 1, 1, 0, 1, 1, 0, 1, 1, 1, 0, 0, 0)
}

func DeleteTemplate(_ TB, f *Fixture) {
	e := f.everything(false)
	f.refusesRestricted("template of a workspace", tasktwin.Store.DeleteTemplateByID, f.template.ID,
		"workspaces", "workspaces_template_id_fkey")
	f.deletes("workspace", tasktwin.Store.DeleteWorkspaceByID, e.workspace.ID, 1, 1, 1, 1, 0, 1, 0, 1, 1, 0, 0, 0, 0)
	f.deletes("its versions go too", tasktwin.Store.DeleteTemplateByID, f.template.ID, 1, 1, 0, 0, 0, 1, 0, 1, 1, 0, 0, 0, 0)
}

func DeleteUser(t TB, f *Fixture) {
	f.everything(false)
	f.refusesRestricted("user", tasktwin.Store.DeleteUserByID, f.user.ID, "templates", "templates_created_by_fkey")
	other := must[tasktwin.User](t)(f.InsertUser(f.ctx, f.newUser("bob")))
	arg := f.newTask("bobs", uuid.NullUUID{})
	arg.OwnerID = other.ID
	must[tasktwin.Task](t)(f.InsertTask(f.ctx, arg))
	f.deletes("tasks of a user go too", tasktwin.Store.DeleteUserByID, other.ID, 1, 1, 1, 1, 1, 1, 1, 1, 1, 0, 1, 1, 1)
}

func DeleteOrganization(t TB, f *Fixture) {
	e := f.everything(false)
	f.refusesRestricted("organization of a workspace", tasktwin.Store.DeleteOrganizationByID, f.org.ID,
		"workspaces", "workspaces_organization_id_fkey")
	if _, err := f.DeleteWorkspaceByID(f.ctx, e.workspace.ID); err != nil {
		t.Fatal(err)
	}
	f.deletes("all but the user and the agents go", tasktwin.Store.DeleteOrganizationByID, f.org.ID, 0, 1, 0, 0, 0, 0, 0, 1, 1, 0, 0, 0, 0)
}

func DeleteOrganizationOfATemplateWithVersionsElsewhere(t TB, f *Fixture) {
	f.base()
	mine := f.org
	theirs := must[tasktwin.Organization](t)(f.InsertOrganization(f.ctx, f.newOrg("theirs")))
	for _, org := range []tasktwin.Organization{mine, theirs, mine, theirs} {
		arg := f.newVersion(f.next().String())
		arg.OrganizationID = org.ID
		must[tasktwin.TemplateVersion](t)(f.InsertTemplateVersion(f.ctx, arg))
	}
	f.deletes("the template takes all of its versions along", tasktwin.Store.DeleteOrganizationByID, mine.ID,
		1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0)
}
