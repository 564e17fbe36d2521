// Package rel is a relational kernel in memory: tables with unique indexes and
// foreign keys, whose violations are found in PostgreSQL's order, and transactions
// with savepoints on them. It knows no table of its own. Its user gives it a
// value, T, that holds the tables and what is derived from them, and a [TableDef]
// of each table.
//
// A [State] is one version of T. Its containers are copy-on-write, so a copy of a
// state costs the same whatever it holds: a savepoint is a copy, a rollback drops
// one, and a fork shares one. A [Store] has an atomic pointer to the committed
// state. A read works on the state that it loaded, which never changes from then
// on, and holds no lock. A write takes the writer token, changes a copy and
// publishes that, or changes the committed state in place if nobody has read it.
//
// A statement lives from [Read] or [Write], which find the state that it runs on,
// to the publication of what it changed. It comes with the error of its arguments,
// if they could not be parsed: when such a statement fails is the kernel's to know.
//
// A Store is safe for concurrent use, and so is a [Tx], whose statements take
// turns. Writers wait for each other's transactions. Nothing is durable.
package rel
