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
// behind. A transaction takes the writer token at its first write and holds it until it
// ends. Before that, each statement reads the newest state (read committed) or the state
// of the transaction's first statement (repeatable read, serializable).
//
// A DB is safe for concurrent use. So is the Store of a transaction: its calls run one at
// a time. Nothing is durable. Inside InTx use only the Store that the function receives. A
// write through the DB would wait for its own transaction. On the transaction's goroutine
// it fails at once with [tasktwin.ErrStoreInTx]; on another goroutine it waits until its
// context ends.
//
// # Differences from PostgreSQL under concurrency
//
// Statements and transactions that run one at a time behave as in PostgreSQL. Overlapping
// transactions differ in these points:
//
//   - Writers wait for each other's transactions. In PostgreSQL they wait for a row, or not
//     at all. After waiting, a statement sees the other transaction's commit. PostgreSQL
//     evaluates some statements on the snapshot from before the wait. For example, a DELETE
//     of a row that the other transaction has inserted finds the row in memdb but not in
//     PostgreSQL.
//   - A repeatable read or serializable transaction fails with 40001 if anything was
//     committed between its first statement and a write that takes the writer token.
//     PostgreSQL fails only on a conflict. Rolling back the savepoint in which the
//     transaction took the token releases it, and the next write takes it again.
//   - There are no deadlocks (40P01).
package memdb
