package memdb

import (
	"context"
	"database/sql"

	"github.com/google/uuid"

	"github.com/tasktwin/tasktwin"
)

func copyTask(_ *state, r *taskRow) tasktwin.Task {
	return tasktwin.Task{
		ID: r.id, OrganizationID: r.organizationID, OwnerID: r.ownerID, Name: r.name, WorkspaceID: r.workspace(),
		TemplateVersionID: r.versionID, TemplateParameters: cloneJSON(r.parameters), Prompt: r.prompt,
		CreatedAt: r.createdAt.time(), DeletedAt: r.deletedAt.null(), DisplayName: r.displayName,
	}
}

func newTask(t *tasktwin.Task) fresh[taskRow] {
	r := &taskRow{
		id: t.ID, organizationID: t.OrganizationID, ownerID: t.OwnerID, versionID: t.TemplateVersionID, workspaceID: t.WorkspaceID.UUID,
		name: t.Name, prompt: t.Prompt, displayName: t.DisplayName, parameters: t.TemplateParameters,
		createdAt: at(t.CreatedAt), deletedAt: atNull(t.DeletedAt),
	}
	return fresh[taskRow]{row: r, refs: refs{to(t.OrganizationID), to(t.OwnerID), to(t.TemplateVersionID), t.WorkspaceID}}
}

func parseTask(arg *tasktwin.InsertTaskParams) (fresh[taskRow], error) {
	t := tasktwin.Task{
		ID: arg.ID, OrganizationID: arg.OrganizationID, OwnerID: arg.OwnerID, Name: arg.Name, WorkspaceID: arg.WorkspaceID,
		TemplateVersionID: arg.TemplateVersionID, TemplateParameters: arg.TemplateParameters, Prompt: arg.Prompt,
		CreatedAt: arg.CreatedAt, DisplayName: arg.DisplayName,
	}
	err := firstError(text(t.Name), text(t.DisplayName), jsonb(&t.TemplateParameters), text(t.Prompt),
		timestamp(&t.CreatedAt), varchar(&t.DisplayName, 127))
	return newTask(&t), err
}

func (q queries) InsertTask(ctx context.Context, arg tasktwin.InsertTaskParams) (tasktwin.Task, error) {
	r, err := parseTask(&arg)
	return insertRow(ctx, q, &tasksTable, r, err, copyTask)
}

// updateTask changes a copy of the task that find returns, and returns a copy of
// that.
func updateTask(ctx context.Context, q queries, parsed error, find func(*state) (uint32, *taskRow), change func(*taskRow)) (tasktwin.Task, error) {
	return write(ctx, q, parsed, wholly, func(st *state) (tasktwin.Task, error) {
		slot, old := find(st)
		if old == nil {
			return tasktwin.Task{}, sql.ErrNoRows
		}
		r := *old
		change(&r)
		if err := tasksTable.update(st, slot, old, &r, nil); err != nil {
			return tasktwin.Task{}, err
		}
		return copyTask(st, &r), nil
	})
}

func (q queries) UpdateTaskWorkspaceID(ctx context.Context, arg tasktwin.UpdateTaskWorkspaceIDParams) (tasktwin.Task, error) {
	var workspace uint32
	return updateTask(ctx, q, nil, func(st *state) (uint32, *taskRow) {
		slot, r := tasksTable.find(st, arg.ID)
		if r == nil || r.workspaceSlot != noSlot || !arg.WorkspaceID.Valid {
			return 0, nil
		}
		at, w := workspacesTable.find(st, arg.WorkspaceID.UUID)
		if w == nil || st.templateVersions.rows.Get(r.versionSlot).template != w.template {
			return 0, nil
		}
		workspace = at
		return slot, r
	}, func(r *taskRow) { r.workspaceID, r.workspaceSlot = arg.WorkspaceID.UUID, workspace })
}

func (q queries) GetTaskByID(ctx context.Context, id uuid.UUID) (row tasktwin.TaskWithStatus, err error) {
	err = q.readInto(ctx, nil, func(st *state) error {
		_, r := st.liveTask(id)
		return r.view(&row)
	})
	return row, err
}

func (q queries) GetTaskByWorkspaceID(ctx context.Context, workspaceID uuid.NullUUID) (row tasktwin.TaskWithStatus, err error) {
	err = q.readInto(ctx, nil, func(st *state) error { return st.firstOfWorkspace(workspaceID).view(&row) })
	return row, err
}

// firstOfWorkspace returns a workspace's first live task in the order of
// ListTasks, or nil.
func (st *state) firstOfWorkspace(id uuid.NullUUID) (first *taskRow) {
	if !id.Valid {
		return nil
	}
	workspace, w := workspacesTable.find(st, id.UUID)
	if w == nil {
		return nil
	}
	for slot := range st.tasksOf(workspace) {
		r := st.tasks.rows.Get(slot)
		if r.live() && (first == nil || r.listed(slot).compare(first.listed(0)) < 0) {
			first = r
		}
	}
	return first
}

func (q queries) GetTaskByOwnerIDAndName(ctx context.Context, arg tasktwin.GetTaskByOwnerIDAndNameParams) (row tasktwin.TaskWithStatus, err error) {
	err = q.readInto(ctx, text(arg.Name), func(st *state) error { return st.taskOfName(arg.OwnerID, arg.Name).view(&row) })
	return row, err
}

// taskOfName returns an owner's live task whose name is equal under lower(), or nil.
func (st *state) taskOfName(owner uuid.UUID, name string) (found *taskRow) {
	name = lower(&st.opts, name)
	st.tasks.unique[tasksByName].Find(tagOfName(owner, name), func(slot uint32) bool {
		r := st.tasks.rows.Get(slot)
		if r.ownerID == owner && lower(&st.opts, r.name) == name {
			found = r
		}
		return found != nil
	})
	return found
}

// view makes the row of a task that was found.
func (r *taskRow) view(row *tasktwin.TaskWithStatus) error {
	if r == nil {
		return sql.ErrNoRows
	}
	var a arena
	a.grow(r.jsonSize(), 0)
	r.fill(row, &a)
	return nil
}

func (q queries) DeleteTask(ctx context.Context, arg tasktwin.DeleteTaskParams) (uuid.UUID, error) {
	return write(ctx, q, timestamp(&arg.DeletedAt), wholly, func(st *state) (uuid.UUID, error) {
		if slot, s := snapshotsTable.find(st, arg.ID); s != nil {
			if err := st.delete(&snapshotsTable, slot); err != nil {
				return uuid.Nil, err
			}
		}
		slot, old := st.liveTask(arg.ID)
		if old == nil {
			return uuid.Nil, sql.ErrNoRows
		}
		r := *old
		r.deletedAt = at(arg.DeletedAt)
		if err := tasksTable.update(st, slot, old, &r, nil); err != nil {
			return uuid.Nil, err
		}
		return arg.ID, nil
	})
}

func (q queries) UpdateTaskPrompt(ctx context.Context, arg tasktwin.UpdateTaskPromptParams) (tasktwin.Task, error) {
	return updateTask(ctx, q, text(arg.Prompt),
		func(st *state) (uint32, *taskRow) { return st.liveTask(arg.ID) },
		func(r *taskRow) { r.prompt = arg.Prompt })
}
