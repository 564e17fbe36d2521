package scripts

import (
	"encoding/json"

	"github.com/google/uuid"

	"github.com/tasktwin/tasktwin"
	"github.com/tasktwin/tasktwin/conformance/internal/program"
)

// Fixture returns the rows on which scripts run.
func Fixture() *tasktwin.Dump {
	null := func(name string) uuid.NullUUID { return program.Null(id(name)) }
	object := json.RawMessage(`{}`)
	workspace := func(name, owner string) tasktwin.Workspace {
		return tasktwin.Workspace{
			ID: id(name), OwnerID: id(owner), OrganizationID: id("acme"), TemplateID: id("go"), Name: name,
			GroupACL: object, UserACL: object,
		}
	}
	version := func(name, template string) tasktwin.TemplateVersion {
		return tasktwin.TemplateVersion{ID: id(name), TemplateID: null(template), OrganizationID: id("acme"), Name: name, CreatedBy: id("ada")}
	}
	task := func(name, owner string) tasktwin.Task {
		return tasktwin.Task{
			ID: id(name), OrganizationID: id("acme"), OwnerID: id(owner), Name: name,
			TemplateVersionID: id("v1"), TemplateParameters: object,
		}
	}
	rows := &tasktwin.Dump{
		Organizations: []tasktwin.Organization{{ID: id("acme"), Name: "acme"}, {ID: id("apex"), Name: "apex"}},
		Users:         []tasktwin.User{{ID: id("ada"), Username: "ada"}, {ID: id("bob"), Username: "bob"}, {ID: id("cyd"), Username: "cyd"}},
		Templates: []tasktwin.Template{
			{ID: id("go"), OrganizationID: id("acme"), Name: "go", CreatedBy: id("ada"), ActiveVersionID: id("v1")},
			{ID: id("py"), OrganizationID: id("acme"), Name: "py", CreatedBy: id("ada"), ActiveVersionID: id("p1")},
		},
		TemplateVersions: []tasktwin.TemplateVersion{version("v1", "go"), version("v2", "go"), version("p1", "py")},
		Workspaces:       []tasktwin.Workspace{workspace("w1", "ada"), workspace("w2", "bob"), workspace("w3", "ada")},
		ProvisionerJobs:  []tasktwin.ProvisionerJob{{ID: id("j1"), OrganizationID: id("acme")}, {ID: id("j2"), OrganizationID: id("acme")}},
		WorkspaceBuilds: []tasktwin.WorkspaceBuild{{
			ID: id("b1"), WorkspaceID: id("w1"), TemplateVersionID: id("v1"), BuildNumber: 1, Transition: tasktwin.WorkspaceTransitionStart,
			JobID: id("j1"), Reason: tasktwin.BuildReasonInitiator,
		}},
		WorkspaceAgents: []tasktwin.WorkspaceAgent{
			{ID: id("g1"), Name: "g1", LifecycleState: tasktwin.WorkspaceAgentLifecycleStateReady},
			{ID: id("g2"), Name: "g2", LifecycleState: tasktwin.WorkspaceAgentLifecycleStateReady},
		},
		WorkspaceApps: []tasktwin.WorkspaceApp{
			{ID: id("a1"), AgentID: id("g1"), Slug: "a1", Health: tasktwin.WorkspaceAppHealthHealthy},
			{ID: id("a2"), AgentID: id("g1"), Slug: "a2", Health: tasktwin.WorkspaceAppHealthHealthy},
		},
		WorkspaceAppStatuses: []tasktwin.WorkspaceAppStatus{
			{ID: id("s1"), AgentID: id("g1"), AppID: id("a1"), WorkspaceID: id("w1"), State: tasktwin.WorkspaceAppStatusStateWorking},
		},
		Tasks: []tasktwin.Task{task("t1", "ada"), task("t2", "bob"), task("t3", "ada"), task("t4", "ada")},
		TaskWorkspaceApps: []tasktwin.TaskWorkspaceApp{
			{TaskID: id("t3"), WorkspaceAgentID: null("g1"), WorkspaceAppID: null("a2"), WorkspaceBuildNumber: 1},
		},
		TaskSnapshots: []tasktwin.TaskSnapshot{{TaskID: id("t3"), LogSnapshot: object}},
	}
	rows.Tasks[2].WorkspaceID = null("w3")
	rows.Tasks[3].DeletedAt.Time, rows.Tasks[3].DeletedAt.Valid = program.Epoch, true
	return rows
}
