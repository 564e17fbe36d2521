// Package explore runs concurrent code in every order of its statements, and shows the order
// that breaks it.
//
// A race between a check and an insert shows on a server when it happens to. On a store in
// memory a schedule costs a fork and some microseconds, so that all of them can run:
//
//	func TestNamesAreUnique(t *testing.T) {
//		explore.Test(t, explore.Config{
//			Store:    store, // with the rows to start from; each schedule gets a fork
//			Handlers: []explore.Handler{{Run: create}, {Run: create}},
//			Check:    oneTaskPerName,
//		})
//	}
//
// Each handler runs in a goroutine of its own. Each of its calls, the beginnings and ends of
// transactions and savepoints included, waits for its turn. One goes at a time; where it waits
// for a lock, others go on. The orders are explored depth first, each from the beginning, and
// orders that only swap statements with nothing in common run once: memdb tells what each
// statement has read, written and locked.
//
// What is explored is the order of statements, and not of the instructions between them, for
// which there is the race detector. Where PostgreSQL does not fix which of several statements
// that wait goes first, each of them does in some schedule, because they come in every order.
package explore
