package contention

import (
	"encoding/json"
	"fmt"
	"strconv"
	"time"

	"github.com/google/uuid"

	"github.com/tasktwin/tasktwin"
	"github.com/tasktwin/tasktwin/conformance/internal/program"
	"github.com/tasktwin/tasktwin/conformance/internal/scripts"
)

// theme draws an operation.
type theme func(g *generator) program.Op

// themes are what programs are about. A program has one, so that its sessions meet.
var themes = []theme{
	choose(3, updateTask, 1, updateAgent, 1, deleteTask, 1, readTask),
	choose(3, insertTask, 1, insertUser, 1, deleteTask, 1, updateTask, 1, readName),
	choose(2, insertWorkspace, 2, insertTask, 2, deleteParent, 1, updateParent, 1, moveTask),
	choose(2, insertAppRow, 2, deleteAgentRow, 1, updateAgent, 1, bind),
	choose(3, snapshot, 2, bind, 2, deleteTask, 1, updateTask, 1, deleteParent, 1, readSnapshot),
	choose(2, readTask, 2, list, 2, updateTask, 1, insertTask, 1, deleteTask, 1, readName),
	choose(2, moveTask, 1, updateTask, 1, deleteTask, 1, deleteParent, 1, updateParent, 1, insertWorkspace),
	choose(3, insertStatus, 3, readStatuses, 1, insertAppRow, 1, deleteAgentRow, 1, deleteParent),
	choose(3, readWorkspaces, 2, moveTask, 1, insertTask, 1, deleteTask, 1, updateTask, 1, updateAgent, 1, bind, 1, updateParent, 1, build,
		1, deleteParent),
	choose(2, build, 1, insertJob, 1, deleteParent, 1, updateJob, 1, readBuilds),
	choose(1, updateTask, 1, insertTask, 1, insertWorkspace, 1, deleteParent, 1, snapshot, 1, bind, 1, list, 1, moveTask,
		1, updateParent, 1, deleteTask, 1, insertUser, 1, build),
}

// choose returns a theme of weights and what they are of.
func choose(parts ...any) theme {
	var all []func(*generator) program.Op
	for i := 0; i < len(parts); i += 2 {
		for range parts[i].(int) {
			all = append(all, parts[i+1].(func(*generator) program.Op))
		}
	}
	return func(g *generator) program.Op { return pick(g, all)(g) }
}

// row returns the id of one of several rows.
func (g *generator) row(names ...string) uuid.UUID { return scripts.ID(g.favor(names...)) }

// list returns the ids of one or two of several rows, or of none.
func (g *generator) list(names ...string) []uuid.UUID {
	ids := []uuid.UUID{}
	for range g.weighted(1, 8, 4) {
		ids = append(ids, g.row(names...))
	}
	return ids
}

func (g *generator) nullRow(names ...string) uuid.NullUUID {
	if g.IntN(6) == 0 {
		return uuid.NullUUID{}
	}
	return program.Null(g.row(names...))
}

// rarely returns the first of two rows, or rarely the second.
func (g *generator) rarely(usual, rare uuid.UUID) uuid.UUID {
	if g.IntN(12) == 0 {
		return rare
	}
	return usual
}

// newID returns an id for a new row: mostly one of the session's own.
func (g *generator) newID() uuid.UUID {
	if g.rows < 2 && g.IntN(3) > 0 {
		g.rows++
		return scripts.ID(fmt.Sprintf("n%d", 2*g.session+g.rows))
	}
	return g.row("n1", "n2", "n3")
}

// name returns a name for a new row: often one that another session uses, too.
func (g *generator) name() string {
	if g.IntN(3) == 0 {
		return fmt.Sprintf("%d-%d", g.session, g.IntN(10))
	}
	return g.favor("x", "X", "y", "t1")
}

func (g *generator) object() json.RawMessage {
	return json.RawMessage(fmt.Sprintf(`{"n": %d}`, g.IntN(100)))
}

func (g *generator) text() string { return strconv.Itoa(g.IntN(100)) }

var deletedAt = program.Epoch.Add(time.Hour)

func (g *generator) task() uuid.UUID { return g.rarely(g.row("t1", "t2", "t3"), g.row("n1", "t4")) }

func updateTask(g *generator) program.Op {
	return program.Op{Name: "UpdateTaskPrompt", Arg: tasktwin.UpdateTaskPromptParams{ID: g.task(), Prompt: g.text()}}
}

func deleteTask(g *generator) program.Op {
	return program.Op{Name: "DeleteTask", Arg: tasktwin.DeleteTaskParams{ID: g.task(), DeletedAt: deletedAt}}
}

