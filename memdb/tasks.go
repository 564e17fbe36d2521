package memdb

import (
	"context"
	"database/sql"

	"github.com/google/uuid"

	"github.com/tasktwin/tasktwin"
)

func copyTaskRow(r *taskRow) tasktwin.Task { return copyTask(&r.task) }

func parseTask(arg *tasktwin.InsertTaskParams) (*taskRow, error) {
	r := &taskRow{task: task{
		ID: arg.ID, OrganizationID: arg.OrganizationID, OwnerID: arg.OwnerID, Name: arg.Name,
		WorkspaceID: nullUUID(arg.WorkspaceID), TemplateVersionID: arg.TemplateVersionID,
		TemplateParameters: arg.TemplateParameters, Prompt: arg.Prompt, CreatedAt: arg.CreatedAt,
		DisplayName: arg.DisplayName,
	}}
	t := &r.task
	return r, firstError(text(t.Name), text(t.DisplayName), jsonb(&t.TemplateParameters), text(t.Prompt),
		timestamp(&t.CreatedAt), varchar(&t.DisplayName, 127))
}

func (q queries) InsertTask(ctx context.Context, arg tasktwin.InsertTaskParams) (tasktwin.Task, error) {
	r, err := parseTask(&arg)
	return insertRow(ctx, q, &tasksTable, r, err, copyTaskRow)
}

// updateTask changes a copy of the task that find returns, and returns a copy of
// that.
func updateTask(ctx context.Context, q queries, parsed error, find func(*state) (uint32, *taskRow), change func(*task)) (tasktwin.Task, error) {
	return write(ctx, q, parsed, wholly, func(st *state) (tasktwin.Task, error) {
		slot, old := find(st)
		if old == nil {
			return tasktwin.Task{}, sql.ErrNoRows
		}
		r := *old
		change(&r.task)
		if err := tasksTable.update(st, slot, old, &r); err != nil {
			return tasktwin.Task{}, err
		}
		return copyTask(&r.task), nil
	})
}

func (q queries) UpdateTaskWorkspaceID(ctx context.Context, arg tasktwin.UpdateTaskWorkspaceIDParams) (tasktwin.Task, error) {
	return updateTask(ctx, q, nil, func(st *state) (uint32, *taskRow) {
		slot, r := tasksTable.find(st, arg.ID)
		if r == nil || r.task.WorkspaceID.Valid || !arg.WorkspaceID.Valid {
			return 0, nil
		}
		_, w := workspacesTable.find(st, arg.WorkspaceID.UUID)
		_, v := templateVersionsTable.find(st, r.task.TemplateVersionID)
		if w == nil || v == nil || !v.TemplateID.Valid || v.TemplateID.UUID != w.TemplateID {
			return 0, nil
		}
		return slot, r
	}, func(t *task) { t.WorkspaceID = arg.WorkspaceID })
}

func (q queries) UpsertTaskWorkspaceApp(ctx context.Context, arg tasktwin.UpsertTaskWorkspaceAppParams) (tasktwin.TaskWorkspaceApp, error) {
	r := &bind{
		TaskID: arg.TaskID, WorkspaceAgentID: nullUUID(arg.WorkspaceAgentID),
		WorkspaceAppID: nullUUID(arg.WorkspaceAppID), WorkspaceBuildNumber: arg.WorkspaceBuildNumber,
	}
	return write(ctx, q, nil, wholly, func(st *state) (tasktwin.TaskWorkspaceApp, error) {
		slot, old := st.binding(r.TaskID, r.WorkspaceBuildNumber)
		if err := upsert(st, &bindingsTable, slot, old, r); err != nil {
			return tasktwin.TaskWorkspaceApp{}, err
		}
		return *r, nil
	})
}

func upsert[R any](st *state, d *tableDef[R], slot uint32, old, row *R) error {
	if old != nil {
		return d.update(st, slot, old, row)
	}
	return d.insert(st, row)
}

func (q queries) GetTaskByID(ctx context.Context, id uuid.UUID) (row tasktwin.TaskWithStatus, err error) {
	st, err := q.x.startRead(ctx, nil)
	if err != nil {
		return row, err
	}
	_, r := st.liveTask(id)
	return row, q.x.endRead(r.view(&row))
}

func (q queries) GetTaskByWorkspaceID(ctx context.Context, workspaceID uuid.NullUUID) (row tasktwin.TaskWithStatus, err error) {
	st, err := q.x.startRead(ctx, nil)
	if err != nil {
		return row, err
	}
	return row, q.x.endRead(st.firstOfWorkspace(workspaceID).view(&row))
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
	st, err := q.x.startRead(ctx, text(arg.Name))
	if err != nil {
		return row, err
	}
	name := lower(&st.opts, arg.Name)
	var found *taskRow
	st.tasks.unique[tasksByName].Find(tagOfName(arg.OwnerID, name), func(slot uint32) bool {
		r := st.tasks.rows.Get(slot)
		if r.task.OwnerID == arg.OwnerID && lower(&st.opts, r.task.Name) == name {
			found = r
		}
		return found != nil
	})
	return row, q.x.endRead(found.view(&row))
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
		r.task.DeletedAt = sql.NullTime{Time: arg.DeletedAt, Valid: true}
		if err := tasksTable.update(st, slot, old, &r); err != nil {
			return uuid.Nil, err
		}
		return arg.ID, nil
	})
}

func (q queries) UpdateTaskPrompt(ctx context.Context, arg tasktwin.UpdateTaskPromptParams) (tasktwin.Task, error) {
	return updateTask(ctx, q, text(arg.Prompt),
		func(st *state) (uint32, *taskRow) { return st.liveTask(arg.ID) },
		func(t *task) { t.Prompt = arg.Prompt })
}

func parseSnapshot(s *tasktwin.TaskSnapshot) error {
	return firstError(jsonb(&s.LogSnapshot), timestamp(&s.LogSnapshotCreatedAt))
}

func (q queries) UpsertTaskSnapshot(ctx context.Context, arg tasktwin.UpsertTaskSnapshotParams) error {
	r := &snap{TaskID: arg.TaskID, LogSnapshot: arg.LogSnapshot, LogSnapshotCreatedAt: arg.LogSnapshotCreatedAt}
	_, err := write(ctx, q, parseSnapshot(r), wholly, func(st *state) (struct{}, error) {
		slot, old := snapshotsTable.find(st, r.TaskID)
		return struct{}{}, upsert(st, &snapshotsTable, slot, old, r)
	})
	return err
}

func (q queries) GetTaskSnapshot(ctx context.Context, taskID uuid.UUID) (tasktwin.TaskSnapshot, error) {
	return getRow(ctx, q, &snapshotsTable, taskID, copySnapshot)
}

// nullUUID drops what stands beside Valid == false.
func nullUUID(id uuid.NullUUID) uuid.NullUUID {
	if !id.Valid {
		return uuid.NullUUID{}
	}
	return id
}
