package memdb

import (
	"github.com/google/uuid"

	"github.com/tasktwin/tasktwin"
	"github.com/tasktwin/tasktwin/memdb/internal/cow"
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
	fkStatusWorkspace   = 2
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

// noteLook notes that a row was looked for by its id, and that it was found, if it was. Who
// inserts a row with the id later has not been seen in either case.
func (d *table[R]) noteLook(st *state, id uuid.UUID, slot uint32, r *R) {
	d.ReadKey(st, uniquePrimaryKey, hashID(id))
	if r != nil {
		d.Read(st, slot)
	}
}

// noteListOf notes that the rows were looked for that refer to the row with an id by a
// foreign key.
func noteListOf[R any](st *state, d *table[R], nth int, parent uuid.UUID) {
	if st.IsTracked() {
		d.ReadChildren(st, nth, hashID(parent))
	}
}

func noteBuildsOf(st *state, workspaceID uuid.UUID) {
	noteListOf(st, &builds, fkBuildWorkspace, workspaceID)
}

// noteTask notes what the row of the view for a task is derived from, if the task is live.
func noteTask(st *state, slot uint32, r *taskRow) {
	if !r.live() {
		return
	}
	t := &st.Tables
	tasks.Read(st, slot)
	users.Read(st, r.ownerSlot)
	workspaces.Read(st, r.workspaceSlot)
	bindings.ReadChildren(st, fkBindingTask, hashID(r.id))
	list := t.bindings.ofTask.Get(slot)
	last, ok := list.Last()
	if !ok {
		return
	}
	b := t.bindings.Row(last.Slot)
	bindings.Read(st, last.Slot)
	agents.Read(st, b.agent)
	apps.Read(st, b.app)
	if r.workspaceSlot == rel.NoSlot {
		return
	}
	builds.ReadChildren(st, fkBuildWorkspace, hashID(r.workspaceID))
	if at, ok := rel.SlotOfNumber(t.builds.ofWorkspace.Get(r.workspaceSlot), last.Number); ok {
		builds.Read(st, at)
		jobs.Read(st, t.builds.Row(at).job)
	}
}

// noteTasks notes the rows of the view for the tasks of a list.
func noteTasks(st *state, list *cow.Set) {
	if !st.IsTracked() {
		return
	}
	for slot := range list.All() {
		tasks.Touch(st, slot)
		noteTask(st, slot, st.Tables.tasks.Row(slot))
	}
}

// noteTaskList notes what a list of tasks reads: all that ListTasks does if joined is set, else
// what AllTasks does before its first row. PostgreSQL finds the order from the rows of tasks
// alone, and AllTasks reads what they are joined with when their rows are fetched. An owner's
// tasks it lists at once.
func noteTaskList(st *state, arg tasktwin.ListTasksParams, joined bool) {
	if !st.IsTracked() {
		return
	}
	t := &st.Tables.tasks
	switch {
	case arg.OwnerID != uuid.Nil:
		slot, u := users.find(st, arg.OwnerID)
		noteListOf(st, &tasks, fkTaskOwner, arg.OwnerID)
		if u != nil {
			list := t.ofOwner.Get(slot)
			noteTasks(st, &list)
		}
	case arg.OrganizationID != uuid.Nil:
		slot, o := organizations.find(st, arg.OrganizationID)
		noteListOf(st, &tasks, fkTaskOrganization, arg.OrganizationID)
		if o == nil {
			return
		}
		list := t.ofOrganization.Get(slot)
		if joined {
			noteTasks(st, &list)
			return
		}
		for slot := range list.All() {
			tasks.Read(st, slot)
		}
	default:
		tasks.ReadAll(st)
		if !joined {
			return
		}
		for slot, r := range t.All() {
			noteTask(st, slot, r)
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
		tasks.ReadChildren(st, fkTaskWorkspace, hashID(t.workspaces.Parent(b.workspace).id))
		list := tasksOf(st, b.workspace)
		for slot := range list.All() {
			tasks.Read(st, slot)
			bindings.ReadChildren(st, fkBindingTask, hashID(t.tasks.Row(slot).id))
			list := t.bindings.ofTask.Get(slot)
			for n := range list.All() {
				bindings.Read(st, n.Slot)
				if app := t.bindings.Row(n.Slot).app; app != rel.NoSlot {
					statuses.ReadChildren(st, fkStatusApp, hashID(t.apps.Parent(app).id))
				}
			}
		}
	}
}
