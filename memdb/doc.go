// Package memdb is the in-memory engine: a [tasktwin.Store] in pure Go that
// answers as PostgreSQL does, down to the SQLSTATE, the constraint and the order
// in which several violations are found.
//
// All data is an immutable state behind an atomic pointer. A read works on the
// state it loaded and holds no lock: it never blocks a writer and never sees
// half a transaction. A write copies what it changes and publishes the new state
// in one step, so a failed statement leaves nothing behind. A transaction takes
// the writers' lock at its first write and keeps it until it ends; before that
// each statement reads the newest state (read committed) or that of its first
// statement (repeatable read, serializable).
//
// A DB is safe for concurrent use, the Store of a transaction is not. Nothing is
// durable. Writers wait for each other where PostgreSQL would only make them
// wait for a row, and a repeatable read or serializable transaction fails with
// 40001 at its first write if anything was committed since its first statement,
// where PostgreSQL fails only on a conflict. Inside InTx use only the Store that
// the function receives: a write through the DB waits for the transaction to
// end, or for its context.
package memdb
