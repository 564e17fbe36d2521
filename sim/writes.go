package sim

import "github.com/tasktwin/tasktwin"

// A run does not change the rows of a task at once. It keeps the changes and makes them
// together, when the task is paused or when something is to be read. Otherwise each
// statement would find that other tasks' statements have replaced what it needs in the
// processor's caches.

// write is a change of a task's rows that has not been made: do, or the insertion of a
// status. It does not depend on what the task becomes later.
type write struct {
	at     simTime
	do     func() error
	status func() tasktwin.InsertWorkspaceAppStatusParams
}

// maxWrites is the maximum number of changes that a task keeps. A pause and its resume have
// about as many.
const maxWrites = 64

// write changes the rows of a task, at once or with later changes.
func (r *run) write(t *task, at simTime, do func() error) error {
	return r.keep(t, write{at: at, do: do})
}

func (r *run) keep(t *task, w write) error {
	if t.writes == nil {
		t.writes = r.buffer()
	}
	t.writes = append(t.writes, w)
	// A deleted task is not live, so flushAll would not find it.
	if len(t.writes) == r.maxWrites || t.phase == deleted {
		return r.flush(t)
	}
	return nil
}

// flush makes the changes that a task has kept.
func (r *run) flush(t *task) error {
	if t.writes == nil {
		return nil
	}
	return r.send(step{task: t, writes: t.take()})
}

// flushAll makes the changes that all tasks have kept.
func (r *run) flushAll() error {
	for _, t := range r.live {
		if err := r.flush(t); err != nil {
			return err
		}
	}
	return nil
}

// collect adds the task's events to the sums.
func (r *run) collect(t *task, at simTime) error {
	return r.send(step{task: t, writes: t.take(), collects: true, at: at})
}

// take returns the changes that the task has kept. They are no longer the task's.
func (t *task) take() []write {
	writes := t.writes
	t.writes = nil
	return writes
}
