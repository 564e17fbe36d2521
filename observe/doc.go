// Package observe shows the calls that code makes on a store: to a function, to a log, and to
// assertions about how many calls there are.
//
//	counts := observe.NewCounts()
//	store := observe.Wrap(db, counts.Observe, observe.Slog(slog.Default()))
//	handler(store)
//	counts.AtMost(t, 1, "ListTasks")
//	counts.NoRepeatedReads(t, 3)
//
// A [Call] has the method, its parameter and its answer, how long it took, and the
// transaction in which it was made. The beginnings and ends of transactions and savepoints
// are calls, too.
//
// A Recorder of package conformance/parity turns the calls into a program, which the
// command "tasktwin parity --program" replays on both engines.
package observe
