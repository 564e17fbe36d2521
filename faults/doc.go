// Package faults makes a store fail on purpose, to test what code does then: whether it
// retries a serialization failure, and what it makes of a commit whose answer was lost.
//
//	store := faults.Wrap(db, faults.SerializationFailures(3, 1))
//
// is a [tasktwin.Store] on db, on which one transaction in 3 fails at its COMMIT with
// SQLSTATE 40001. The 1 is the seed: the same calls fail in every run.
//
// A [Rule] says what fails and how: see [Fail], [Error], [LoseConnection] and [Delay];
// which calls, by [Rule.On]; which of them, by [Rule.Nth], [Rule.First], [Rule.Every] and
// [Rule.OneIn], or all of them; and whether the call has been carried out, by [Rule.After].
// [Store.Fired] says how often a rule made a call fail, so that a test can assert that it
// did.
//
// # What follows a fault
//
// What follows is what PostgreSQL does, on any store, because the store does it:
//
//   - A failed statement aborts its transaction. Each later statement fails with 25P02, a
//     commit returns [tasktwin.ErrCommitAborted], and the rollback of a savepoint around
//     the statement recovers the transaction.
//   - After a lost connection, and after a context that ended during a statement, no
//     savepoint recovers the transaction.
//   - A COMMIT that fails rolls back.
//   - The error wraps [tasktwin.ErrCommitUnknown] where pgdb's would: if the connection was
//     lost during the COMMIT of a transaction that may have changed rows, or during such a
//     statement outside of transactions. The caller cannot see whether the rows have
//     changed. In the test the rule decides it: with [Rule.After] they have.
//   - The error of a lost connection is a [tasktwin.ConnectionError], with what is known of
//     the call. With the codes 57P03 and 53300 a server refuses a connection: nothing was
//     sent.
//
// Calls that the store refuses anyway do not get an injected error: those on a closed
// store, in a transaction that has ended or is aborted, or with a context that is done.
// They are counted nevertheless: a rule with First(1) does nothing after one of them.
//
// A Store is safe for concurrent use. Which calls fail is fixed by the order of the calls.
package faults
