// Package memdb is the in-memory engine: a [tasktwin.Store] in pure Go. It gives the same
// answers as PostgreSQL, including the SQLSTATE, constraint and detail of each error, and
// the order in which violations are found.
//
// All data is in a state behind an atomic pointer. A read loads the pointer, and from then
// on that state never changes. The read holds no lock, does not block writers and never
// sees part of a transaction. It never waits for a transaction. It waits for a statement
// only during the microsecond in which the statement changes the state in place. A write
// changes a copy and publishes it in one step, or changes the state in place if nobody has
// read it and the statement can no longer fail. So a failed statement leaves no changes
// behind. A transaction writes to a state of its own. Others see its changes after the
// commit, which joins them with what others have committed meanwhile.
//
// A DB is safe for concurrent use. So is the Store of a transaction: its calls run one at
// a time. Nothing is durable.
//
// # Sessions that overlap
//
// Transactions that overlap wait, fail and deadlock as in PostgreSQL. A write locks its
// rows until its transaction ends, in PostgreSQL's modes, and a foreign key locks the row
// that it refers to. A statement waits for a row that another session has locked in a
// conflicting mode, and for a unique key that another session has stored or freed and not
// committed. After the wait it looks again. A cycle of waits is 40P01 at the statement that
// closes it. At repeatable read and serializable an update of a row that was changed since
// the snapshot is 40001; so is, at serializable, a transaction that may have no place in a
// serial order. [DB.Waits] tells who waits for whom.
//
// In the function of InTx the DB is another session. Where a call on it would wait for the
// transaction of its own goroutine, it fails with [tasktwin.ErrStoreInTx]. On another
// goroutine it waits until its context ends.
//
// A statement that waits blocks on channels and its context only. In a bubble of
// testing/synctest it is durably blocked. The package starts no goroutines and no timers.
//
// # Differences from PostgreSQL under concurrency
//
//   - PostgreSQL remembers what serializable transactions read by page or table, and fails
//     with 40001 more often. This package remembers rows, keys and lists.
//   - Of several statements that wait for the same, the first goes on first. PostgreSQL
//     does not fix the order.
//   - A deadlock is found at once, and not after a timeout, so that the victim is always
//     the statement that closes the cycle.
//   - A statement that is cancelled while it waits has done nothing. In PostgreSQL, outside
//     of a transaction, it may have been carried out.
//   - ErrStoreInTx is returned at once, as described above. PostgreSQL waits: package pgdb
//     asks it after a moment, if its pool has a connection to do so.
//
// Statements that write run one at a time, and so do commits. docs/concurrency.md has the
// locks that each method takes.
package memdb
