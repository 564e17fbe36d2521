// Package pgdb is the PostgreSQL engine: a [tasktwin.Store] on pgx/v5, for
// PostgreSQL 14 to 18.
//
// [Open] and [New] need a database that has the schema, which [Migrate] creates.
// The twelve task queries also work on a database whose tables have additional
// columns. The encoding of the database should be UTF8; SQL_ASCII is refused.
//
// A call that has no connection, or loses it, returns a [tasktwin.ConnectionError]. The
// next call takes another connection: with a URL that names several hosts and
// target_session_attrs=read-write, one to the server that is the primary by then.
// [tasktwin.Retry] runs transactions again that have certainly changed nothing.
// [Options] says how to read from replicas.
//
// A [DB] is safe for concurrent use. Each method is one statement, so it is
// atomic; InTx makes several atomic. Timeouts come from the context. Callers must
// retry, for example after SQLSTATE 40001. If the answer to a commit is lost, the error
// wraps [tasktwin.ErrCommitUnknown]: [tasktwin.Store] says what to do.
//
// # Poolers
//
// Behind a pooler that pools transactions, such as PgBouncer with pool_mode =
// transaction, add default_query_exec_mode=cache_describe to the connection string: it
// needs no prepared statement and changes no answer. [Migrate] needs no setting. The other
// modes of pgx are these:
//   - cache_statement, the default, fails there with SQLSTATE 42P05, 26000 or 08P01, and the
//     error names the setting. With PgBouncer's max_prepared_statements it fails after a
//     statement that was new to a connection in a failed transaction.
//   - describe_exec must not be used: a call may run the statement of another client.
//   - exec and simple_protocol work, but send values as text: times more than 292,000 years
//     away from 2000 are then SQLSTATE 22008, and in simple_protocol a NUL byte is 08P01.
//
// PgBouncer refuses the parameter search_path: set it for the user or the database, by
// ALTER ROLE or ALTER DATABASE. pool_mode = statement is not enough for InTx and Load.
package pgdb
