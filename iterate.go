package tasktwin

import (
	"context"
	"iter"
)

// TaskIterator is a Store that can list tasks one at a time. The stores and transactions of
// both engines are TaskIterators.
type TaskIterator interface {
	// AllTasks iterates over the rows of ListTasks, in its order, and makes a row when it is
	// asked for: the first rows of a long list cost little, and a loop that goes on holds few
	// of them at a time. Each loop is a statement of its own, which begins with the loop.
	//
	// All rows are of one snapshot: what is written during the loop, by the loop's own
	// transaction too, is not in them. Outside of transactions, an engine with a server takes a
	// connection for the loop, and with it a read-only transaction that is repeatable read.
	// Both end with the loop, however that ends. In a transaction the snapshot is the one that
	// ListTasks would have in its place.
	//
	// An error is yielded once, with a zero row, and ends the loop. It is one that ListTasks
	// would have, and may come after rows: before each row, and after the last, the loop asks
	// whether its context has ended, the store is closed, or its transaction has ended or has
	// failed.
	//
	// The body may call the transaction's other methods, and may loop in a loop. A loop that
	// began in a savepoint must end in it.
	AllTasks(ctx context.Context, arg ListTasksParams) iter.Seq2[TaskWithStatus, error]
}
