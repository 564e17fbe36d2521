// Package tasktwin stores the tasks of a platform that runs AI coding agents in
// cloud workspaces, derives each task's status and computes its lifecycle
// telemetry.
//
// The package holds what every engine shares: the [Querier] and [Store]
// interfaces, the models, the enums and the errors. Engines live beside it:
// memdb keeps everything in memory and follows PostgreSQL's rules, pgdb is
// PostgreSQL itself, and the conformance suite proves that both answer alike.
//
// Values follow PostgreSQL: timestamps have microseconds and come back in UTC,
// jsonb comes back in PostgreSQL's text form, uuid order is bytewise. What a
// caller passes in or gets back shares no memory with the store.
package tasktwin
