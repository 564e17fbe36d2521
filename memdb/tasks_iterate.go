package memdb

import (
	"context"
	"iter"

	"github.com/tasktwin/tasktwin"
	"github.com/tasktwin/tasktwin/memdb/internal/cow"
	"github.com/tasktwin/tasktwin/memdb/internal/rel"
)

// The number of rows that count as read at a time, as in pgdb, which fetches as many.
const (
	firstFetch = 64
	laterFetch = 512
)

// AllTasks implements [tasktwin.TaskIterator].
func (q queries) AllTasks(ctx context.Context, arg tasktwin.ListTasksParams) iter.Seq2[tasktwin.TaskWithStatus, error] {
	return func(yield func(tasktwin.TaskWithStatus, error) bool) {
		if err := q.iterate(ctx, arg, yield); err != nil {
			yield(tasktwin.TaskWithStatus{}, q.translate(err))
		}
	}
}

// iterate yields the rows, and returns the error that ends the loop.
func (q queries) iterate(
	ctx context.Context, arg tasktwin.ListTasksParams, yield func(tasktwin.TaskWithStatus, error) bool,
) error {
	reading, err := rel.StartReading(ctx, q.executor, checkListTasks(arg), func(st *state) { noteTaskList(st, arg, false) })
	if err != nil {
		return err
	}
	next, stop := iter.Pull(slotsOf(reading.State(), arg))
	defer stop()
	for page := (taskPage{}); ; page.at++ {
		if page.at == len(page.slots) {
			if err := reading.Read(ctx, func(st *state) { page.fetch(st, next) }); err != nil || len(page.slots) == 0 {
				return err
			}
		} else if err := reading.Go(ctx); err != nil {
			return err
		}
		var row tasktwin.TaskWithStatus
		reading.State().Tables.tasks.Row(page.slots[page.at]).fillAlone(&row)
		if !yield(row, nil) {
			return nil
		}
	}
}

// taskPage has the slots of the tasks that are read together.
type taskPage struct {
	slots []uint32
	at    int
}

// fetch replaces the page by the next one.
func (p *taskPage) fetch(st *state, next func() (uint32, bool)) {
	size := laterFetch
	if p.slots == nil {
		size = firstFetch
	}
	p.slots, p.at = p.slots[:0], 0
	for len(p.slots) < size {
		slot, ok := next()
		if !ok {
			return
		}
		p.slots = append(p.slots, slot)
		if st.IsTracked() {
			noteTask(st, slot, st.Tables.tasks.Row(slot))
		}
	}
}

// slotsOf iterates over the slots of the tasks of a list, in its order.
func slotsOf(st *state, arg tasktwin.ListTasksParams) iter.Seq[uint32] {
	tasks, matches, ok := listOf(st, arg)
	entries := tasks.All()
	if !ok {
		entries = merged(&st.Tables.taskLists.byStatus)
	}
	return func(yield func(uint32) bool) {
		for e := range entries {
			if (matches == nil || matches(st.Tables.tasks.Row(e.slot))) && !yield(e.slot) {
				return
			}
		}
	}
}

// head is the first entry of a list that has not been passed on.
type head struct {
	entry listEntry
	ok    bool
	next  func() (listEntry, bool)
}

func (h *head) advance() { h.entry, h.ok = h.next() }

// merged iterates over the entries of several lists, in order.
func merged(lists *[len(taskStatuses)]cow.Tree[listEntry]) iter.Seq[listEntry] {
	return func(yield func(listEntry) bool) {
		var heads [len(taskStatuses)]head
		for i := range heads {
			next, stop := iter.Pull(lists[i].All())
			defer stop()
			heads[i].next = next
			heads[i].advance()
		}
		for {
			var first *head
			for i := range heads {
				if h := &heads[i]; h.ok && (first == nil || h.entry.compare(first.entry) < 0) {
					first = h
				}
			}
			if first == nil || !yield(first.entry) {
				return
			}
			first.advance()
		}
	}
}
