package contention

import (
	"encoding/json"

	"github.com/tasktwin/tasktwin"
	"github.com/tasktwin/tasktwin/conformance/internal/program"
	"github.com/tasktwin/tasktwin/conformance/internal/scripts"
)

// scene is a program of one transaction for each session, with the statements that it
// makes. It leads to outcomes that are rare otherwise.
type scene struct {
	levels     []tasktwin.IsolationLevel
	statements [][]theme
}

var (
	anyLevel     = []tasktwin.IsolationLevel{"", "", tasktwin.RepeatableRead, tasktwin.Serializable}
	serializable = []tasktwin.IsolationLevel{tasktwin.Serializable}
)

var scenes = []scene{
	{serializable, [][]theme{{read("t1"), write("t2")}, {read("t2"), write("t1")}}},
	{serializable, [][]theme{{read("t1"), write("t2")}, {read("t2"), write("t3")}, {read("t3"), write("t1")}}},
	{serializable, [][]theme{{list, insertTask}, {list, updateTask}}},
	{serializable, [][]theme{{readName, insertTask}, {readName, insertTask}, {readTask}}},
	{serializable, [][]theme{{readStatuses, insertStatus}, {readStatuses, insertStatus}}},
	{serializable, [][]theme{{readWorkspaces, insertTask}, {readWorkspaces, moveTask}, {readWorkspaces, updateAgent}}},
	{anyLevel, [][]theme{{deleteChildless, readTask, readTask}, {insertChild}}},
	{anyLevel, [][]theme{{deleteChildless, readTask, readTask}, {insertChild}}},
	{anyLevel, [][]theme{{insertChild, readTask, readTask}, {deleteChildless}}},
	{anyLevel, [][]theme{{insertChild, deleteChildless}, {deleteChildless, insertChild}}},
	{anyLevel, [][]theme{{remove("w2"), readTask, readTask}, {remove("bob")}}},
	{anyLevel, [][]theme{{remove("w2"), readTask, readTask}, {remove("bob")}}},
	{anyLevel, [][]theme{{remove("w3"), readTask, readTask}, {move("t1", "w3")}}},
	{anyLevel, [][]theme{{remove("w2"), readTask, readTask}, {move("t1", "w2")}, {updateParent}}},
	{anyLevel, [][]theme{{write("t1"), write("t2")}, {write("t2"), write("t1")}}},
	{anyLevel, [][]theme{{write("t1"), insertTask}, {insertTask, write("t1")}}},
}

// scene returns a program of a scene.
func (g *generator) scene(s scene) program.Program {
	g.levels = s.levels
	var queues []program.Program
	for i, statements := range s.statements {
		g.session, g.rows = i, 0
		begin := program.Op{Name: program.OpBegin}
		if level := pick(g, g.levels); level != "" {
			begin.Arg = &tasktwin.TxOptions{Isolation: level}
		}
		p := program.Program{begin}
		for _, statement := range statements {
			p = append(p, statement(g))
		}
		if g.IntN(8) == 0 {
			p = append(p, program.Op{Name: program.OpCancel})
		}
		queues = append(queues, of(names[i], append(p, program.Op{Name: g.end(program.OpCommit, 40)})))
	}
	return g.interleaved(queues)
}

func read(task string) theme {
	return func(*generator) program.Op { return program.Op{Name: "GetTaskByID", Arg: scripts.ID(task)} }
}

func write(task string) theme {
	return func(g *generator) program.Op {
		return program.Op{Name: "UpdateTaskPrompt", Arg: tasktwin.UpdateTaskPromptParams{ID: scripts.ID(task), Prompt: g.text()}}
	}
}

func move(task, workspace string) theme {
	return func(*generator) program.Op {
		return program.Op{Name: "UpdateTaskWorkspaceID", Arg: tasktwin.UpdateTaskWorkspaceIDParams{
			ID: scripts.ID(task), WorkspaceID: program.Null(scripts.ID(workspace)),
		}}
	}
}

func remove(row string) theme {
	return func(*generator) program.Op { return program.Op{Name: deletes[row], Arg: scripts.ID(row)} }
}

// deletes are the methods that delete some rows.
var deletes = map[string]string{
	"bob": "DeleteUserByID", "cyd": "DeleteUserByID", "apex": "DeleteOrganizationByID", "py": "DeleteTemplateByID",
	"p1": "DeleteTemplateVersionByID", "w2": "DeleteWorkspaceByID", "w3": "DeleteWorkspaceByID",
	"g2": "DeleteWorkspaceAgentByID", "a2": "DeleteWorkspaceAppByID",
}

// parents are rows to which, in the fixture, none refer that would be in the way of
// their deletion.
var parents = []string{"cyd", "apex", "py", "g2", "a2", "w2", "p1"}

// deleteChildless deletes one of the parents.
func deleteChildless(g *generator) program.Op { return remove(g.favor(parents...))(g) }

// insertChild stores a row that refers to one of the parents.
func insertChild(g *generator) program.Op {
	workspace := tasktwin.InsertWorkspaceParams{
		ID: g.newID(), OwnerID: scripts.ID("ada"), OrganizationID: scripts.ID("acme"), TemplateID: scripts.ID("go"), Name: g.name(),
		GroupACL: json.RawMessage(`{}`), UserACL: json.RawMessage(`{}`),
	}
	status := tasktwin.InsertWorkspaceAppStatusParams{
		ID: workspace.ID, AgentID: scripts.ID("g1"), AppID: scripts.ID("a1"), WorkspaceID: scripts.ID("w1"),
		State: tasktwin.WorkspaceAppStatusStateIdle,
	}
	switch name := g.favor(parents...); name {
	case "cyd":
		workspace.OwnerID = scripts.ID(name)
	case "apex":
		workspace.OrganizationID = scripts.ID(name)
	case "py":
		workspace.TemplateID = scripts.ID(name)
	case "g2":
		status.AgentID = scripts.ID(name)
		return program.Op{Name: "InsertWorkspaceAppStatus", Arg: status}
	case "a2":
		status.AppID = scripts.ID(name)
		return program.Op{Name: "InsertWorkspaceAppStatus", Arg: status}
	case "w2":
		status.WorkspaceID = scripts.ID(name)
		return program.Op{Name: "InsertWorkspaceAppStatus", Arg: status}
	case "p1":
		return program.Op{Name: "InsertTask", Arg: tasktwin.InsertTaskParams{
			ID: workspace.ID, OrganizationID: scripts.ID("acme"), OwnerID: scripts.ID("ada"), Name: workspace.Name,
			TemplateVersionID: scripts.ID(name), TemplateParameters: json.RawMessage(`{}`),
		}}
	}
	return program.Op{Name: "InsertWorkspace", Arg: workspace}
}
