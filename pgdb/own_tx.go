package pgdb

import (
	"bytes"
	"runtime"
	"strconv"
	"sync/atomic"

	"github.com/tasktwin/tasktwin"
)

// ownTx finds calls on a store that would wait for the transaction in whose function
// they are made, because that has the pool's only connection. A goroutine's ID takes
// several microseconds, so it is asked for only where a pool has one connection. In a
// larger pool the other connections may be released in time, and whether they will
// cannot be told.
type ownTx struct {
	// only says that the pool has one connection.
	only bool
	// goroutine is the one on which the function of the open transaction runs, or 0.
	goroutine atomic.Uint64
}

// enter registers that the function of a transaction begins on this goroutine. The
// result ends it.
func (o *ownTx) enter() (leave func()) {
	if !o.only {
		return func() {}
	}
	o.goroutine.Store(goroutineID())
	return func() { o.goroutine.Store(0) }
}

// check returns ErrStoreInTx for a call that would wait for its own caller.
func (o *ownTx) check() error {
	if id := o.goroutine.Load(); id != 0 && id == goroutineID() {
		return tasktwin.ErrStoreInTx
	}
	return nil
}

// goroutineID returns the ID of the calling goroutine, or 0 if it cannot be found out.
func goroutineID() uint64 {
	var buf [64]byte
	_, rest, _ := bytes.Cut(buf[:runtime.Stack(buf[:], false)], []byte("goroutine "))
	digits, _, _ := bytes.Cut(rest, []byte(" "))
	id, _ := strconv.ParseUint(string(digits), 10, 64)
	return id
}
