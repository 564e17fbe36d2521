// Package footprint carries what a statement has read, written and locked from the engine
// that carried it out to who explores the orders of statements. Two statements whose
// footprints do not conflict have the same effect in either order.
//
// An engine that knows footprints asks for the [Statement] of a context by [Of], which is
// one atomic load while nobody records.
package footprint

import (
	"context"
	"sync/atomic"
)

// Kind says what an item is.
type Kind uint8

// The kinds of items. A row, a key and a parent are given by a hash of their key, so that
// they are the same in every run; different ones may have the same hash.
const (
	// Row is a row of a table, by its primary key.
	Row Kind = iota
	// Key is a key of a unique index, whether there is a row with it or not.
	Key
	// Children are the rows that refer to a parent by a foreign key.
	Children
	// Table is all rows of a table.
	Table
)

// Item is something that a statement touches.
type Item uint64

// NewItem returns the item of a table, of the nth index or foreign key of the table, with
// a hash.
func NewItem(kind Kind, table, nth int, hash uint32) Item {
	return Item(kind)<<56 | Item(table)<<48 | Item(nth)<<32 | Item(hash)
}

// Kind returns the kind.
func (i Item) Kind() Kind { return Kind(i >> 56) }

// Access is how a statement touches an item: a set of the bits below.
type Access uint8

// The bits of an access. Two sessions cannot hold conflicting locks on an item at once:
// see [Conflict].
const (
	// Sees is set for what is committed or the transaction's own.
	Sees Access = 1 << iota
	// KeyShare, NoKeyUpdate and Update are locks, as PostgreSQL has them on rows. Other
	// items are only locked for Update: a key by who stores or frees it.
	KeyShare
	NoKeyUpdate
	Update
	// Writes is set for what is changed, and seen by others once it is committed.
	Writes
	// Publishes is set for what is committed.
	Publishes
)

// Conflict reports whether the order of two accesses to one item, by different sessions,
// may matter. What is written and not committed is not seen by others.
func Conflict(a, b Access) bool {
	return a&Sees != 0 && b&Publishes != 0 || a&Publishes != 0 && b&Sees != 0 || locksConflict(a, b) || locksConflict(b, a)
}

func locksConflict(a, b Access) bool {
	return a&Update != 0 && b&(KeyShare|NoKeyUpdate|Update) != 0 || a&NoKeyUpdate != 0 && b&NoKeyUpdate != 0
}

// Touch is an access to an item.
type Touch struct {
	Item
	Access
}

// Observer is told when a statement waits. Its methods are called with a lock of the engine
// held, and must not call it.
type Observer interface {
	// Waiting is called when the statement begins to wait, with the names of the sessions
	// that it waits for, and with the table and the key, as in tasktwin.Wait.
	Waiting(holders []string, table, key string)
	// Going is called when the statement is let go, by who lets it go, before the call of
	// that returns.
	Going()
}

// Statement is what the engine tells of a statement that it carries out.
type Statement struct {
	// Observer may be nil.
	Observer Observer
	// Names, unless it is nil, gets the names of the items.
	Names map[Item]string

	// Known says that the engine has told its touches. Otherwise the statement may have
	// touched everything.
	Known bool
	// Touches are in no order, and an item may be there several times.
	Touches []Touch
	// Holders is how many sessions were in the way at once, at most.
	Holders int
}

// Touch notes an access to an item.
func (s *Statement) Touch(i Item, a Access) { s.Touches = append(s.Touches, Touch{i, a}) }

// recording counts those who record in this process.
var recording atomic.Int32

// Start lets [Of] find statements, until stop is called.
func Start() (stop func()) {
	recording.Add(1)
	return func() { recording.Add(-1) }
}

type statementKey struct{}

// With returns a context for one call, which fills in the statement.
func With(ctx context.Context, s *Statement) context.Context {
	return context.WithValue(ctx, statementKey{}, s)
}

// Of returns the statement of a context, or nil if nobody wants to know.
func Of(ctx context.Context) *Statement {
	if recording.Load() == 0 {
		return nil
	}
	s, _ := ctx.Value(statementKey{}).(*Statement)
	return s
}
