// Package sim simulates a platform whose users have AI agents work on tasks in
// cloud workspaces, on any [tasktwin.Store]. It answers an operator's question:
// when should an idle task be paused? Pausing late costs compute, pausing early
// makes users wait for a resume.
//
// A [World] has users who submit tasks and answer late, agents that work in turns
// and report statuses, and builds that take time and sometimes fail. The events
// are drawn from the distributions of [Params] or taken from a [Recording] of real
// work. A [Policy] decides when to pause. [World.Run] simulates a world under one
// policy, [World.Sweep] under several in parallel.
//
// # Virtual time and randomness
//
// Time is virtual: it jumps from event to event, in microseconds. Events at the
// same instant are ordered by user, then by the user's tasks, then by when they
// were scheduled.
//
// Every user and every task has its own random source, seeded by [Params.Seed] and
// its index. A draw depends only on its source, its purpose and its number. The
// same seed therefore gives the same run, row by row, on any engine. A task that
// is paused once more still gets the same answers at the same times, so all
// differences between two policies are caused by the policies.
//
// This holds for one binary. On another processor architecture the compiler may
// fuse multiplications and additions, and package math may do the same, so that an
// instant may be a microsecond later.
//
// # Results
//
// A [Result] sums the events of package telemetry, which are collected after each
// resume, at each deletion and at the end, as a platform would do. The simulator
// also keeps its own ledger; if the sums differ by a millisecond, Run fails with a
// [*ReconciliationError]. Waiting times, which telemetry cannot know, come from
// the ledger.
//
// # Concurrency
//
// A World is immutable and safe for concurrent use. Sweep calls policies from
// several goroutines, so they must be safe for concurrent use too; the policies of
// this package are. A run writes in one transaction: if it fails or its context is
// cancelled, it writes nothing.
package sim
