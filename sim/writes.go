package sim

// A run does not change the rows of a task at once. It keeps the changes and makes them
// together, when the task is paused or when something is to be read. Otherwise each
// statement would find what it needs in memory that other tasks' statements have replaced in the
// processor's caches since.

// write is a change of a task's rows that has not been made.
type write struct {
	at simTime
	do func() error
}

// maxWrites is the maximum number of changes that a task keeps. A pause and its resume have
// about as many.
const maxWrites = 64

// write changes the rows of a task, at once or with later changes.
func (r *run) write(t *task, at simTime, do func() error) error {
	if t.writes == nil {
		t.writes = r.buffer()
	}
	t.writes = append(t.writes, write{at, do})
	// A deleted task is not live, so flushAll would not find it.
	if len(t.writes) == r.maxWrites || t.phase == deleted {
		return r.flush(t)
	}
	return nil
}

// buffer returns an empty buffer for changes.
func (r *run) buffer() []write {
	if last := len(r.buffers) - 1; last >= 0 {
		buffer := r.buffers[last]
		r.buffers = r.buffers[:last]
		return buffer
	}
	return make([]write, 0, r.maxWrites)
}

// flush makes the changes that a task has kept.
func (r *run) flush(t *task) error {
	if t.writes == nil {
		return nil
	}
	for _, w := range t.writes {
		if err := w.do(); err != nil {
			return taskError(t, w.at, err)
		}
	}
	clear(t.writes)
	r.buffers = append(r.buffers, t.writes[:0])
	t.writes = nil
	return nil
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
