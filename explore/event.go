package explore

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"slices"

	"github.com/tasktwin/tasktwin"
	"github.com/tasktwin/tasktwin/internal/footprint"
)

// The names of calls that are not methods, as in the text of sessions.
const (
	opBegin     = "begin"
	opCommit    = "commit"
	opRollback  = "rollback"
	opSavepoint = "savepoint"
	opRelease   = "release"
	opStep      = "step"
	opClose     = "close"
)

// call is a call of a handler on its store.
type call struct {
	run  *run
	proc *proc
	ctx  context.Context //nolint:containedctx // of one call
	name string
	arg  any
	tx   *transaction
	stmt footprint.Statement
	// room is for the touches of most statements.
	room [24]footprint.Touch

	// merged is how many touches of the statement are in an event already.
	merged int
	// at is the place of the event in which the call began.
	at int
}

// transaction is a transaction of a handler.
type transaction struct {
	level       tasktwin.IsolationLevel
	hasSnapshot bool
	hasWritten  bool
	// touches are those of all its statements, unless isUnknown.
	touches   []footprint.Touch
	isUnknown bool
}

func (t *transaction) isSerializable() bool { return t != nil && t.level == tasktwin.Serializable }

// isStatement reports whether a call is a statement on rows.
func (c *call) isStatement() bool {
	switch c.name {
	case opBegin, opCommit, opRollback, opSavepoint, opRelease, opStep, opClose:
		return false
	}
	return true
}

func (c *call) begins() bool { return c.name == opBegin || c.name == opSavepoint }

// answer is what a call returned.
type answer struct {
	call  *call
	value any
	err   error
}

// wait is a statement that waits.
type wait struct {
	call       *call
	holders    []string
	table, key string
}

// event is one step of a schedule: a call and all that happens until every handler asks for
// its next turn, waits for another, or has returned.
type event struct {
	call *call
	proc int
	// procs are the handlers that took part: the one that was called, and those that it
	// let go.
	procs   uint32
	answers []answer
	waits   []wait

	// touches are sorted by item, and each item is there once.
	touches []footprint.Touch
	// mask has a bit for each item of touches.
	mask uint64
	// everything is set for a step whose footprint is not known.
	everything bool
	publishes  bool
	// conflicts is set if a session was in the way of another, or may have been let go.
	conflicts bool
	// couldGoOn is set if the handler could have had the next turn, too.
	couldGoOn bool
	// snapshot is set if a transaction has taken its snapshot, serializable if it is one and
	// has done more than begin, firstWrite if a session has written for the first time.
	snapshot, serializable, firstWrite bool
}

// rules say which orders of events matter that their footprints do not show. They are set
// when a schedule shows that they are needed.
type rules struct {
	// serializable transactions have read what others have written.
	serializable bool
	// queues: a statement has met several sessions at once, so that the order in which they
	// have begun to write, and in which they have locked, matters.
	queues bool
}

// depend reports whether the order of two events of a schedule may matter.
func (r rules) depend(a, b *event) bool {
	return a.procs&b.procs != 0 || r.dependBeside(a, b)
}

// dependBeside is depend, for what has nothing to do with whose events they are.
func (r rules) dependBeside(a, b *event) bool {
	switch {
	case a.everything && !b.isNothing() || b.everything && !a.isNothing():
		return true
	case a.conflicts && b.conflicts:
		return true
	case a.snapshot && b.publishes || a.publishes && b.snapshot:
		return true
	case r.serializable && a.serializable && b.serializable:
		return true
	case r.queues && a.firstWrite && b.firstWrite:
		return true
	case a.mask&b.mask == 0:
		return false
	}
	return r.meet(a, b) != nil
}

