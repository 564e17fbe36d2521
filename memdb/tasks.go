package memdb

import (
	"context"
	"encoding/json"

	"github.com/google/uuid"

	"github.com/tasktwin/tasktwin"
	"github.com/tasktwin/tasktwin/memdb/internal/cow"
	"github.com/tasktwin/tasktwin/memdb/internal/rel"
)

// taskRow is a task with the part of its row of tasks_with_status that comes from other
// tables.
type taskRow struct {
	// A task has the ids of its parents as well as their slots, because tasks are read most
	// often.
	id, organizationID, ownerID, versionID, workspaceID uuid.UUID

	name, prompt, displayName string
	parameters                json.RawMessage
	createdAt, deletedAt      pgTime

	ownerSlot, organizationSlot, versionSlot, workspaceSlot uint32
	taskView
}

// taskTable holds the rows of tasks, their indexes, and the slots of each parent's tasks.
type taskTable struct {
	rel.Table[taskRow]
	byID, byName                                    cow.Hash
	ofOrganization, ofOwner, ofVersion, ofWorkspace cow.Vec[cow.Set]
}

var tasks table[taskRow]

func defineTasks() {
	d := &tasks
	d.Name = "tasks"
	d.Table = func(t *tables) *rel.Table[taskRow] { return &t.tasks.Table }
	d.id = func(r *taskRow) uuid.UUID { return r.id }
	d.Unique = []rel.Unique[tables, taskRow]{
		byID(tasktwin.UniqueTasksPKey, func(t *tables) *cow.Hash { return &t.tasks.byID }, d.id),
		byName(tasktwin.UniqueTasksOwnerIDNameUniqueIdx, func(t *tables) *cow.Hash { return &t.tasks.byName }, hashID,
			func(o *Options, r *taskRow) (uuid.UUID, string, bool) { return r.ownerID, lower(o, r.name), r.live() }),
	}
	d.keys = []key[taskRow]{
		d.primaryKey("id"),
		{"owner_id, lower(name)", func(o *Options, f *pendingRow[taskRow]) string { return keyText(f.row.ownerID, lower(o, f.row.name)) }},
	}
	d.Check = func(r *taskRow) error {
		if r.parameters == nil {
			return notNullViolation("tasks", "template_parameters")
		}
		return nil
	}
	d.checked = func(f *pendingRow[taskRow]) any {
		t := copyTask(nil, f.row)
		t.WorkspaceID = f.refs[3] // the slot may not be resolved yet
		return t
	}
	references(d, &organizations, tasktwin.FKTasksOrganizationIDFKey, "organization_id", rel.Cascade,
		rel.InSet[tables, taskRow](func(t *tables) *cow.Vec[cow.Set] { return &t.tasks.ofOrganization }),
		func(r *taskRow) *uint32 { return &r.organizationSlot })
	references(d, &users, tasktwin.FKTasksOwnerIDFKey, "owner_id", rel.Cascade,
		rel.InSet[tables, taskRow](func(t *tables) *cow.Vec[cow.Set] { return &t.tasks.ofOwner }),
		func(r *taskRow) *uint32 { return &r.ownerSlot })
	references(d, &templateVersions, tasktwin.FKTasksTemplateVersionIDFKey, "template_version_id", rel.Cascade,
		unindexed(rel.InSet[tables, taskRow](func(t *tables) *cow.Vec[cow.Set] { return &t.tasks.ofVersion })),
		func(r *taskRow) *uint32 { return &r.versionSlot })
	references(d, &workspaces, tasktwin.FKTasksWorkspaceIDFKey, "workspace_id", rel.Cascade,
		rel.InSet[tables, taskRow](func(t *tables) *cow.Vec[cow.Set] { return &t.tasks.ofWorkspace }),
		func(r *taskRow) *uint32 { return &r.workspaceSlot })
	dumped(d, func(d *tasktwin.Dump) *[]tasktwin.Task { return &d.Tasks }, rowsOf(d, copyTask),
		func(version int, row *tasktwin.Task) (pendingRow[taskRow], error) {
			t := *row
			err := firstError(text(t.Name), jsonb(version, &t.TemplateParameters), text(t.Prompt), timestamp(&t.CreatedAt),
				nullTimestamp(&t.DeletedAt), text(t.DisplayName), varchar(&t.DisplayName, 127))
			return newTask(&t), err
		})
}

