package contention

import (
	"math/rand/v2"
	"time"

	"github.com/google/uuid"

	"github.com/tasktwin/tasktwin"
	"github.com/tasktwin/tasktwin/conformance/internal/program"
	"github.com/tasktwin/tasktwin/conformance/internal/scripts"
)

// listThemes are about the rows that queries of lists of ids return.
var listThemes = []theme{
	choose(4, insertAnyStatus, 5, readStatuses),
	choose(4, insertAnyStatus, 4, readStatuses, 1, insertAppRow, 1, deleteAgentRow, 1, deleteParent, 1, insertWorkspace),
	choose(3, readWorkspaces, 2, insertTask, 2, deleteTask, 2, insertWorkspace, 2, deleteParent),
	choose(4, readWorkspaces, 2, moveTask, 2, insertTask, 2, deleteTask, 1, updateTask, 1, bind, 1, updateParent, 1, build, 1, deleteParent,
		1, updateAgent, 1, insertWorkspace),
}

// GenerateLists returns a program from a seed: sessions that write and read statuses or tasks,
// of new apps and workspaces, too, and then one that asks for all lists of them. What memdb
// keeps beside the rows is in these lists, after all that sessions have merged.
func GenerateLists(seed uint64) program.Program {
	g := &generator{Rand: rand.New(rand.NewPCG(seed, 0x6c69737473)), favorites: map[string]string{}}
	g.theme, g.levels = pick(g, listThemes), pick(g, levels)
	return append(g.overlapping(), of("Z", g.allLists())...)
}

// insertAnyStatus inserts a status, of a few instants, whose parents may be new or missing.
func insertAnyStatus(g *generator) program.Op {
	return program.Op{Name: "InsertWorkspaceAppStatus", Arg: tasktwin.InsertWorkspaceAppStatusParams{
		ID: g.row("n1", "n2", "n3", "n4", "n5", "n6"), AgentID: g.row("g1", "g2", "n1"), AppID: g.row("a1", "a1", "a2", "n1"),
		WorkspaceID: g.row("w1", "w2", "w3", "n1"), CreatedAt: pick(g, []time.Time{{}, deletedAt, deletedAt.Add(time.Hour)}),
		State: tasktwin.WorkspaceAppStatusStateIdle,
	}}
}

// allLists asks for the lists of all apps and workspaces that there may be.
func (g *generator) allLists() (p program.Program) {
	ids := func(names ...string) (ids []uuid.UUID) {
		for _, i := range g.Perm(len(names)) {
			ids = append(ids, scripts.ID(names[i]))
		}
		return ids
	}
	apps, workspaces := ids("a1", "a2", "n1", "n2", "n3"), ids("w1", "w2", "w3", "n1", "n2", "n3")
	for _, app := range apps {
		p = append(p, program.Op{Name: "GetLatestWorkspaceAppStatusByAppID", Arg: app})
	}
	return append(p,
		program.Op{Name: "GetWorkspaceAppStatusesByAppIDs", Arg: apps},
		program.Op{Name: "GetLatestWorkspaceAppStatusesByWorkspaceIDs", Arg: workspaces},
		program.Op{Name: "GetTasksByWorkspaceIDs", Arg: workspaces},
	)
}
