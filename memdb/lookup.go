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
		do(st.bindings.rows.Get(b).task)
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
func copies[R, T any](st *state, t *table[R], list cow.Tree[numbered], out func(*state, *R) T) []T {
	rows := make([]T, 0, list.Len())
	for n := range list.All() {
		rows = append(rows, out(st, t.rows.Get(n.slot)))
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

// buildOfJob returns the build that has a job, or nil: at noSlot there is no row.
func (st *state) buildOfJob(job uint32) *bld {
	return st.builds.rows.Get(st.buildOf.Get(job) - 1)
}

// liveTask returns a task that is not deleted, or nil.
func (st *state) liveTask(id uuid.UUID) (slot uint32, r *taskRow) {
	if slot, r = tasksTable.find(st, id); !r.live() {
		r = nil
	}
	return slot, r
}

// hasNumber reports whether a list has a row of a build number.
func hasNumber(list cow.Tree[numbered], number int32) bool {
	_, ok := list.Find(byNumber(number))
	return ok
}

// jobTaken is the unique index of (job_id).
func jobTaken(st *state, r *bld) bool { return st.buildOfJob(r.job) != nil }

// buildNumberTaken is the unique index of (workspace_id, build_number).
func buildNumberTaken(st *state, r *bld) bool {
	return hasNumber(st.buildsOf.Get(r.workspace), r.number)
}

// bindingTaken is the primary key of the bindings.
func bindingTaken(st *state, r *bind) bool {
	return hasNumber(st.bindingsOf.Get(r.task), r.number)
}
