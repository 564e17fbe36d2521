// Package tasktwin stores the tasks of a platform that runs AI coding agents in
// cloud workspaces, derives each task's status and computes its lifecycle
// telemetry.
//
// The package has the [Querier] and [Store] interfaces, the models, the enums and the
// errors. There are two engines: package memdb keeps everything in memory and follows
// PostgreSQL's rules, package pgdb uses PostgreSQL. The conformance suite checks that
// both return the same results.
//
// Values follow PostgreSQL: timestamps have microseconds and are returned in UTC,
// jsonb is returned in PostgreSQL's text form, uuids are ordered bytewise. Arguments
// and results share no memory with the store.
package tasktwin
