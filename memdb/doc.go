// Package memdb is the in-memory engine: a [tasktwin.Store] in pure Go that
// answers as PostgreSQL does, down to the SQLSTATE, the constraint, the detail
// and the order in which several violations are found.
//
// All data is a state behind an atomic pointer. A read works on the state it
// loaded, which from then on never changes: it holds no lock, does not block a
// writer and never sees half a transaction. It waits for no transaction, and for
// a statement only if nobody has read since the one before and it comes in the
// microsecond in which that one is applied. A write makes its changes to a copy
// and publishes that in one step, or, while nobody reads, in place once nothing
// can fail any more, so a failed statement leaves nothing behind. A transaction
// takes the writer token at its first write and keeps it until it ends; before
// that each statement reads the newest state (read committed) or that of its
// first statement (repeatable read, serializable).
//
// A DB is safe for concurrent use, and so is the Store of a transaction, on which
// calls take turns. Nothing is durable. Inside InTx use only the Store that the
// function receives: a write through the DB, which would wait for its own
// transaction, fails at once with [tasktwin.ErrStoreInTx] if it comes from the
// transaction's goroutine, and waits for its context if it comes from another.
//
// # Where it differs from PostgreSQL under concurrency
//
// One at a time, statements and transactions answer as PostgreSQL's do. Where
// transactions overlap, these do not:
//
//   - Writers wait for each other's transactions, where PostgreSQL would make them
//     wait for a row only, or not at all. What waited then sees what the other has
//     committed, where PostgreSQL evaluates some statements on the snapshot from
//     before the wait: a DELETE of a row that the other has inserted finds it here.
//   - A repeatable read or serializable transaction fails with 40001 if anything
//     was committed between its first statement and a write for which it has to
//     take the writer token, where PostgreSQL fails only on a conflict. After the
//     rollback of the savepoint in which it took the token it has to take it again.
//   - There are no deadlocks (40P01).
package memdb
