package pgdb

import (
	"slices"
	"sync"
	"sync/atomic"

	"github.com/tasktwin/tasktwin/internal/goroutine"
)

// ownTx knows on which goroutines the functions of transactions run, to find calls that
// would wait for a transaction that cannot end before them. A goroutine's ID takes
// some microseconds, and more the deeper its stack is. So it is asked for only at the
// start of a function, and by calls while functions run.
type ownTx struct {
	// conns is the number of connections that the pool can have.
	conns int
	// open is the number of functions that run.
	open atomic.Int32

	mu sync.Mutex
	// running are the functions by their goroutines' IDs.
	running map[uint64]*functions
}

// functions are those of transactions that run on one goroutine, each called inside the
// one before.
type functions struct {
	// depth is their number.
	depth atomic.Int32
	// sessions are their transactions. It is guarded by ownTx.mu.
	sessions []*session
}

// enter registers that the function of a transaction begins on this goroutine. The
// result ends it.
func (o *ownTx) enter(s *session) (leave func()) {
	id := goroutine.ID()
	o.mu.Lock()
	defer o.mu.Unlock()
	f := o.running[id]
	if f == nil {
		f = &functions{}
		if o.running == nil {
			o.running = map[uint64]*functions{}
		}
		o.running[id] = f
	}
	s.functions = f
	f.sessions = append(f.sessions, s)
	f.depth.Add(1)
	o.open.Add(1)
	return func() { o.leave(id, f) }
}

// leave ends the innermost function of a goroutine.
func (o *ownTx) leave(id uint64, f *functions) {
	o.mu.Lock()
	defer o.mu.Unlock()
	f.sessions = f.sessions[:len(f.sessions)-1]
	f.depth.Add(-1)
	o.open.Add(-1)
	if len(f.sessions) == 0 {
		delete(o.running, id)
	}
}

// here returns the transactions whose functions run on this goroutine.
func (o *ownTx) here() []*session {
	if o.open.Load() == 0 {
		return nil
	}
	id := goroutine.ID()
	o.mu.Lock()
	defer o.mu.Unlock()
	if f := o.running[id]; f != nil && id != 0 {
		return slices.Clone(f.sessions)
	}
	return nil
}

// besides returns the transactions other than s whose functions run on this goroutine.
// It finds none if the function of s is the only one of its goroutine, whichever
// goroutine this is: statements of ordinary transactions must not need the ID of theirs.
func (o *ownTx) besides(s *session) []*session {
	if s.functions != nil && s.functions.depth.Load() == 1 {
		return nil
	}
	return slices.DeleteFunc(o.here(), func(other *session) bool { return other == s })
}
