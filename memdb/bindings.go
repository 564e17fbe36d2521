package memdb

import (
	"context"

	"github.com/google/uuid"

	"github.com/tasktwin/tasktwin"
)

// bind is a row of task_workspace_apps, kept small.
type bind struct {
	task, agent, app uint32
	number           int32
}

func copyBinding(st *state, b *bind) tasktwin.TaskWorkspaceApp {
	row := tasktwin.TaskWorkspaceApp{TaskID: st.tasks.rows.Get(b.task).id, WorkspaceBuildNumber: b.number}
	if b.agent != noSlot {
		row.WorkspaceAgentID = to(st.agents.rows.Get(b.agent).id)
	}
	if b.app != noSlot {
		row.WorkspaceAppID = to(st.apps.rows.Get(b.app).id)
	}
	return row
}

func newBinding(r *tasktwin.TaskWorkspaceApp) fresh[bind] {
	return fresh[bind]{row: &bind{number: r.WorkspaceBuildNumber}, refs: refs{to(r.TaskID), r.WorkspaceAgentID, r.WorkspaceAppID}}
}

func (q queries) UpsertTaskWorkspaceApp(ctx context.Context, arg tasktwin.UpsertTaskWorkspaceAppParams) (tasktwin.TaskWorkspaceApp, error) {
	f := newBinding(&tasktwin.TaskWorkspaceApp{
		TaskID: arg.TaskID, WorkspaceAgentID: arg.WorkspaceAgentID, WorkspaceAppID: arg.WorkspaceAppID, WorkspaceBuildNumber: arg.WorkspaceBuildNumber,
	})
	return write(ctx, q, nil, wholly, func(st *state) (tasktwin.TaskWorkspaceApp, error) {
		slot, old := st.binding(arg.TaskID, arg.WorkspaceBuildNumber)
		if err := upsert(st, &bindingsTable, slot, old, &f); err != nil {
			return tasktwin.TaskWorkspaceApp{}, err
		}
		return copyBinding(st, f.row), nil
	})
}

func (q queries) ListTaskWorkspaceAppsByTaskID(ctx context.Context, taskID uuid.UUID) ([]tasktwin.TaskWorkspaceApp, error) {
	return read(ctx, q, nil, func(st *state) ([]tasktwin.TaskWorkspaceApp, error) {
		return copies(st, &st.bindings, st.bindingsIn(taskID), copyBinding), nil
	})
}

func upsert[R any](st *state, d *tableDef[R], slot uint32, old *R, f *fresh[R]) error {
	if old != nil {
		return d.update(st, slot, old, f.row, &f.refs)
	}
	return d.insert(st, f)
}
