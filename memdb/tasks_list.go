package memdb

import (
	"context"
	"slices"

	"github.com/google/uuid"

	"github.com/tasktwin/tasktwin"
	"github.com/tasktwin/tasktwin/memdb/internal/cow"
)

// taskLists are lists of the tasks of the view, in the order of ListTasks, and byBuild is one of
// all live tasks, ordered by the newest build of the task's workspace.
type taskLists struct {
	byOwner, byOrganization cow.Vec[cow.Tree[listEntry]]
	byStatus                [len(taskStatuses)]cow.Tree[listEntry]
	byBuild                 cow.Tree[listEntry]
}

// listEntry returns the task's entry in the lists that are in the order of ListTasks.
func (r *taskRow) listEntry(slot uint32) listEntry {
	return listEntry{-r.createdAt, uuidKeyOf(r.id), slot}
}

// buildListEntry returns the task's entry in byBuild.
func (r *taskRow) buildListEntry(slot uint32) listEntry {
	return listEntry{r.newest, uuidKeyOf(r.id), slot}
}

// relist updates the lists after the task's row at a slot changed from old to r. Either may
// be nil.
func relist(st *state, slot uint32, r, old *taskRow) {
	lists, owner := &st.Tables.taskLists, st.Owner()
	isViewed, wasViewed := r.viewed(), old.viewed()
	sameStatus := isViewed && wasViewed && r.status() == old.status()
	if wasViewed {
		l := old.listEntry(slot)
		if !isViewed {
			lists.byOwner.At(owner, old.ownerSlot).Remove(owner, atListEntry(l))
			lists.byOrganization.At(owner, old.organizationSlot).Remove(owner, atListEntry(l))
		}
		if !sameStatus {
			lists.byStatus[old.status()].Remove(owner, atListEntry(l))
		}
	}
	if isViewed {
		l := r.listEntry(slot)
		if !wasViewed {
			lists.byOwner.At(owner, r.ownerSlot).Insert(owner, l, atListEntry(l))
			lists.byOrganization.At(owner, r.organizationSlot).Insert(owner, l, atListEntry(l))
		}
		if !sameStatus {
			lists.byStatus[r.status()].Insert(owner, l, atListEntry(l))
		}
	}
	isLive, wasLive := r.live(), old.live()
	if isLive && wasLive && r.newest == old.newest {
		return
	}
	if wasLive && old.newest != never {
		lists.byBuild.Remove(owner, atListEntry(old.buildListEntry(slot)))
	}
	if isLive && r.newest != never {
		l := r.buildListEntry(slot)
		lists.byBuild.Insert(owner, l, atListEntry(l))
	}
}

// ListTasks implements [tasktwin.Querier].
func (q queries) ListTasks(ctx context.Context, arg tasktwin.ListTasksParams) ([]tasktwin.TaskWithStatus, error) {
	return read(ctx, q, checkListTasks(arg), func(st *state) ([]tasktwin.TaskWithStatus, error) {
		noteTaskList(st, arg, true)
		return listTasks(st, arg), nil
	})
}

// checkListTasks returns the error of the arguments of a list.
func checkListTasks(arg tasktwin.ListTasksParams) error {
	if arg.Status == "" {
		return nil
	}
	return enum(arg.Status)
}

func listTasks(st *state, arg tasktwin.ListTasksParams) []tasktwin.TaskWithStatus {
	tasks, matches, ok := listOf(st, arg)
	if !ok {
		return taskRows(st, allTasksInOrder(st))
	}
	slots := make([]uint32, 0, tasks.Len())
	for l := range tasks.All() {
		if matches == nil || matches(st.Tables.tasks.Row(l.slot)) {
			slots = append(slots, l.slot)
		}
	}
	return taskRows(st, slots)
}

// listOf returns the list that has the tasks of a filter, and what they have to match if it
// has others, too. It returns false if only all lists by status together have them.
func listOf(st *state, arg tasktwin.ListTasksParams) (tasks cow.Tree[listEntry], matches func(*taskRow) bool, ok bool) {
	lists := &st.Tables.taskLists
	anyOwner, anyOrganization, anyStatus := arg.OwnerID == uuid.Nil, arg.OrganizationID == uuid.Nil, arg.Status == ""
	var status int
	if !anyStatus {
		status = int(codeOf(arg.Status, taskStatuses[:])) - 1
	}
	switch {
	case !anyOwner:
		if slot, u := users.find(st, arg.OwnerID); u != nil {
			tasks = lists.byOwner.Get(slot)
		}
	case !anyOrganization:
		if slot, ok := organizations.parentSlot(st, arg.OrganizationID); ok {
			tasks = lists.byOrganization.Get(slot)
		}
	case !anyStatus:
		return lists.byStatus[status], nil, true
	default:
		return tasks, nil, false
	}
	if !anyOwner && !anyOrganization || !anyStatus {
		matches = func(r *taskRow) bool {
			return (anyOrganization || r.organizationID == arg.OrganizationID) && (anyStatus || r.status() == status)
		}
	}
	return tasks, matches, true
}

// GetTasksByWorkspaceIDs implements [tasktwin.Querier].
func (q queries) GetTasksByWorkspaceIDs(ctx context.Context, ids []uuid.UUID) ([]tasktwin.TaskWithStatus, error) {
	return read(ctx, q, nil, func(st *state) ([]tasktwin.TaskWithStatus, error) {
		var entries []listEntry
		for _, id := range distinct(ids) {
			eachTaskOfWorkspace(st, id, func(slot uint32, r *taskRow) { entries = append(entries, r.listEntry(slot)) })
		}
		slices.SortFunc(entries, listEntry.compare)
		slots := make([]uint32, len(entries))
		for i, e := range entries {
			slots[i] = e.slot
		}
		return taskRows(st, slots), nil
	})
}

// allTasksInOrder returns the slots of all live tasks in the order of ListTasks. It merges
// the lists by status.
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

// taskRows returns the rows of tasks. Like the sums of telemetry, the tasks are loaded in
// batches, so that their cache misses overlap.
func taskRows(st *state, slots []uint32) []tasktwin.TaskWithStatus {
	rows := make([]tasktwin.TaskWithStatus, len(slots))
	var a arena
	var found [prefetchBatch]*taskRow
	var sizes [prefetchBatch]int
	remaining := rows
	for chunk := range slices.Chunk(slots, prefetchBatch) {
		for i, slot := range chunk {
			found[i] = st.Tables.tasks.Row(slot)
		}
		for i := range chunk {
			sizes[i] = found[i].jsonSize()
		}
		for i := range chunk {
			a.grow(sizes[i], sizes[i]*(len(remaining)-i))
			found[i].fill(&remaining[i], &a)
		}
		remaining = remaining[len(chunk):]
	}
	return rows
}
