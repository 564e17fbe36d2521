package memdb

import (
	"iter"

	"github.com/google/uuid"
)

// tasksOf returns the slots of a workspace's tasks, deleted ones too.
func (st *state) tasksOf(workspace uint32) iter.Seq[uint32] {
	tasks := st.children[tasksByWorkspace].Get(workspace)
	return tasks.All()
}

// binding returns a task's binding of a build number, or nil.
func (st *state) binding(taskID uuid.UUID, number int32) (slot uint32, b *bind) {
	task, t := tasksTable.find(st, taskID)
	if t == nil {
		return slot, nil
	}
	bindings := st.bindingsOf.Get(task)
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
	slot, w := workspacesTable.find(st, r.workspaceID)
	if w == nil {
		return false
	}
	builds := st.buildsOf.Get(slot)
	_, ok := builds.Find(byNumber(r.number))
	return ok
}

// bindingTaken is the primary key of the bindings.
func bindingTaken(st *state, r *bind) bool {
	_, old := st.binding(r.TaskID, r.WorkspaceBuildNumber)
	return old != nil
}
