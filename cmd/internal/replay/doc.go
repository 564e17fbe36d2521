// Package replay replays an event log through a store: each case of the log
// becomes a task, so that telemetry of real work can be looked at.
//
// # Reading
//
// A log is a CSV file in UTF-8 with a header. [OpenLog] finds the columns, the
// delimiter and the layout of each timestamp column in a sample of the first rows,
// and [Log.Next] then returns row after row. A row that cannot be used is a
// [*BadRow] with its line and the reason, and reading goes on. A byte that is not
// text ends it: replacing such bytes would merge names that differ. [Run] and
// [Record] refuse a log with more than one bad row in a hundred.
//
// # Rules
//
// Rows of one case must come in the order of their starts; cases may be mixed in
// any way. Per case, the rows that start at one instant are taken together.
//
//   - The first row creates the task, its workspace and build 1. The owner is the
//     actor of that row. A task is idle until it works.
//   - A row whose end is later than its start is work: a working status at its
//     start and an idle one at its end. Where work overlaps or follows without a
//     gap, only the end of the last is idle.
//   - A row without an end, or one that ends where it starts, is a status that
//     keeps the state which holds after its instant.
//   - Rows that do not work neither delay a pause nor end one: a status that
//     arrives while a task is paused is recorded on the app that was paused.
//   - A task that has been idle for the timeout is paused at that very instant,
//     unless work begins there. The next work resumes it: the start build is made
//     at the work's start, and the new app's statuses of that instant come one
//     microsecond later, because a build at the same instant would cut them off.
package replay
