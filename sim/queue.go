package sim

// event is a scheduled event.
type event struct {
	at simTime
	// rank and seq order events at the same time: by entity, then by the order in which
	// they were scheduled.
	rank uint64
	seq  uint64
	// do is called with task. The event of an arrival has neither, but a user.
	do   func(r *run, t *task, at simTime) error
	task *task
	user *user
	// generation, unless zero, is the task's generation when the event was scheduled. If
	// the task's generation has changed, the event is dropped.
	generation uint32
}

func (e *event) before(f *event) bool {
	if e.at != f.at {
		return e.at < f.at
	}
	if e.rank != f.rank {
		return e.rank < f.rank
	}
	return e.seq < f.seq
}

// queue holds the scheduled events in a 4-ary heap. It is flatter than a binary heap, so
// that push and pop move fewer elements.
type queue struct {
	heap []event
	seq  uint64
}

const children = 4

func (q *queue) push(e event) {
	q.seq++
	e.seq = q.seq
	q.heap = append(q.heap, e)
	i := len(q.heap) - 1
	for i > 0 {
		parent := (i - 1) / children
		if !e.before(&q.heap[parent]) {
			break
		}
		q.heap[i] = q.heap[parent]
		i = parent
	}
	q.heap[i] = e
}

// pop removes and returns the next event. The queue must not be empty.
func (q *queue) pop() event {
	next := q.heap[0]
	n := len(q.heap) - 1
	e := q.heap[n]
	q.heap[n] = event{} // lets its task be collected
	q.heap = q.heap[:n]
	if n == 0 {
		return next
	}
	i := 0
	for {
		first := children*i + 1
		if first >= n {
			break
		}
		least := first
		for c := first + 1; c < min(first+children, n); c++ {
			if q.heap[c].before(&q.heap[least]) {
				least = c
			}
		}
		if !q.heap[least].before(&e) {
			break
		}
		q.heap[i] = q.heap[least]
		i = least
	}
	q.heap[i] = e
	return next
}
