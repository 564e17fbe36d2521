package memdb

import (
	"context"
	"database/sql"

	"github.com/google/uuid"

	"github.com/tasktwin/tasktwin"
)

func (q queries) InsertTask(ctx context.Context, arg tasktwin.InsertTaskParams) (tasktwin.Task, error) {
	r := &task{
		ID: arg.ID, OrganizationID: arg.OrganizationID, OwnerID: arg.OwnerID, Name: arg.Name,
		WorkspaceID: nullUUID(arg.WorkspaceID), TemplateVersionID: arg.TemplateVersionID,
		TemplateParameters: arg.TemplateParameters, Prompt: arg.Prompt, CreatedAt: arg.CreatedAt,
		DisplayName: arg.DisplayName,
	}
	return insertRow(ctx, q.x, tasks, r, func() error {
		return firstError(text(r.Name), text(r.DisplayName), jsonb(&r.TemplateParameters), text(r.Prompt),
			timestamp(&r.CreatedAt), varchar(&r.DisplayName, 127))
	}, copyTask)
}

func (q queries) UpdateTaskWorkspaceID(ctx context.Context, arg tasktwin.UpdateTaskWorkspaceIDParams) (tasktwin.Task, error) {
	return updateRow(ctx, q.x, tasks, noArguments, func(st *state) *task {
		t := byID[task](st, tasks, arg.ID)
		if t == nil || t.WorkspaceID.Valid || !arg.WorkspaceID.Valid {
			return nil
		}
		w := byID[work](st, workspaces, arg.WorkspaceID.UUID)
		v := byID[tver](st, templateVersions, t.TemplateVersionID)
		if w == nil || v == nil || !v.TemplateID.Valid || v.TemplateID.UUID != w.TemplateID {
			return nil
		}
		return t
	}, func(t *task) { t.WorkspaceID = arg.WorkspaceID }, copyTask)
}

func (q queries) UpsertTaskWorkspaceApp(ctx context.Context, arg tasktwin.UpsertTaskWorkspaceAppParams) (tasktwin.TaskWorkspaceApp, error) {
	r := &bind{
		TaskID: arg.TaskID, WorkspaceAgentID: nullUUID(arg.WorkspaceAgentID),
		WorkspaceAppID: nullUUID(arg.WorkspaceAppID), WorkspaceBuildNumber: arg.WorkspaceBuildNumber,
	}
	err := q.x.write(ctx, noArguments, func(st *state) error {
		return upsert(st, taskWorkspaceApps, bindingKey(r), r)
	})
	if err != nil {
		return tasktwin.TaskWorkspaceApp{}, err
	}
	return *r, nil
}

func upsert[R any](st *state, id tableID, k key, row *R) error {
	if old := get[R](st, id, primaryKey, k); old != nil {
		return st.update(id, old, row)
	}
	return st.insert(id, row)
}

func (q queries) GetTaskByID(ctx context.Context, id uuid.UUID) (tasktwin.TaskWithStatus, error) {
	return q.getTask(ctx, noArguments, idOf[task](tasks, id))
}

func (q queries) GetTaskByWorkspaceID(ctx context.Context, workspaceID uuid.NullUUID) (tasktwin.TaskWithStatus, error) {
	return q.getTask(ctx, noArguments, func(st *state) (found *task) {
		if workspaceID.Valid {
			scan(st, tasks, tasksByWorkspace, workspaceID.UUID, func(t *task) bool {
				if !t.DeletedAt.Valid {
					found = t
				}
				return found == nil
			})
		}
		return found
	})
}

func (q queries) GetTaskByOwnerIDAndName(ctx context.Context, arg tasktwin.GetTaskByOwnerIDAndNameParams) (tasktwin.TaskWithStatus, error) {
	return q.getTask(ctx, text(arg.Name), func(st *state) *task {
		return get[task](st, tasks, tasksByOwnerName, key{a: arg.OwnerID, s: lower(st.opts, arg.Name)})
	})
}

