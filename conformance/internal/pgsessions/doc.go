// Package pgsessions has sessions on PostgreSQL for package sessions: a store for
// each, with one connection.
//
// A session waits when PostgreSQL says so. pg_locks and pg_blocking_pids tell that it
// waits for a lock and for whom, but not whether it has looked for a deadlock yet,
// which it does once, deadlock_timeout after the wait began. So the sessions have
// log_lock_waits: PostgreSQL then reports to the client itself that a statement is
// "still waiting", after it has found no deadlock. The session that closes a circle is
// therefore always the one that fails, whatever the speed of the machine.
// Both settings take a superuser.
package pgsessions
