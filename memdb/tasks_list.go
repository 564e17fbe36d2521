package memdb

import (
	"context"

	"github.com/google/uuid"

	"github.com/tasktwin/tasktwin"
	"github.com/tasktwin/tasktwin/memdb/internal/cow"
)

// taskLists are the live tasks in the order of ListTasks, and by the newest build of
// their workspaces. They follow from the rows of tasks and what is derived there.
type taskLists struct {
	byOwner, byOrganization cow.Vec[cow.Tree[listEntry]]
	byStatus                [len(taskStatuses)]cow.Tree[listEntry]
	byBuild                 cow.Tree[listEntry]
}

// listEntry is the task's entry in the lists that are in the order of ListTasks.
func (r *taskRow) listEntry(slot uint32) listEntry {
	return listEntry{-r.createdAt, uuidKeyOf(r.id), slot}
}

// buildListEntry is the task's entry in the list by newest builds.
func (r *taskRow) buildListEntry(slot uint32) listEntry {
	return listEntry{r.newest, uuidKeyOf(r.id), slot}
}

// relist moves a task in the lists from where one row of it belongs to where
// another does. Either may be nil.
func relist(st *state, slot uint32, r, old *taskRow) {
	lists, own := &st.Tables.taskLists, st.Owner()
	is, was := r.live(), old.live()
	sameStatus := is && was && r.status() == old.status()
	sameBuild := is && was && r.newest == old.newest
	if was {
		l := old.listEntry(slot)
		if !is {
			lists.byOwner.At(own, old.ownerSlot).Remove(own, atListEntry(l))
			lists.byOrganization.At(own, old.organizationSlot).Remove(own, atListEntry(l))
		}
		if !sameStatus {
			lists.byStatus[old.status()].Remove(own, atListEntry(l))
		}
		if !sameBuild && old.newest != never {
			lists.byBuild.Remove(own, atListEntry(old.buildListEntry(slot)))
		}
	}
	if is {
		l := r.listEntry(slot)
		if !was {
			lists.byOwner.At(own, r.ownerSlot).Insert(own, l, atListEntry(l))
			lists.byOrganization.At(own, r.organizationSlot).Insert(own, l, atListEntry(l))
		}
		if !sameStatus {
			lists.byStatus[r.status()].Insert(own, l, atListEntry(l))
		}
		if !sameBuild && r.newest != never {
			l := r.buildListEntry(slot)
			lists.byBuild.Insert(own, l, atListEntry(l))
		}
	}
}

// ListTasks implements [tasktwin.Querier].
func (q queries) ListTasks(ctx context.Context, arg tasktwin.ListTasksParams) ([]tasktwin.TaskWithStatus, error) {
	var parsed error
	if arg.Status != "" {
		parsed = enum(arg.Status)
	}
	return read(ctx, q, parsed, func(st *state) ([]tasktwin.TaskWithStatus, error) {
		return listTasks(st, arg), nil
	})
}

func listTasks(st *state, arg tasktwin.ListTasksParams) []tasktwin.TaskWithStatus {
	anyOwner, anyOrganization, anyStatus := arg.OwnerID == uuid.Nil, arg.OrganizationID == uuid.Nil, arg.Status == ""
	var status int
	if !anyStatus {
		status = int(codeOf(arg.Status, taskStatuses[:])) - 1
	}
	var tasks cow.Tree[listEntry]
	switch {
	case !anyOwner:
		slot, u := users.find(st, arg.OwnerID)
		if u != nil {
			tasks = st.Tables.taskLists.byOwner.Get(slot)
		}
	case !anyOrganization:
		slot, o := organizations.find(st, arg.OrganizationID)
		if o != nil {
			tasks = st.Tables.taskLists.byOrganization.Get(slot)
		}
	case !anyStatus:
		tasks = st.Tables.taskLists.byStatus[status]
	default:
		return taskRows(st, allTasksInOrder(st))
	}
	slots := make([]uint32, 0, tasks.Len())
	for l := range tasks.All() {
		if !anyOwner && !anyOrganization || !anyStatus {
			r := st.Tables.tasks.Row(l.slot)
			if !anyOrganization && r.organizationID != arg.OrganizationID || !anyStatus && r.status() != status {
				continue
			}
		}
		slots = append(slots, l.slot)
	}
	return taskRows(st, slots)
}

// allTasksInOrder returns all live tasks, whose order is that of the lists by
// status.
func allTasksInOrder(st *state) []uint32 {
	var lists [len(taskStatuses)][]listEntry
	total := 0
	for i := range lists {
		tree := &st.Tables.taskLists.byStatus[i]
		lists[i] = make([]listEntry, 0, tree.Len())
		for l := range tree.All() {
			lists[i] = append(lists[i], l)
		}
		total += tree.Len()
	}
	slots := make([]uint32, 0, total)
	for range total {
		var first *[]listEntry
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

func taskRows(st *state, slots []uint32) []tasktwin.TaskWithStatus {
	rows := make([]tasktwin.TaskWithStatus, len(slots))
	var a arena
	for i, slot := range slots {
		r := st.Tables.tasks.Row(slot)
		size := r.jsonSize()
		a.grow(size, size*(len(slots)-i))
		r.fill(&rows[i], &a)
	}
	return rows
}
