package sim

// event is something that is going to happen.
type event struct {
	at instant
	// rank and seq order what happens at one instant: by entity, then by when it
	// was planned.
	rank uint64
	seq  uint64
	// do is what the task does. Of an arrival there is a user instead of both.
	do   func(r *run, t *task, at instant) error
	task *task
	user *user
	// round, unless it is zero, is which wait of the task the event belongs to: if
	// the task has moved on, the event is void.
	round uint32
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

// queue is the events to come, a heap of four children a node: flatter than a
// binary one, and with less to move.
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

// pop takes the next event. There has to be one.
func (q *queue) pop() event {
	next := q.heap[0]
	n := len(q.heap) - 1
	e := q.heap[n]
	q.heap[n] = event{} // it points to its task
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
