// Package report writes a store as one HTML file: a timeline of every task, live or
// deleted, the number of tasks in each state over time, idle and paused times, and
// tables of the same data. The file is self-contained: it makes no network requests, and
// its content security policy forbids them.
//
// # Rules
//
// A task's intervals are derived from the events of its workspace and its agent, in
// time order. Each event puts the task in a state, which lasts until the next event
// or until now:
//
//   - A start build: building. Build 1 does not end the state of an earlier status.
//   - The end of the latest build's job: failed, if the job failed or was canceled;
//     otherwise idle, if the task is still building.
//   - A status of an app of any of the task's bindings: active for working; failed for failure;
//     idle for idle and complete. While the workspace is stopped or deleted,
//     statuses are ignored.
//   - A stop build: paused.
//   - A delete build: no state, unless its job fails.
//
// Builds are ordered by build number, as in the telemetry: a build that is earlier
// than one with a lower number gets the latter's time. An app that is bound under
// two build numbers counts once. At one instant, build 1 comes first, then statuses
// in the order working, complete, failure, idle, then the other builds, then the
// ends of jobs. This is the telemetry's order, in which work that ends at the
// instant it begins does not count. Events later than now are left out.
//
// A deleted task has these events up to its deletion, and the status deleted. They are
// read of every store that can dump its rows, as memdb and pgdb can.
//
// A pause lasts from a stop build to the next start or delete build, or until now. A
// build that failed and was retried neither begins nor ends it. The idle time before it
// starts at the latest working status, as in the telemetry.
//
// # Totals
//
// Each instant of a task counts once: as active, if it is in a working interval; else as
// paused, if it is in a pause; else as building or, if it is in any other interval, as
// idle. So the page of a simulation has the results of the simulation.
//
// # Differences from the telemetry
//
// The active intervals normally add up to the telemetry's active_duration_ms. They
// differ if a working status arrives while the workspace is stopped, if a job fails
// during work, or if build numbers or now contradict the clock. The page shows the
// number of such tasks.
package report
