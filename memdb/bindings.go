package memdb

import (
	"context"

	"github.com/google/uuid"

	"github.com/tasktwin/tasktwin"
	"github.com/tasktwin/tasktwin/memdb/internal/cow"
	"github.com/tasktwin/tasktwin/memdb/internal/rel"
)

// bindingRow is a row of task_workspace_apps in compact form.
type bindingRow struct {
	task, agent, app uint32
	number           int32
}

// bindingTable holds the rows of task_workspace_apps, the slots of each task's bindings
// ordered by build number, and the slots of each agent's and each app's bindings.
type bindingTable struct {
	rel.Table[bindingRow]
	ofTask         cow.Vec[cow.Tree[rel.NumberedChild]]
	ofAgent, ofApp cow.Vec[cow.Set]
}

var bindings table[bindingRow]

func defineBindings() {
	d := &bindings
	d.Name = "task_workspace_apps"
	d.Table = func(t *tables) *rel.Table[bindingRow] { return &t.bindings.Table }
	ofTask := func(t *tables) *cow.Vec[cow.Tree[rel.NumberedChild]] { return &t.bindings.ofTask }
	task, number := func(r *bindingRow) *uint32 { return &r.task }, func(r *bindingRow) int32 { return r.number }
	d.Unique = []rel.Unique[tables, bindingRow]{rel.UniqueNumber(string(tasktwin.UniqueTaskWorkspaceAppsPKey), ofTask, task, number)}
	d.Key = func(t *tables, r *bindingRow) string {
		task := t.tasks.Row(r.task)
		if task == nil { // the statement has deleted it
			return ""
		}
		return keyOf("task_id, workspace_build_number", keyText(task.id, r.number))
	}
	d.keys = []key[bindingRow]{
		{"task_id, workspace_build_number", func(_ *Options, f *pendingRow[bindingRow]) string { return keyText(f.refs[0].UUID, f.row.number) }},
	}
	references(d, &tasks, tasktwin.FKTaskWorkspaceAppsTaskIDFKey, "task_id", rel.Cascade, rel.ByNumber(ofTask, number), task)
	references(d, &agents, tasktwin.FKTaskWorkspaceAppsWorkspaceAgentIDFKey, "workspace_agent_id", rel.Cascade,
		unindexed(rel.InSet[tables, bindingRow](func(t *tables) *cow.Vec[cow.Set] { return &t.bindings.ofAgent })),
		func(r *bindingRow) *uint32 { return &r.agent })
	references(d, &apps, tasktwin.FKTaskWorkspaceAppsWorkspaceAppIDFKey, "workspace_app_id", rel.Cascade,
		unindexed(rel.InSet[tables, bindingRow](func(t *tables) *cow.Vec[cow.Set] { return &t.bindings.ofApp })),
		func(r *bindingRow) *uint32 { return &r.app })
	dumped(d, func(d *tasktwin.Dump) *[]tasktwin.TaskWorkspaceApp { return &d.TaskWorkspaceApps }, copyBindings,
		func(_ int, r *tasktwin.TaskWorkspaceApp) (pendingRow[bindingRow], error) { return newBinding(r), nil })
}

// bindingsIn returns a task's bindings. They are empty if the task does not exist.
func bindingsIn(st *state, taskID uuid.UUID) (list cow.Tree[rel.NumberedChild]) {
	if slot, ok := tasks.parentSlot(st, taskID); ok {
		list = st.Tables.bindings.ofTask.Get(slot)
	}
	return list
}

// findBinding returns a task's binding for a build number, or nil.
func findBinding(st *state, taskID uuid.UUID, number int32) (slot uint32, b *bindingRow) {
	slot, ok := rel.SlotOfNumber(bindingsIn(st, taskID), number)
	if ok {
		b = st.Tables.bindings.Row(slot)
	}
	return slot, b
}

// eachBoundTask calls do with the slot of the task of each binding.
func eachBoundTask(st *state, bound cow.Set, do func(task uint32)) {
	for b := range bound.All() {
		do(st.Tables.bindings.Row(b).task)
	}
}

func copyBinding(st *state, b *bindingRow) tasktwin.TaskWorkspaceApp {
	row := tasktwin.TaskWorkspaceApp{TaskID: st.Tables.tasks.Parent(b.task).id, WorkspaceBuildNumber: b.number}
	if b.agent != rel.NoSlot {
		row.WorkspaceAgentID = nullUUID(st.Tables.agents.Parent(b.agent).id)
	}
	if b.app != rel.NoSlot {
		row.WorkspaceAppID = nullUUID(st.Tables.apps.Parent(b.app).id)
	}
	return row
}

// copyBindings returns all rows ordered by task and build number.
func copyBindings(st *state) []tasktwin.TaskWorkspaceApp {
	rows := make([]tasktwin.TaskWorkspaceApp, 0, st.Tables.bindings.Len())
	for _, f := range byKey(&tasks, st.Tables.tasks.Parents()) {
		rows = append(rows, copies(st, &bindings, st.Tables.bindings.ofTask.Get(f.slot), copyBinding)...)
	}
	return rows
}

func newBinding(r *tasktwin.TaskWorkspaceApp) pendingRow[bindingRow] {
	return pendingRow[bindingRow]{
		row:  &bindingRow{number: r.WorkspaceBuildNumber},
		refs: refs{nullUUID(r.TaskID), r.WorkspaceAgentID, r.WorkspaceAppID},
	}
}

// UpsertTaskWorkspaceApp implements [tasktwin.Querier].
func (q queries) UpsertTaskWorkspaceApp(ctx context.Context, arg tasktwin.UpsertTaskWorkspaceAppParams) (tasktwin.TaskWorkspaceApp, error) {
	f := newBinding(&tasktwin.TaskWorkspaceApp{
		TaskID: arg.TaskID, WorkspaceAgentID: arg.WorkspaceAgentID, WorkspaceAppID: arg.WorkspaceAppID,
		WorkspaceBuildNumber: arg.WorkspaceBuildNumber,
	})
	var row tasktwin.TaskWorkspaceApp
	err := writeInto(ctx, q, nil, rel.FailsBeforeWriting, &row, func(st *state) error {
		slot, old := findBinding(st.Newest(), arg.TaskID, arg.WorkspaceBuildNumber)
		if err := bindings.upsert(st, slot, old, &f); err != nil {
			return err
		}
		row = copyBinding(st, f.row)
		return nil
	})
	return row, err
}

// ListTaskWorkspaceAppsByTaskID implements [tasktwin.Querier].
func (q queries) ListTaskWorkspaceAppsByTaskID(ctx context.Context, taskID uuid.UUID) ([]tasktwin.TaskWorkspaceApp, error) {
	return read(ctx, q, nil, func(st *state) ([]tasktwin.TaskWorkspaceApp, error) {
		noteListOf(st, &bindings, fkBindingTask, taskID)
		return copies(st, &bindings, bindingsIn(st, taskID), copyBinding), nil
	})
}
