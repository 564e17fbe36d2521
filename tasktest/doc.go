// Package tasktest makes tasks for tests: one line gives a task in the state that a test
// needs, with all rows that it refers to.
//
//	w := tasktest.New(t, store)
//	task := w.Active()
//	w.Clock.Advance(time.Hour)
//	task.Pause(tasktwin.BuildReasonTaskAutoPause)
//
// A [World] is on any [tasktwin.Store], such as a memdb.DB, a pgdb.DB, or the Store of a
// transaction. It inserts rows through the store's own methods, so that what a test sees of
// them is what the engine makes of them: the statuses of docs/semantics.md, section 2, are
// derived and never set.
//
// Rows are the same in every run and on every engine. Ids are counted, and their digits
// are readable: see [Describe]. Times are those of [World.Clock], which stands still until
// the test moves it.
//
// The methods of a World return no errors. A statement that the store refuses fails the
// test, with the method, its parameters and the line of the test.
//
// [OnFailure] prints, when a test fails, which rows it has changed, as [Diff] does for two
// dumps. [WriteSQL] writes rows as SQL, to look at them with psql.
package tasktest