func (q queries) getTask(ctx context.Context, parse func() error, find func(*state) *task) (res tasktwin.TaskWithStatus, err error) {
	err = q.x.read(ctx, parse, func(st *state) error {
		t := find(st)
		if t == nil {
			return sql.ErrNoRows
		}
		var ok bool
		if res, ok = st.withStatus(t); !ok {
			return sql.ErrNoRows
		}
		return nil
	})
	return res, err
}

func (q queries) ListTasks(ctx context.Context, arg tasktwin.ListTasksParams) ([]tasktwin.TaskWithStatus, error) {
	res := []tasktwin.TaskWithStatus{}
	err := q.x.read(ctx, func() error {
		if arg.Status == "" {
			return nil
		}
		return enum(arg.Status)()
	}, func(st *state) error {
		visit := func(t *task) bool {
			if arg.OrganizationID != uuid.Nil && t.OrganizationID != arg.OrganizationID {
				return true
			}
			if row, ok := st.withStatus(t); ok && (arg.Status == "" || row.Status == arg.Status) {
				res = append(res, row)
			}
			return true
		}
		switch {
		case arg.OwnerID != uuid.Nil:
			scan(st, tasks, tasksByOwner, arg.OwnerID, visit)
		case arg.OrganizationID != uuid.Nil:
			scan(st, tasks, tasksByOrg, arg.OrganizationID, visit)
		default:
			scanAll(st, tasks, tasksByTime, visit)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return res, nil
}

func (q queries) DeleteTask(ctx context.Context, arg tasktwin.DeleteTaskParams) (uuid.UUID, error) {
	err := q.x.write(ctx, timestamp(&arg.DeletedAt), func(st *state) error {
		if s := byID[snap](st, taskSnapshots, arg.ID); s != nil {
			if err := st.delete(taskSnapshots, s); err != nil {
				return err
			}
		}
		old := liveTask(st, arg.ID)
		if old == nil {
			return sql.ErrNoRows
		}
		t := *old
		t.DeletedAt = sql.NullTime{Time: arg.DeletedAt, Valid: true}
		return st.update(tasks, old, &t)
	})
	if err != nil {
		return uuid.Nil, err
	}
	return arg.ID, nil
}

func liveTask(st *state, id uuid.UUID) *task {
	t := byID[task](st, tasks, id)
	if t == nil || t.DeletedAt.Valid {
		return nil
	}
	return t
}

func (q queries) UpdateTaskPrompt(ctx context.Context, arg tasktwin.UpdateTaskPromptParams) (tasktwin.Task, error) {
	return updateRow(ctx, q.x, tasks, text(arg.Prompt),
		func(st *state) *task { return liveTask(st, arg.ID) },
		func(t *task) { t.Prompt = arg.Prompt }, copyTask)
}

func (q queries) UpsertTaskSnapshot(ctx context.Context, arg tasktwin.UpsertTaskSnapshotParams) error {
	r := &snap{TaskID: arg.TaskID, LogSnapshot: arg.LogSnapshot, LogSnapshotCreatedAt: arg.LogSnapshotCreatedAt}
	return q.x.write(ctx, func() error {
		return firstError(jsonb(&r.LogSnapshot), timestamp(&r.LogSnapshotCreatedAt))
	}, func(st *state) error {
		return upsert(st, taskSnapshots, key{a: r.TaskID}, r)
	})
}

func (q queries) GetTaskSnapshot(ctx context.Context, taskID uuid.UUID) (tasktwin.TaskSnapshot, error) {
	return getRow(ctx, q.x, noArguments, idOf[snap](taskSnapshots, taskID), copySnapshot)
}

// nullUUID drops what stands beside Valid == false.
func nullUUID(id uuid.NullUUID) uuid.NullUUID {
	if !id.Valid {
		return uuid.NullUUID{}
	}
	return id
}
