package cases

import (
	"database/sql"
	"encoding/json"
	"fmt"
	"reflect"

	"github.com/google/uuid"

	"github.com/tasktwin/tasktwin"
)

// The tables of [RowsToLoad]. They are part of the rows' ids.
const (
	loadOrg = iota + 1
	loadUser
	loadTemplate
	loadVersion
	loadWorkspace
	loadJob
	loadBuild
	loadAgent
	loadApp
	loadStatus
	loadTask
)

// loadID is the id of the n-th row of a table.
func loadID(table, n int) uuid.UUID { return id(uint64(1_000_000*table + n)) }

// RowsToLoad returns n rows of each table, in the order of their primary keys. The
// n-th row refers to the n-th rows of other tables.
func RowsToLoad(n int) *tasktwin.Dump {
	d := emptyDump()
	for i := range n {
		name := fmt.Sprintf("n%d", i)
		d.Organizations = append(d.Organizations, tasktwin.Organization{
			ID: loadID(loadOrg, i), Name: name, DisplayName: "The " + name, CreatedAt: at(0), UpdatedAt: at(1),
		})
		d.Users = append(d.Users, tasktwin.User{
			ID: loadID(loadUser, i), Email: name + "@example.com", Username: name, Name: "Ms " + name, AvatarURL: "https://example.com/" + name,
			CreatedAt: at(0), UpdatedAt: at(1),
		})
		d.Templates = append(d.Templates, tasktwin.Template{
			ID: loadID(loadTemplate, i), CreatedAt: at(0), UpdatedAt: at(1), OrganizationID: loadID(loadOrg, i), Name: name,
			ActiveVersionID: absent, CreatedBy: loadID(loadUser, i),
		})
		d.TemplateVersions = append(d.TemplateVersions, tasktwin.TemplateVersion{
			ID: loadID(loadVersion, i), TemplateID: nullUUID(loadID(loadTemplate, i)), OrganizationID: loadID(loadOrg, i),
			CreatedAt: at(0), UpdatedAt: at(1), Name: name, CreatedBy: loadID(loadUser, i),
		})
		d.Workspaces = append(d.Workspaces, tasktwin.Workspace{
			ID: loadID(loadWorkspace, i), CreatedAt: at(0), UpdatedAt: at(1), OwnerID: loadID(loadUser, i), OrganizationID: loadID(loadOrg, i),
			TemplateID: loadID(loadTemplate, i), Name: name, GroupACL: json.RawMessage(`{"a": 1}`), UserACL: json.RawMessage(`{}`),
		})
		d.ProvisionerJobs = append(d.ProvisionerJobs, tasktwin.ProvisionerJob{
			ID: loadID(loadJob, i), CreatedAt: at(0), UpdatedAt: at(1),
			StartedAt: nullTime(at(1)), CanceledAt: nullTime(at(2)), CompletedAt: nullTime(at(3)),
			Error: sql.NullString{String: "", Valid: true}, OrganizationID: loadID(loadOrg, i), InitiatorID: loadID(loadUser, i),
			JobStatus: tasktwin.ProvisionerJobStatusCanceled,
		})
		d.WorkspaceBuilds = append(d.WorkspaceBuilds, tasktwin.WorkspaceBuild{
			ID: loadID(loadBuild, i), CreatedAt: at(0), UpdatedAt: at(1),
			WorkspaceID: loadID(loadWorkspace, i), TemplateVersionID: loadID(loadVersion, i),
			BuildNumber: 1, Transition: tasktwin.WorkspaceTransitionStart, InitiatorID: loadID(loadUser, i), JobID: loadID(loadJob, i),
			Reason: tasktwin.BuildReasonCLI,
		})
		d.WorkspaceAgents = append(d.WorkspaceAgents, tasktwin.WorkspaceAgent{
			ID: loadID(loadAgent, i), CreatedAt: at(0), UpdatedAt: at(1), Name: name, LifecycleState: tasktwin.WorkspaceAgentLifecycleStateReady,
		})
		d.WorkspaceApps = append(d.WorkspaceApps, tasktwin.WorkspaceApp{
			ID: loadID(loadApp, i), CreatedAt: at(0), AgentID: loadID(loadAgent, i), DisplayName: "App", Slug: name,
			Health: tasktwin.WorkspaceAppHealthHealthy,
		})
		d.WorkspaceAppStatuses = append(d.WorkspaceAppStatuses, tasktwin.WorkspaceAppStatus{
			ID: loadID(loadStatus, i), CreatedAt: at(0),
			AgentID: loadID(loadAgent, i), AppID: loadID(loadApp, i), WorkspaceID: loadID(loadWorkspace, i),
			State: tasktwin.WorkspaceAppStatusStateWorking, Message: name, URI: sql.NullString{String: "https://example.com", Valid: true},
		})
		d.Tasks = append(d.Tasks, tasktwin.Task{
			ID: loadID(loadTask, i), OrganizationID: loadID(loadOrg, i), OwnerID: loadID(loadUser, i), Name: name,
			WorkspaceID:       nullUUID(loadID(loadWorkspace, i)),
			TemplateVersionID: loadID(loadVersion, i), TemplateParameters: json.RawMessage(`{"a": [1, 2]}`), Prompt: "do " + name, CreatedAt: at(0),
			DisplayName: "Task " + name,
		})
		d.TaskWorkspaceApps = append(d.TaskWorkspaceApps, tasktwin.TaskWorkspaceApp{
			TaskID: loadID(loadTask, i), WorkspaceBuildNumber: 1,
			WorkspaceAgentID: nullUUID(loadID(loadAgent, i)), WorkspaceAppID: nullUUID(loadID(loadApp, i)),
		})
		d.TaskSnapshots = append(d.TaskSnapshots, tasktwin.TaskSnapshot{
			TaskID: loadID(loadTask, i), LogSnapshot: json.RawMessage(`["é"]`), LogSnapshotCreatedAt: at(0),
		})
	}
	return d
}

// EveryColumn returns rows with a value in each column: those of RowsToLoad, some
// of them deleted.
func EveryColumn() *tasktwin.Dump {
	d := RowsToLoad(4)
	gone := d.Tasks[3]
	gone.ID, gone.DeletedAt, gone.WorkspaceID, gone.Name = absent, nullTime(at(9)), uuid.NullUUID{}, d.Tasks[0].Name
	d.Tasks = append(d.Tasks, gone)
	d.Users[3].Deleted, d.Users[3].Username = true, d.Users[0].Username
	d.Organizations[3].Deleted, d.Templates[3].Deleted, d.Workspaces[3].Deleted = true, true, true
	return d
}

// emptyDump returns the dump of an empty store.
func emptyDump() *tasktwin.Dump {
	var d tasktwin.Dump
	for _, rows := range reflect.ValueOf(&d).Elem().Fields() {
		rows.Set(reflect.MakeSlice(rows.Type(), 0, 0))
	}
	return &d
}