func readTask(g *generator) program.Op { return program.Op{Name: "GetTaskByID", Arg: g.task()} }

func readName(g *generator) program.Op {
	return program.Op{Name: "GetTaskByOwnerIDAndName", Arg: tasktwin.GetTaskByOwnerIDAndNameParams{OwnerID: scripts.ID("ada"), Name: g.name()}}
}

func readSnapshot(g *generator) program.Op { return program.Op{Name: "GetTaskSnapshot", Arg: g.task()} }

func list(g *generator) program.Op {
	switch g.IntN(4) {
	case 0:
		return program.Op{Name: "ListTaskWorkspaceAppsByTaskID", Arg: g.task()}
	case 1:
		return program.Op{Name: "ListTasks", Arg: tasktwin.ListTasksParams{OwnerID: g.row("bob", "cyd")}}
	}
	return program.Op{Name: "ListTasks", Arg: tasktwin.ListTasksParams{OwnerID: scripts.ID("ada")}}
}

func insertTask(g *generator) program.Op {
	return program.Op{Name: "InsertTask", Arg: tasktwin.InsertTaskParams{
		ID: g.rarely(g.newID(), g.task()), OrganizationID: g.row("acme", "acme", "apex"), OwnerID: g.row("ada", "ada", "cyd"), Name: g.name(),
		WorkspaceID: g.nullRow("w2", "w3"), TemplateVersionID: g.row("v1", "v2", "p1"), TemplateParameters: json.RawMessage(`{}`),
	}}
}

func insertUser(g *generator) program.Op {
	return program.Op{Name: "InsertUser", Arg: tasktwin.InsertUserParams{
		ID: g.rarely(g.newID(), scripts.ID("cyd")), Username: g.name(), Email: pick(g, []string{"", "x", "y"}),
	}}
}

func insertWorkspace(g *generator) program.Op {
	return program.Op{Name: "InsertWorkspace", Arg: tasktwin.InsertWorkspaceParams{
		ID: g.rarely(g.newID(), scripts.ID("w2")), OwnerID: g.row("ada", "cyd", "cyd"), OrganizationID: g.row("acme", "apex"),
		TemplateID: g.row("go", "py"), Name: g.name(), GroupACL: json.RawMessage(`{}`), UserACL: json.RawMessage(`{}`),
	}}
}

func insertJob(g *generator) program.Op {
	return program.Op{Name: "InsertProvisionerJob", Arg: tasktwin.InsertProvisionerJobParams{
		ID: g.newID(), OrganizationID: g.row("acme", "apex"),
	}}
}

func updateJob(g *generator) program.Op {
	return program.Op{Name: "UpdateProvisionerJobByID", Arg: tasktwin.UpdateProvisionerJobByIDParams{
		ID: g.rarely(g.row("j1", "j2"), scripts.ID("n1")), UpdatedAt: deletedAt,
	}}
}

func build(g *generator) program.Op {
	return program.Op{Name: "InsertWorkspaceBuild", Arg: tasktwin.InsertWorkspaceBuildParams{
		ID: g.newID(), WorkspaceID: g.row("w2", "w3"), TemplateVersionID: g.row("v1", "v2"), BuildNumber: int32(1 + g.IntN(3)),
		Transition: tasktwin.WorkspaceTransitionStart, JobID: g.rarely(g.row("j2", "j2", "n1"), scripts.ID("j1")),
		Reason: tasktwin.BuildReasonInitiator,
	}}
}

func readBuilds(g *generator) program.Op {
	if g.IntN(2) == 0 {
		return program.Op{Name: "GetLatestWorkspaceBuildByWorkspaceID", Arg: g.row("w2", "w3")}
	}
	return program.Op{Name: "ListWorkspaceBuildsByWorkspaceID", Arg: g.row("w2", "w3")}
}

func updateAgent(g *generator) program.Op {
	if g.IntN(2) == 0 {
		return program.Op{Name: "UpdateWorkspaceAppHealthByID", Arg: tasktwin.UpdateWorkspaceAppHealthByIDParams{
			ID: g.row("a1", "a2"), Health: pick(g, tasktwin.AllWorkspaceAppHealthValues()),
		}}
	}
	return program.Op{Name: "UpdateWorkspaceAgentLifecycleStateByID", Arg: tasktwin.UpdateWorkspaceAgentLifecycleStateByIDParams{
		ID: g.row("g1", "g2"), LifecycleState: pick(g, tasktwin.AllWorkspaceAgentLifecycleStateValues()),
	}}
}

