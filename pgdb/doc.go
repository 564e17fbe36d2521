// Package pgdb is the PostgreSQL engine: a [tasktwin.Store] on pgx/v5, for
// PostgreSQL 14 to 18.
//
// [Open] and [New] take a database that has the schema, which [Migrate] creates.
// The twelve task queries also run against a database whose tables have more
// columns. Its encoding should be UTF8, and cannot be SQL_ASCII.
//
// A [DB] is safe for concurrent use. Each method is one statement, so it happens
// whole or not at all; several become one by InTx. Timeouts come from the
// context, and retries, as after SQLSTATE 40001, are the caller's.
package pgdb
