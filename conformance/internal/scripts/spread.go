package scripts

import (
	"encoding/binary"
	"encoding/json"
	"fmt"
	"slices"

	"github.com/google/uuid"

	"github.com/tasktwin/tasktwin"
	"github.com/tasktwin/tasktwin/conformance/internal/program"
)

// between is how many rows fill the room between two rows of the fixture: more than
// fit on two pages of an index.
const between = 600

// Filler returns rows between those of the fixture. With them each row of the fixture
// is on a page of its own in each index. PostgreSQL remembers what serializable
// transactions read by pages of indexes, so that without them it takes reads and
// writes of different rows for conflicts.
func Filler() *tasktwin.Dump {
	object := json.RawMessage(`{}`)
	rows := &tasktwin.Dump{}
	for i, u := range filling("acme", "apex") {
		rows.Organizations = append(rows.Organizations, tasktwin.Organization{ID: u, Name: fill(i)})
	}
	org := rows.Organizations[0].ID
	for i, u := range filling("ada", "bob", "cyd") {
		rows.Users = append(rows.Users, tasktwin.User{ID: u, Username: fill(i)})
	}
	user := rows.Users[0].ID
	for i, u := range filling("go", "py") {
		rows.Templates = append(rows.Templates, tasktwin.Template{ID: u, OrganizationID: org, Name: fill(i), CreatedBy: user})
	}
	template := rows.Templates[0].ID
	for i, u := range filling("v1", "v2", "p1") {
		rows.TemplateVersions = append(rows.TemplateVersions, tasktwin.TemplateVersion{
			ID: u, TemplateID: program.Null(template), OrganizationID: org, Name: fill(i), CreatedBy: user,
		})
	}
	version := rows.TemplateVersions[0].ID
	for i, u := range filling("w1", "w2", "w3") {
		rows.Workspaces = append(rows.Workspaces, tasktwin.Workspace{
			ID: u, OwnerID: rows.Users[i%len(rows.Users)].ID, OrganizationID: org, TemplateID: template, Name: fill(i),
			GroupACL: object, UserACL: object,
		})
	}
	for _, u := range filling("j1", "j2") {
		rows.ProvisionerJobs = append(rows.ProvisionerJobs, tasktwin.ProvisionerJob{ID: u, OrganizationID: org})
	}
	for i, u := range filling("b1") {
		rows.WorkspaceBuilds = append(rows.WorkspaceBuilds, tasktwin.WorkspaceBuild{
			ID: u, WorkspaceID: rows.Workspaces[i].ID, TemplateVersionID: version, BuildNumber: 1, Transition: tasktwin.WorkspaceTransitionStart,
			JobID: rows.ProvisionerJobs[i].ID, Reason: tasktwin.BuildReasonInitiator, CreatedAt: program.Epoch,
		})
	}
	for i, u := range filling("g1", "g2") {
		rows.WorkspaceAgents = append(rows.WorkspaceAgents, tasktwin.WorkspaceAgent{
			ID: u, Name: fill(i), LifecycleState: tasktwin.WorkspaceAgentLifecycleStateReady,
		})
	}
	for i, u := range filling("a1", "a2") {
		rows.WorkspaceApps = append(rows.WorkspaceApps, tasktwin.WorkspaceApp{
			ID: u, AgentID: rows.WorkspaceAgents[i].ID, Slug: "a", Health: tasktwin.WorkspaceAppHealthHealthy,
		})
	}
	for i, u := range filling("s1", "n1", "n2", "n3", "n4", "n5", "n6", "n7", "n8") {
		app := rows.WorkspaceApps[i%len(rows.WorkspaceApps)]
		rows.WorkspaceAppStatuses = append(rows.WorkspaceAppStatuses, tasktwin.WorkspaceAppStatus{
			ID: u, AgentID: app.AgentID, AppID: app.ID, WorkspaceID: rows.Workspaces[i%len(rows.Workspaces)].ID,
			State: tasktwin.WorkspaceAppStatusStateIdle,
		})
	}
	for i, u := range filling("t1", "t2", "t3", "t4", "n1", "n2", "n3", "n4", "n5", "n6", "n7", "n8") {
		task := tasktwin.Task{
			ID: u, OrganizationID: org, OwnerID: rows.Users[i%len(rows.Users)].ID, Name: fill(i),
			TemplateVersionID: version, TemplateParameters: object,
		}
		// With few tasks without a workspace, UpdateTaskWorkspaceID would look for those.
		if i%4 != 0 {
			task.WorkspaceID = program.Null(rows.Workspaces[i%len(rows.Workspaces)].ID)
		}
		rows.Tasks = append(rows.Tasks, task)
		rows.TaskSnapshots = append(rows.TaskSnapshots, tasktwin.TaskSnapshot{TaskID: u, LogSnapshot: object})
		rows.TaskWorkspaceApps = append(rows.TaskWorkspaceApps, tasktwin.TaskWorkspaceApp{TaskID: u, WorkspaceBuildNumber: 1})
	}
	return rows
}

func fill(i int) string { return fmt.Sprintf("filler %d", i) }

// filling returns ids before, between and after those of names, in order.
func filling(names ...string) []uuid.UUID {
	var out []uuid.UUID
	for _, name := range names {
		n := binary.BigEndian.Uint64(uuidBytes(name)[8:])
		for i := range uint64(between) {
			out = append(out, program.ID(n-between+i))
		}
		for i := range uint64(between) {
			out = append(out, program.ID(n+1+i))
		}
	}
	return slices.Compact(out)
}

func uuidBytes(name string) []byte {
	u := id(name)
	return u[:]
}
