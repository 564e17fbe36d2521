// Package pgdb is the PostgreSQL engine: a [tasktwin.Store] on pgx/v5, for
// PostgreSQL 14 to 18.
//
// [Open] and [New] need a database that has the schema, which [Migrate] creates.
// The twelve task queries also work on a database whose tables have additional
// columns. The encoding of the database should be UTF8; SQL_ASCII is refused.
//
// A [DB] is safe for concurrent use. Each method is one statement, so it is
// atomic; InTx makes several atomic. Timeouts come from the context. Callers must
// retry, for example after SQLSTATE 40001. If the answer to a commit is lost, the error
// wraps [tasktwin.ErrCommitUnknown]: [tasktwin.Store] says what to do.
package pgdb
