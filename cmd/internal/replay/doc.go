// Package replay replays an event log into a store: each case of the log becomes
// a task, so that telemetry can be computed from real work.
//
// # Reading
//
// A log is a CSV file with a header, or an XES file, perhaps compressed with gzip.
// Its encoding is detected, or refused if it is not clear. [OpenLog] detects the columns, the
// delimiter and the layout of each timestamp column from a sample of the first
// rows. [Log.Next] then returns one row at a time. A row that cannot be used is a
// [*BadRow] with its line and the reason, and reading continues. A byte that is
// not text ends it with an error: replacing such bytes could make different names
// equal. [Run] and [Record] read a log to its end before they do anything else,
// sort its rows by their start, make one row of the start and the completion of an
// activity if the log has a row for each, and refuse it if more than one row in a hundred is
// bad. Rows that do not fit in memory are sorted in a temporary file.
//
// # Rules
//
// The rows are replayed in the order of their starts. Rows of a case that start at
// the same instant are processed together, in the order of the log, or in the
// opposite order if the log begins with the newest rows.
//
//   - The first row creates the task, its workspace and build 1. The owner is the
//     actor of that row. A task is idle until it works.
//   - A row whose end is later than its start is work: a working status at its
//     start and an idle one at its end. If work overlaps or follows without a gap,
//     only its last end is idle.
//   - A row that has no end, or ends when it starts, is a status that keeps the
//     state of the task after that instant.
//   - Rows without work neither delay a pause nor end one: a status that arrives
//     while a task is paused is recorded on the app that was paused.
//   - A task that has been idle for the timeout is paused at that very instant,
//     unless work begins then. The next work resumes it: the start build is
//     created when the work starts, and the statuses of that instant follow one
//     microsecond later on the new app. At the same instant as the build they
//     would not count as work.
package replay
