package contention

import (
	"math/rand/v2"

	"github.com/google/uuid"

	"github.com/tasktwin/tasktwin"
	"github.com/tasktwin/tasktwin/conformance/internal/program"
	"github.com/tasktwin/tasktwin/conformance/internal/scripts"
)

// GenerateOrphans returns a program about rows whose parents are gone. A transaction with a
// snapshot deletes rows after others have deleted rows that referred to them, or have given
// those another parent. In the snapshot these rows stay, with a parent that is not there. The
// transaction then reads all that it can.
func GenerateOrphans(seed uint64) program.Program {
	g := &generator{Rand: rand.New(rand.NewPCG(seed, 0x6f727068616e73)), favorites: map[string]string{}}
	p := of("C", g.several(2, 5, childOfAny))
	p = append(p, of("B", program.Program{
		{Name: program.OpBegin, Arg: &tasktwin.TxOptions{Isolation: tasktwin.RepeatableRead}},
		{Name: "GetTaskByID", Arg: scripts.ID("t1")},
	})...)
	p = append(p, of("A", g.several(1, 3, removeAny))...)
	own := g.several(1, 2, deleteAny)
	own = append(own, everything()...)
	own = append(own, g.several(1, 2, writeAny)...)
	own = append(own, everything()...)
	own = append(own, program.Op{Name: g.end(program.OpCommit, 10)})
	return append(p, of("B", own)...)
}

// several returns from low to high operations.
func (g *generator) several(low, high int, draw theme) (p program.Program) {
	for range low + g.IntN(high-low+1) {
		p = append(p, draw(g))
	}
	return p
}

// childOfAny inserts a row that refers to others.
var childOfAny = choose(2, build, 2, bind, 1, snapshot, 1, insertJob, 1, moveTask, 2, insertTask, 1, insertWorkspace,
	1, func(g *generator) program.Op {
		return program.Op{Name: "InsertWorkspaceApp", Arg: tasktwin.InsertWorkspaceAppParams{
			ID: g.newID(), AgentID: g.row("g1", "g2"), Slug: g.name(), Health: tasktwin.WorkspaceAppHealthHealthy,
		}}
	},
	1, func(g *generator) program.Op {
		return program.Op{Name: "InsertTemplateVersion", Arg: tasktwin.InsertTemplateVersionParams{
			ID: g.newID(), TemplateID: program.Null(g.row("go", "py")), OrganizationID: g.row("acme", "apex"),
			Name: g.name(), CreatedBy: g.row("ada", "bob", "cyd"),
		}}
	})

// deleteAny deletes a row with all that refers to it.
func deleteAny(g *generator) program.Op {
	if g.IntN(3) == 0 {
		return deleteAgentRow(g)
	}
	return deleteParent(g)
}

// removeAny deletes a row, or gives it another parent.
var removeAny = choose(5, deleteAny, 2, bind, 1, deleteTask, 1, moveTask)

// writeAny writes a row that may refer to one that is gone, or be gone itself. No row is stored
// under a key that others have given up: of two rows with it PostgreSQL returns either.
var writeAny = choose(1, insertAnotherTask, 1, updateAgent, 1, updateTask, 1, updateParent, 1, updateJob, 1, moveTask,
	1, deleteAny, 1, insertAnotherWorkspace, 1, deleteTask)

// insertAnotherTask inserts a task with an id and a name that no row has had.
func insertAnotherTask(g *generator) program.Op {
	op := insertTask(g)
	arg := op.Arg.(tasktwin.InsertTaskParams)
	arg.ID, arg.Name = scripts.ID("n7"), "another"
	op.Arg = arg
	return op
}

// insertAnotherWorkspace inserts a workspace with an id and a name that no row has had.
func insertAnotherWorkspace(g *generator) program.Op {
	op := insertWorkspace(g)
	arg := op.Arg.(tasktwin.InsertWorkspaceParams)
	arg.ID, arg.Name = scripts.ID("n8"), "another"
	op.Arg = arg
	return op
}

// everything reads all rows of the fixture, and some new ones.
func everything() (p program.Program) {
	call := func(method string, args ...any) {
		for _, arg := range args {
			p = append(p, program.Op{Name: method, Arg: arg})
		}
	}
	each := func(method string, ids []uuid.UUID) {
		for _, id := range ids {
			call(method, id)
		}
	}
	ids := func(names ...string) (out []uuid.UUID) {
		for _, name := range names {
			out = append(out, scripts.ID(name))
		}
		return out
	}
	tasks, workspaces := ids("t1", "t2", "t3", "n1", "n2"), ids("w1", "w2", "w3", "n1", "n2")
	each("GetTaskByID", tasks)
	each("GetTaskSnapshot", tasks)
	each("ListTaskWorkspaceAppsByTaskID", tasks)
	each("GetWorkspaceByID", workspaces)
	each("GetLatestWorkspaceBuildByWorkspaceID", workspaces)
	each("ListWorkspaceBuildsByWorkspaceID", workspaces)
	for _, name := range []string{"w2", "w3", "n1", "n2"} {
		call("GetTaskByWorkspaceID", program.Null(scripts.ID(name)))
	}
	call("GetTasksByWorkspaceIDs", workspaces)
	each("GetProvisionerJobByID", ids("j1", "j2", "n1", "n2"))
	each("GetWorkspaceAgentByID", ids("g1", "g2"))
	each("GetWorkspaceAppByID", ids("a1", "a2", "n1", "n2"))
	each("ListWorkspaceAppStatusesByAppID", ids("a1", "a2"))
	each("GetLatestWorkspaceAppStatusByAppID", ids("a1", "a2"))
	call("GetWorkspaceAppStatusesByAppIDs", ids("a1", "a2", "n1", "n2"))
	call("GetLatestWorkspaceAppStatusesByWorkspaceIDs", workspaces)
	for _, owner := range []string{"ada", "bob", "cyd"} {
		call("ListTasks", tasktwin.ListTasksParams{OwnerID: scripts.ID(owner)})
		call("GetTaskByOwnerIDAndName", tasktwin.GetTaskByOwnerIDAndNameParams{OwnerID: scripts.ID(owner), Name: "x"})
	}
	for _, organization := range []string{"acme", "apex"} {
		call("ListTasks", tasktwin.ListTasksParams{OrganizationID: scripts.ID(organization)})
	}
	call("ListTasks", tasktwin.ListTasksParams{}, tasktwin.ListTasksParams{Status: tasktwin.TaskStatusPending})
	call("GetTelemetryTaskEvents", tasktwin.GetTelemetryTaskEventsParams{
		CreatedAfter: program.Epoch.AddDate(-1, 0, 0), Now: program.Epoch.AddDate(1, 0, 0),
	})
	return p
}