func insertAppRow(g *generator) program.Op {
	switch g.IntN(3) {
	case 0:
		return program.Op{Name: "InsertWorkspaceAgent", Arg: tasktwin.InsertWorkspaceAgentParams{
			ID: g.rarely(g.newID(), scripts.ID("g2")), LifecycleState: tasktwin.WorkspaceAgentLifecycleStateReady,
		}}
	case 1:
		return program.Op{Name: "InsertWorkspaceApp", Arg: tasktwin.InsertWorkspaceAppParams{
			ID: g.rarely(g.newID(), scripts.ID("a2")), AgentID: g.rarely(g.row("g1", "g2"), scripts.ID("n1")), Slug: g.name(),
			Health: tasktwin.WorkspaceAppHealthHealthy,
		}}
	}
	return insertStatus(g)
}

func insertStatus(g *generator) program.Op {
	return program.Op{Name: "InsertWorkspaceAppStatus", Arg: tasktwin.InsertWorkspaceAppStatusParams{
		ID: g.newID(), AgentID: g.row("g1", "g2"), AppID: g.row("a1", "a2"), WorkspaceID: g.row("w1", "w2"),
		CreatedAt: pick(g, []time.Time{{}, {}, deletedAt}), State: tasktwin.WorkspaceAppStatusStateIdle,
	}}
}

func readStatuses(g *generator) program.Op {
	switch g.IntN(4) {
	case 0:
		return program.Op{Name: "GetLatestWorkspaceAppStatusByAppID", Arg: g.row("a1", "a2")}
	case 1:
		return program.Op{Name: "GetWorkspaceAppStatusesByAppIDs", Arg: g.list("a1", "a2", "n1")}
	case 2:
		return program.Op{Name: "ListWorkspaceAppStatusesByAppID", Arg: g.row("a1", "a2")}
	}
	return program.Op{Name: "GetLatestWorkspaceAppStatusesByWorkspaceIDs", Arg: g.list("w1", "w2", "w3", "n1")}
}

func readWorkspaces(g *generator) program.Op {
	return program.Op{Name: "GetTasksByWorkspaceIDs", Arg: g.list("w2", "w3", "w1", "n1")}
}

func deleteAgentRow(g *generator) program.Op {
	if g.IntN(2) == 0 {
		return program.Op{Name: "DeleteWorkspaceAppByID", Arg: g.rarely(g.row("a2"), g.row("a1", "n1"))}
	}
	return program.Op{Name: "DeleteWorkspaceAgentByID", Arg: g.rarely(g.row("g2"), g.row("g1", "n1"))}
}

func bind(g *generator) program.Op {
	return program.Op{Name: "UpsertTaskWorkspaceApp", Arg: tasktwin.UpsertTaskWorkspaceAppParams{
		TaskID: g.row("t1", "t3", "t3"), WorkspaceBuildNumber: int32(1 + g.IntN(2)),
		WorkspaceAgentID: g.nullRow("g1", "g2"), WorkspaceAppID: g.nullRow("a1", "a2"),
	}}
}

func snapshot(g *generator) program.Op {
	return program.Op{Name: "UpsertTaskSnapshot", Arg: tasktwin.UpsertTaskSnapshotParams{TaskID: g.row("t1", "t3"), LogSnapshot: g.object()}}
}

func moveTask(g *generator) program.Op {
	return program.Op{Name: "UpdateTaskWorkspaceID", Arg: tasktwin.UpdateTaskWorkspaceIDParams{
		ID: g.row("t1", "t2"), WorkspaceID: program.Null(g.row("w2", "w3")),
	}}
}

func updateParent(g *generator) program.Op {
	return program.Op{Name: "UpdateWorkspaceACLByID", Arg: tasktwin.UpdateWorkspaceACLByIDParams{
		ID: g.row("w2", "w3"), GroupACL: json.RawMessage(`{}`), UserACL: g.object(),
	}}
}

func deleteParent(g *generator) program.Op {
	switch g.IntN(7) {
	case 0:
		return program.Op{Name: "DeleteUserByID", Arg: g.rarely(scripts.ID("cyd"), g.row("bob", "n1"))}
	case 1:
		return program.Op{Name: "DeleteOrganizationByID", Arg: g.rarely(scripts.ID("apex"), scripts.ID("acme"))}
	case 2:
		return program.Op{Name: "DeleteTemplateVersionByID", Arg: g.rarely(g.row("v2", "p1"), scripts.ID("v1"))}
	case 3:
		return program.Op{Name: "DeleteTemplateByID", Arg: g.rarely(scripts.ID("py"), scripts.ID("go"))}
	case 4:
		return program.Op{Name: "DeleteProvisionerJobByID", Arg: g.row("j1", "j2")}
	}
	return program.Op{Name: "DeleteWorkspaceByID", Arg: g.rarely(g.row("w2", "w3"), g.row("w1", "n1"))}
}
