package memdb

import (
	"iter"

	"github.com/google/uuid"

	"github.com/tasktwin/tasktwin"
	"github.com/tasktwin/tasktwin/memdb/internal/rel"
)

// What a statement of a serializable transaction reads is noted by row, by key and by list.
// What is derived from rows counts as a read of those rows.

// The foreign keys that lists are read by, by their places among those of their tables.
const (
	fkTaskOrganization  = 0
	fkTaskOwner         = 1
	fkTaskWorkspace     = 3
	fkBuildWorkspace    = 2
	fkBindingTask       = 0
	fkStatusApp         = 1
	uniqueTaskOwnerName = 1
	uniquePrimaryKey    = 0
)

// look is find for a statement that reads the row.
func (d *table[R]) look(st *state, id uuid.UUID) (slot uint32, r *R) {
	slot, r = d.find(st, id)
	if st.IsTracked() {
		d.noteLook(st, id, slot, r)
	}
	return slot, r
}

// noteLook notes that a row was found, or that there was none.
func (d *table[R]) noteLook(st *state, id uuid.UUID, slot uint32, r *R) {
	if r == nil {
		d.ReadKey(st, uniquePrimaryKey, hashID(id))
		return
	}
	d.Read(st, slot)
}

// noteListOf notes that the rows were looked for that refer to a row by a foreign key. If
// there is no such row, others have to store it first.
func noteListOf[P, R any](st *state, parents *table[P], id uuid.UUID, slot uint32, parent *P, d *table[R], nth int) {
	switch {
	case !st.IsTracked():
	case parent == nil:
		parents.ReadKey(st, uniquePrimaryKey, hashID(id))
	default:
		d.ReadChildren(st, nth, slot)
	}
}

func noteBuildsOf(st *state, workspaceID uuid.UUID) {
	slot, w := workspaces.find(st, workspaceID)
	noteListOf(st, &workspaces, workspaceID, slot, w, &builds, fkBuildWorkspace)
}

// noteTask notes what the row of the view for a task is derived from.
func noteTask(st *state, slot uint32, r *taskRow) {
	if !st.IsTracked() {
		return
	}
	t := &st.Tables
	tasks.Read(st, slot)
	users.Read(st, r.ownerSlot)
	if r.workspaceSlot != rel.NoSlot {
		workspaces.Read(st, r.workspaceSlot)
	}
	bindings.ReadChildren(st, fkBindingTask, slot)
	list := t.bindings.ofTask.Get(slot)
	last, ok := list.Last()
	if !ok {
		return
	}
	b := t.bindings.Row(last.Slot)
	bindings.Read(st, last.Slot)
	if b.agent != rel.NoSlot {
		agents.Read(st, b.agent)
	}
	if b.app != rel.NoSlot {
		apps.Read(st, b.app)
	}
	if r.workspaceSlot == rel.NoSlot {
		return
	}
	builds.ReadChildren(st, fkBuildWorkspace, r.workspaceSlot)
	if at, ok := slotOfNumber(t.builds.ofWorkspace.Get(r.workspaceSlot), last.Number); ok {
		builds.Read(st, at)
		jobs.Read(st, t.builds.Row(at).job)
	}
}

// noteTasks notes the rows of the view for tasks at some slots.
func noteTasks(st *state, slots iter.Seq[uint32]) {
	if !st.IsTracked() {
		return
	}
	for slot := range slots {
		if r := st.Tables.tasks.Row(slot); r.live() {
			noteTask(st, slot, r)
		}
	}
}

// noteTaskList notes what ListTasks reads.
func noteTaskList(st *state, arg tasktwin.ListTasksParams) {
	if !st.IsTracked() {
		return
	}
	t := &st.Tables.tasks
	switch {
	case arg.OwnerID != uuid.Nil:
		slot, u := users.find(st, arg.OwnerID)
		noteListOf(st, &users, arg.OwnerID, slot, u, &tasks, fkTaskOwner)
		if u != nil {
			list := t.ofOwner.Get(slot)
			noteTasks(st, list.All())
		}
	case arg.OrganizationID != uuid.Nil:
		slot, o := organizations.find(st, arg.OrganizationID)
		noteListOf(st, &organizations, arg.OrganizationID, slot, o, &tasks, fkTaskOrganization)
		if o != nil {
			list := t.ofOrganization.Get(slot)
			noteTasks(st, list.All())
		}
	default:
		tasks.ReadAll(st)
		for slot, r := range t.All() {
			if r.live() {
				noteTask(st, slot, r)
			}
		}
	}
}

// noteTelemetry notes what telemetry is computed from.
func noteTelemetry(st *state, createdAfter pgTime) {
	if !st.IsTracked() {
		return
	}
	t := &st.Tables
	builds.ReadAll(st)
	seen := map[uint32]bool{}
	for _, b := range t.builds.All() {
		if b.createdAt <= createdAfter || seen[b.workspace] {
			continue
		}
		seen[b.workspace] = true
		tasks.ReadChildren(st, fkTaskWorkspace, b.workspace)
		for slot := range tasksOf(st, b.workspace) {
			tasks.Read(st, slot)
			bindings.ReadChildren(st, fkBindingTask, slot)
			list := t.bindings.ofTask.Get(slot)
			for n := range list.All() {
				bindings.Read(st, n.Slot)
				if app := t.bindings.Row(n.Slot).app; app != rel.NoSlot {
					statuses.ReadChildren(st, fkStatusApp, app)
				}
			}
		}
	}
}
