package memdb

import (
	"context"

	"github.com/google/uuid"

	"github.com/tasktwin/tasktwin"
	"github.com/tasktwin/tasktwin/internal/cow"
)

func (q queries) ListTasks(ctx context.Context, arg tasktwin.ListTasksParams) ([]tasktwin.TaskWithStatus, error) {
	var parsed error
	if arg.Status != "" {
		parsed = enum(arg.Status)
	}
	return read(ctx, q, parsed, func(st *state) ([]tasktwin.TaskWithStatus, error) {
		return st.list(arg), nil
	})
}

func (st *state) list(arg tasktwin.ListTasksParams) []tasktwin.TaskWithStatus {
	anyOwner, anyOrganization, anyStatus := arg.OwnerID == uuid.Nil, arg.OrganizationID == uuid.Nil, arg.Status == ""
	var status int
	if !anyStatus {
		status = int(codeOf(arg.Status, taskStatuses[:])) - 1
	}
	var tasks cow.Tree[listed]
	switch {
	case !anyOwner:
		slot, u := usersTable.find(st, arg.OwnerID)
		if u != nil {
			tasks = st.tasksByOwner.Get(slot)
		}
	case !anyOrganization:
		slot, o := organizationsTable.find(st, arg.OrganizationID)
		if o != nil {
			tasks = st.tasksByOrganization.Get(slot)
		}
	case !anyStatus:
		tasks = st.tasksByStatus[status]
	default:
		return st.rowsOf(st.merged())
	}
	slots := make([]uint32, 0, tasks.Len())
	for l := range tasks.All() {
		if !anyOwner && !anyOrganization || !anyStatus {
			r := st.tasks.rows.Get(l.slot)
			if !anyOrganization && r.organizationID != arg.OrganizationID || !anyStatus && r.status() != status {
				continue
			}
		}
		slots = append(slots, l.slot)
	}
	return st.rowsOf(slots)
}

// merged returns all live tasks, whose order is that of the lists by status.
func (st *state) merged() []uint32 {
	var lists [len(taskStatuses)][]listed
	total := 0
	for i := range lists {
		tree := &st.tasksByStatus[i]
		lists[i] = make([]listed, 0, tree.Len())
		for l := range tree.All() {
			lists[i] = append(lists[i], l)
		}
		total += tree.Len()
	}
	slots := make([]uint32, 0, total)
	for range total {
		var first *[]listed
		for i := range lists {
			if l := &lists[i]; len(*l) > 0 && (first == nil || (*l)[0].compare((*first)[0]) < 0) {
				first = l
			}
		}
		slots = append(slots, (*first)[0].slot)
		*first = (*first)[1:]
	}
	return slots
}

func (st *state) rowsOf(slots []uint32) []tasktwin.TaskWithStatus {
	rows := make([]tasktwin.TaskWithStatus, len(slots))
	var a arena
	for i, slot := range slots {
		r := st.tasks.rows.Get(slot)
		size := r.jsonSize()
		a.grow(size, size*(len(slots)-i))
		r.fill(&rows[i], &a)
	}
	return rows
}
