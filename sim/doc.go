// Package sim simulates a platform whose users have AI agents work on tasks in
// cloud workspaces, on any [tasktwin.Store]. It answers the question that people
// who run such a platform have: when should an idle task be paused? Too late
// costs compute, too early makes people wait for a resume.
//
// A [World] is users who submit tasks, agents that work on them in bursts and
// report statuses, people who answer late, and builds that take time and
// sometimes fail. What happens in it is drawn from the distributions of [Params],
// or taken from a [Recording] of real work. A [Policy] decides when to pause.
// [World.Run] lets a world go by under one policy, [World.Sweep] under several,
// side by side.
//
// # Time and chance
//
// Time is virtual: it jumps from event to event, in microseconds. Events at one
// instant happen in the order of the users, of each user's tasks, and of their
// being planned.
//
// Every user and every task has a random source of its own, seeded by
// [Params.Seed] and by which user or task it is; a draw depends on nothing but
// its source, what it is for, and which of its kind it is. So the same seed gives
// the same run, to the last row, on any engine, and a task that is paused once
// more still gets the same answers at the same times: what differs between two
// policies is what the policies caused.
//
// All of this holds for one program. Compiled for another processor it may
// multiply and add in one step, as may the logarithms of package math, so that an
// instant comes out a microsecond later.
//
// # Results
//
// A [Result] is summed up from package telemetry's events, which are collected
// after each resume, at each deletion and at the end, as the platform would. The
// simulator also keeps books of its own; if the sums differ by a millisecond, Run
// fails with a [*BooksError]. What telemetry cannot know, how long people waited,
// is taken from the books.
//
// # Concurrency
//
// A World is immutable and safe for concurrent use. Policies are called from
// several goroutines by Sweep and must be safe for it, too; those of this package
// are. A run writes in one transaction: it is there as a whole or, if it fails or
// its context is cancelled, not at all.
package sim