// meet returns the first item at which two events conflict, or nil.
func (r rules) meet(a, b *event) *footprint.Item {
	for i, j := 0, 0; i < len(a.touches) && j < len(b.touches); {
		x, y := &a.touches[i], &b.touches[j]
		switch {
		case x.Item < y.Item:
			i++
		case x.Item > y.Item:
			j++
		default:
			if footprint.Conflict(x.Access, y.Access) || r.queues && x.Access&y.Access&footprint.KeyShare != 0 {
				return &x.Item
			}
			i++
			j++
		}
	}
	return nil
}

// isNothing reports whether an event is the beginning of a transaction, which takes no
// snapshot and no lock.
func (e *event) isNothing() bool {
	return !e.everything && len(e.touches) == 0 && !e.conflicts && !e.snapshot
}

const locks = footprint.KeyShare | footprint.NoKeyUpdate | footprint.Update

// merge adds to an event what a call has done since the last merge.
func (e *event) merge(c *call) {
	e.procs |= 1 << c.proc.id
	if c.isStatement() && !c.stmt.Known || c.name == opStep || c.name == opClose {
		e.everything = true
	}
	e.conflicts = e.conflicts || c.stmt.Holders > 0
	e.touches = slices.Grow(e.touches, len(c.stmt.Touches))
	for _, t := range c.stmt.Touches {
		if c.tx == nil && t.Access&footprint.Writes != 0 {
			t.Access |= footprint.Publishes
		}
		e.touches = append(e.touches, t)
	}
	if c.tx != nil {
		c.tx.isUnknown = c.tx.isUnknown || e.everything
		c.tx.touches = append(c.tx.touches, c.stmt.Touches[c.merged:]...)
		c.merged = len(c.stmt.Touches)
		e.serializable = e.serializable || c.tx.isSerializable() && c.name != opBegin
	}
}

// begin notes what the first statement of a session does beside its touches.
func (e *event) begin(c *call) {
	if !c.isStatement() {
		return
	}
	if c.tx == nil {
		e.firstWrite = e.firstWrite || writes(c)
		return
	}
	if !c.tx.hasSnapshot && c.tx.level != "" && c.tx.level != tasktwin.ReadCommitted {
		e.snapshot, c.tx.hasSnapshot = true, true
	}
	if !c.tx.hasWritten && writes(c) {
		e.firstWrite, c.tx.hasWritten = true, true
	}
}

// end adds to an event what the end of a call gives up and publishes. othersWait says that
// there are sessions that may be let go.
func (e *event) end(c *call, err error, othersWait bool) {
	frees := false
	switch {
	case c.tx == nil:
		frees = len(c.stmt.Touches) > 0
	case c.name == opCommit:
		frees = true
		e.free(c.tx, footprint.Publishes)
	case c.name == opRollback, c.name == opRelease, err != nil && !errors.Is(err, sql.ErrNoRows):
		frees = true
		e.free(c.tx, 0)
	}
	e.conflicts = e.conflicts || frees && othersWait
}

// free adds the locks of a transaction to an event, and publishes what it has written if
// asked to.
func (e *event) free(tx *transaction, publishes footprint.Access) {
	e.everything = e.everything || tx.isUnknown
	for _, t := range tx.touches {
		a := t.Access & locks
		if t.Access&footprint.Writes != 0 {
			a |= publishes
		}
		if a != 0 {
			e.touches = append(e.touches, footprint.Touch{Item: t.Item, Access: a})
		}
	}
}

// finish sorts the touches.
func (e *event) finish() {
	slices.SortFunc(e.touches, func(a, b footprint.Touch) int { return cmp.Compare(a.Item, b.Item) })
	kept := e.touches[:0]
	for _, t := range e.touches {
		if n := len(kept); n > 0 && kept[n-1].Item == t.Item {
			kept[n-1].Access |= t.Access
		} else {
			kept = append(kept, t)
		}
		e.publishes = e.publishes || t.Access&footprint.Publishes != 0
		e.mask |= 1 << (uint64(t.Item) * 0x9e3779b97f4a7c15 >> 58)
	}
	e.touches = kept
	e.publishes = e.publishes || e.everything
}
