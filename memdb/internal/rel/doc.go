// Package rel is an in-memory relational kernel: tables with unique indexes and
// foreign keys, and transactions with savepoints. It reports constraint violations in
// PostgreSQL's order. It defines no tables itself. Its user provides a type T that
// holds the tables and the data derived from them, and a [TableDef] for each table.
//
// A [State] is one version of T. Its containers are copy-on-write, so copying a
// state takes constant time. A savepoint is a copy, a rollback drops a copy, and a
// fork shares one. A [Store] has an atomic pointer to the committed state. A read
// loads the pointer and holds no lock; from then on that state never changes. A write
// holds the store's latch for the time of one statement. It changes a copy and publishes
// it, or changes the committed state in place if nobody has that state. A short read says so
// only until it ends, and others mark the state for good.
//
// Transactions overlap. Each writes to a state of its own and logs which rows it changes
// and locks. The logs are the lock table, and what is replayed to bring together the
// states of transactions that commit beside each other. A statement that finds a
// conflicting lock or key gives up the latch, waits, and runs again.
//
// A statement runs inside [Read] or [Write]. They find the state that it runs on and
// publish its changes. If the arguments of a statement could not be parsed, the
// caller passes the error to Read or Write, because the kernel decides at which point
// such a statement fails.
//
// A Store is safe for concurrent use. So is a [Tx]: its statements run one at a time.
// Nothing is durable.
package rel
