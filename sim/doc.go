// Package sim simulates, on any [tasktwin.Store], a platform where AI agents work on
// users' tasks in cloud workspaces. It answers an operator's question: when should an
// idle task be paused? Pausing late costs compute, pausing early makes users wait for a
// resume.
//
// A [World] has users who submit tasks and answer late, agents that work in turns
// and report statuses, and builds that take time and sometimes fail. The events
// are drawn from the distributions of [Params] or taken from a [Recording] of real
// work. A [Policy] decides when to pause. [World.Run] simulates a world under one
// policy, [World.Sweep] under several in parallel, and [SweepJobs] several worlds.
//
// # Virtual time and randomness
//
// Time is virtual: it jumps from event to event, in microseconds. Events at the
// same instant are ordered by user, then by the user's tasks, then by when they
// were scheduled.
//
// Every user and every task has its own random source, seeded by [Params.Seed] and
// its index. A draw depends only on its source, its purpose and its number. So the
// same seed gives the same run, row by row, on any engine. A task that is paused one
// more time still gets the same answers at the same times, so all differences between
// two policies are caused by the policies.
//
// This holds for one binary. On another processor architecture the compiler or package
// math may fuse multiplications and additions, so that a time may be a microsecond
// later.
//
// # Results
//
// A [Result] sums the events of package telemetry. As on a platform, they are collected
// after each resume, at each deletion and at the end. The simulator also keeps its own
// ledger. If the sums differ by even a millisecond, Run fails with a
// [*ReconciliationError]. Building and waiting times come from the ledger, because
// telemetry does not have them.
//
// # Concurrency
//
// A World is immutable and safe for concurrent use. Sweep calls policies from several
// goroutines, so they must be safe for concurrent use, too. The policies of this package
// are. A run writes in one transaction: if it fails or its context is cancelled, it
// writes nothing.
package sim