func (r *taskRow) live() bool { return r != nil && r.deletedAt == never }

// viewed reports whether the view tasks_with_status has the task.
func (r *taskRow) viewed() bool { return r.live() && r.owner != nil }

// workspace returns workspace_id.
func (r *taskRow) workspace() uuid.NullUUID {
	if r.workspaceSlot == rel.NoSlot {
		return uuid.NullUUID{}
	}
	return nullUUID(r.workspaceID)
}

// tasksOf returns the slots of a workspace's tasks, including deleted ones.
func tasksOf(st *state, workspace uint32) cow.Set { return st.Tables.tasks.ofWorkspace.Get(workspace) }

// targetTask returns the task that an update is to change, if it is not deleted, or nil.
func targetTask(st *state, id uuid.UUID) (slot uint32, r *taskRow) {
	if slot, r = tasks.target(st, id); !r.live() {
		r = nil
	}
	return slot, r
}

func copyTask(_ *state, r *taskRow) tasktwin.Task {
	return tasktwin.Task{
		ID: r.id, OrganizationID: r.organizationID, OwnerID: r.ownerID, Name: r.name, WorkspaceID: r.workspace(),
		TemplateVersionID: r.versionID, TemplateParameters: cloneJSON(r.parameters), Prompt: r.prompt,
		CreatedAt: r.createdAt.time(), DeletedAt: r.deletedAt.nullTime(), DisplayName: r.displayName,
	}
}

// fillColumns sets the columns of a row of the view that come from the tasks table. The
// task must not be deleted.
func (r *taskRow) fillColumns(row *tasktwin.TaskWithStatus, a *arena) {
	row.ID, row.OrganizationID, row.OwnerID, row.Name, row.WorkspaceID = r.id, r.organizationID, r.ownerID, r.name, r.workspace()
	row.TemplateVersionID, row.TemplateParameters = r.versionID, a.copy(r.parameters)
	row.Prompt, row.CreatedAt, row.DisplayName = r.prompt, r.createdAt.time(), r.displayName
}

// pendingTask returns a row with the ids of its parents. The slots need not be set.
func pendingTask(r *taskRow, workspace uuid.NullUUID) pendingRow[taskRow] {
	return pendingRow[taskRow]{
		row:  r,
		refs: refs{nullUUID(r.organizationID), nullUUID(r.ownerID), nullUUID(r.versionID), workspace},
	}
}

func newTask(t *tasktwin.Task) pendingRow[taskRow] {
	r := &taskRow{
		id: t.ID, organizationID: t.OrganizationID, ownerID: t.OwnerID, versionID: t.TemplateVersionID, workspaceID: t.WorkspaceID.UUID,
		name: t.Name, prompt: t.Prompt, displayName: t.DisplayName, parameters: t.TemplateParameters,
		createdAt: pgTimeOf(t.CreatedAt), deletedAt: pgTimeOfNull(t.DeletedAt),
	}
	return pendingTask(r, t.WorkspaceID)
}

func parseTask(version int, arg *tasktwin.InsertTaskParams) (pendingRow[taskRow], error) {
	t := tasktwin.Task{
		ID: arg.ID, OrganizationID: arg.OrganizationID, OwnerID: arg.OwnerID, Name: arg.Name, WorkspaceID: arg.WorkspaceID,
		TemplateVersionID: arg.TemplateVersionID, TemplateParameters: arg.TemplateParameters, Prompt: arg.Prompt,
		CreatedAt: arg.CreatedAt, DisplayName: arg.DisplayName,
	}
	err := firstError(text(t.Name), text(t.DisplayName), jsonb(version, &t.TemplateParameters), text(t.Prompt),
		timestamp(&t.CreatedAt), varchar(&t.DisplayName, 127))
	return newTask(&t), err
}

