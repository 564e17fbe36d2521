// Package report makes one HTML file out of a store: what every task did and
// when, how many were in each state, how long they idled and were paused, and
// the tables behind the pictures. The file is self-contained: it asks for
// nothing, and its policy forbids that anything in it could.
//
// # Rules
//
// A task's intervals follow from what happened to its workspace and what its
// agent said, in the order of time. Each event puts the task in a state, which
// lasts until the next event, or until now:
//
//   - A start build: building. Build 1 does not end what was said before it.
//   - The end of the job of the latest build: failed, where the job failed or was
//     canceled; else idle, where the task is still building.
//   - A status of an app that any of the task's bindings names: working; failed
//     for failure; idle for idle and complete. While the workspace is stopped or
//     deleted, a status says nothing.
//   - A stop build: paused.
//   - A delete build: nothing is drawn from there on, unless its job fails.
//
// Builds follow each other by build number, as in the telemetry: one that is
// earlier than a build with a lower number counts from the latter's time. An app
// that is bound under two build numbers counts once. Of what happens at one
// instant, build 1 comes first, then statuses in the order working, complete,
// failure, idle, then the other builds, then the ends of jobs: as in the
// telemetry, where work that ends at the instant it begins counts nothing. What
// happens later than now is left out.
//
// A pause lasts from a stop build to the next start or delete build, or until
// now. The idle time before it is counted from the latest working status, also
// as in the telemetry.
//
// # Where the telemetry differs
//
// On data of an ordinary life the working intervals add up to the telemetry's
// active_duration_ms. They do not where a working status comes in while the
// workspace is stopped, where a job fails during work, and where build numbers or
// now contradict the clock. The page says of how many tasks that is so.
package report
