package memdb

import (
	"iter"

	"github.com/google/uuid"

	"github.com/tasktwin/tasktwin/internal/cow"
)

// tasksOf returns the slots of a workspace's tasks, deleted ones too.
func (st *state) tasksOf(workspace uint32) iter.Seq[uint32] {
	tasks := st.children[tasksByWorkspace].Get(workspace)
	return tasks.All()
}

// eachBound calls do with the slot of each task that has a binding to an agent or
// an app, as often as it has one.
func (st *state) eachBound(list childList, slot uint32, do func(task uint32)) {
	bindings := st.children[list].Get(slot)
	for b := range bindings.All() {
		task, _ := tasksTable.find(st, st.bindings.rows.Get(b).TaskID)
		do(task)
	}
}

// buildsIn returns a workspace's builds, and none where it is not there.
func (st *state) buildsIn(workspaceID uuid.UUID) (builds cow.Tree[numbered]) {
	if slot, w := workspacesTable.find(st, workspaceID); w != nil {
		builds = st.buildsOf.Get(slot)
	}
	return builds
}

// bindingsIn returns a task's bindings, and none where it is not there.
func (st *state) bindingsIn(taskID uuid.UUID) (bindings cow.Tree[numbered]) {
	if slot, t := tasksTable.find(st, taskID); t != nil {
		bindings = st.bindingsOf.Get(slot)
	}
	return bindings
}

// copies returns copies of the rows of a list, in its order.
func copies[R, T any](t *table[R], list cow.Tree[numbered], out func(*R) T) []T {
	rows := make([]T, 0, list.Len())
	for n := range list.All() {
		rows = append(rows, out(t.rows.Get(n.slot)))
	}
	return rows
}

// binding returns a task's binding of a build number, or nil.
func (st *state) binding(taskID uuid.UUID, number int32) (slot uint32, b *bind) {
	bindings := st.bindingsIn(taskID)
	if found, ok := bindings.Find(byNumber(number)); ok {
		slot, b = found.slot, st.bindings.rows.Get(found.slot)
	}
	return slot, b
}

// buildOfJob returns the build that has a job, or nil.
func buildOfJob(st *state, jobID uuid.UUID) (slot uint32, b *bld) {
	slot, _ = st.builds.unique[buildsByJob].Find(tagOf(jobID), func(slot uint32) bool {
		if found := st.builds.rows.Get(slot); found.jobID == jobID {
			b = found
		}
		return b != nil
	})
	return slot, b
}

// liveTask returns a task that is not deleted, or nil.
func (st *state) liveTask(id uuid.UUID) (slot uint32, r *taskRow) {
	if slot, r = tasksTable.find(st, id); !r.live() {
		r = nil
	}
	return slot, r
}

// buildNumberTaken is the unique index of (workspace_id, build_number).
func buildNumberTaken(st *state, r *bld) bool {
	builds := st.buildsIn(r.workspaceID)
	_, ok := builds.Find(byNumber(r.number))
	return ok
}

// bindingTaken is the primary key of the bindings.
func bindingTaken(st *state, r *bind) bool {
	_, old := st.binding(r.TaskID, r.WorkspaceBuildNumber)
	return old != nil
}