// InsertTask implements [tasktwin.Querier].
func (q queries) InsertTask(ctx context.Context, arg tasktwin.InsertTaskParams) (tasktwin.Task, error) {
	r, err := parseTask(q.version, &arg)
	return insertRow(ctx, q, &tasks, r, err, copyTask)
}

// updateTask replaces the task that find returns by a changed copy, and returns a copy of
// the new row.
func updateTask(
	ctx context.Context, q queries, argErr error, find func(*state) (uint32, *taskRow), change func(*taskRow),
) (tasktwin.Task, error) {
	return write(ctx, q, argErr, rel.FailsBeforeWriting, func(st *state) (tasktwin.Task, error) {
		slot, old := find(st)
		if old == nil {
			return tasktwin.Task{}, rel.ErrNoRows
		}
		r := *old
		change(&r)
		if err := tasks.Update(st, slot, old, &r); err != nil {
			return tasktwin.Task{}, tasks.explain(st, pendingTask(&r, r.workspace()), err)
		}
		return copyTask(st, &r), nil
	})
}

// UpdateTaskWorkspaceID implements [tasktwin.Querier].
func (q queries) UpdateTaskWorkspaceID(ctx context.Context, arg tasktwin.UpdateTaskWorkspaceIDParams) (tasktwin.Task, error) {
	var workspace uint32
	return updateTask(ctx, q, nil, func(st *state) (uint32, *taskRow) {
		if !arg.WorkspaceID.Valid {
			return 0, nil
		}
		// PostgreSQL looks for the workspace first, as it was when the statement began.
		snapshot := st.Snapshot()
		at, w := workspaces.look(snapshot, arg.WorkspaceID.UUID)
		if w == nil {
			return 0, nil
		}
		slot, r := tasks.findTarget(st, arg.ID)
		if r != nil {
			tasks.Touch(st, slot)
		}
		if r != nil && (r.workspaceSlot != rel.NoSlot || !isOfTemplate(snapshot, r.versionSlot, w.template)) {
			return 0, nil // which no change of the row alters, so it does not count as a read
		}
		if st.IsTracked() {
			tasks.noteLook(st, arg.ID, slot, r)
		}
		if r == nil {
			return 0, nil
		}
		workspace = at
		return slot, r
	}, func(r *taskRow) { r.workspaceID, r.workspaceSlot = arg.WorkspaceID.UUID, workspace })
}

// GetTaskByID implements [tasktwin.Querier].
func (q queries) GetTaskByID(ctx context.Context, id uuid.UUID) (row tasktwin.TaskWithStatus, err error) {
	err = readInto(ctx, q, nil, &row, func(st *state) error {
		slot, r := tasks.look(st, id)
		return r.view(st, slot, &row)
	})
	return row, err
}

// GetTaskByWorkspaceID implements [tasktwin.Querier].
func (q queries) GetTaskByWorkspaceID(ctx context.Context, workspaceID uuid.NullUUID) (row tasktwin.TaskWithStatus, err error) {
	err = readInto(ctx, q, nil, &row, func(st *state) error {
		slot, r := firstOfWorkspace(st, workspaceID)
		return r.view(st, slot, &row)
	})
	return row, err
}

// firstOfWorkspace returns a workspace's first live task in the order of
// ListTasks, or nil.
func firstOfWorkspace(st *state, id uuid.NullUUID) (at uint32, first *taskRow) {
	if !id.Valid {
		return 0, nil
	}
	eachTaskOfWorkspace(st, id.UUID, func(slot uint32, r *taskRow) {
		if first == nil || r.listEntry(slot).compare(first.listEntry(0)) < 0 {
			at, first = slot, r
		}
	})
	return at, first
}

// eachTaskOfWorkspace calls do with each task of a workspace that the view has, in no order, for a
// statement that reads them.
func eachTaskOfWorkspace(st *state, id uuid.UUID, do func(slot uint32, r *taskRow)) {
	workspace, ok := workspaces.parentSlot(st, id)
	noteListOf(st, &tasks, fkTaskWorkspace, id)
	if !ok {
		return
	}
	list := tasksOf(st, workspace)
	noteTasks(st, &list)
	for slot := range list.All() {
		if r := st.Tables.tasks.Row(slot); r.viewed() {
			do(slot, r)
		}
	}
}

// GetTaskByOwnerIDAndName implements [tasktwin.Querier].
func (q queries) GetTaskByOwnerIDAndName(
	ctx context.Context, arg tasktwin.GetTaskByOwnerIDAndNameParams,
) (row tasktwin.TaskWithStatus, err error) {
	err = readInto(ctx, q, text(arg.Name), &row, func(st *state) error {
		slot, r := taskOfName(st, arg.OwnerID, arg.Name)
		return r.view(st, slot, &row)
	})
	return row, err
}

// isOfTemplate reports whether there is a template version at a slot, and it is of a template.
func isOfTemplate(st *state, version, template uint32) bool {
	v := st.Tables.templateVersions.Row(version)
	return v != nil && v.template == template
}

// taskOfName returns an owner's live task with a name, compared by lower(), or nil.
func taskOfName(st *state, owner uuid.UUID, name string) (slot uint32, r *taskRow) {
	name = lower(&st.Tables.opts, name)
	hash := hashName(owner, name)
	tasks.ReadKey(st, uniqueTaskOwnerName, hash)
	for slot := range st.Tables.tasks.byName.Numbers(hash) {
		if r := st.Tables.tasks.Row(slot); r.ownerID == owner && lower(&st.Tables.opts, r.name) == name {
			return slot, r
		}
	}
	return 0, nil
}

// view fills the row of the view for a task, or returns ErrNoRows if there is no task or
// the view does not have it.
func (r *taskRow) view(st *state, slot uint32, row *tasktwin.TaskWithStatus) error {
	if !r.viewed() {
		return rel.ErrNoRows
	}
	if st.IsTracked() {
		noteTask(st, slot, r)
	}
	r.fillAlone(row)
	return nil
}

// DeleteTask implements [tasktwin.Querier].
func (q queries) DeleteTask(ctx context.Context, arg tasktwin.DeleteTaskParams) (uuid.UUID, error) {
	return write(ctx, q, timestamp(&arg.DeletedAt), rel.MayWaitMidway, func(st *state) (uuid.UUID, error) {
		slot, old := targetTask(st, arg.ID)
		if old != nil {
			r := *old
			r.deletedAt = pgTimeOf(arg.DeletedAt)
			if err := tasks.Update(st, slot, old, &r); err != nil {
				return uuid.Nil, err
			}
		}
		// PostgreSQL deletes the snapshot after it has updated the task.
		if slot, s := snapshots.target(st, arg.ID); s != nil {
			if err := snapshots.Delete(st, slot); err != nil {
				return uuid.Nil, err
			}
		}
		if old == nil {
			return uuid.Nil, rel.ErrNoRows
		}
		return arg.ID, nil
	})
}

// UpdateTaskPrompt implements [tasktwin.Querier].
func (q queries) UpdateTaskPrompt(ctx context.Context, arg tasktwin.UpdateTaskPromptParams) (tasktwin.Task, error) {
	return updateTask(ctx, q, text(arg.Prompt),
		func(st *state) (uint32, *taskRow) { return targetTask(st, arg.ID) },
		func(r *taskRow) { r.prompt = arg.Prompt })
}
