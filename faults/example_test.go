package faults_test

import (
	"context"
	"errors"
	"fmt"

	"github.com/google/uuid"

	"github.com/tasktwin/tasktwin"
	"github.com/tasktwin/tasktwin/faults"
	"github.com/tasktwin/tasktwin/memdb"
)

// register is the code under test: it retries serialization failures.
func register(ctx context.Context, store tasktwin.Store, name string) error {
	for {
		err := store.InTx(ctx, func(tx tasktwin.Store) error {
			_, err := tx.InsertUser(ctx, tasktwin.InsertUserParams{ID: uuid.New(), Username: name})
			return err
		}, &tasktwin.TxOptions{Isolation: tasktwin.Serializable})
		if e, ok := errors.AsType[*tasktwin.Error](err); !ok || e.Code != tasktwin.SerializationFailure {
			return err
		}
	}
}

// One line makes one transaction in three fail.
func Example() {
	store := faults.Wrap(memdb.New(memdb.Options{}), faults.SerializationFailures(3, 1))
	for i := range 10 {
		if err := register(context.Background(), store, fmt.Sprint("user", i)); err != nil {
			fmt.Println(err)
		}
	}
	rows, _ := store.Dump(context.Background())
	fmt.Println(len(rows.Users), "users;", "a transaction failed:", store.Fired() > 0)
	// Output: 10 users; a transaction failed: true
}

// The answer to a COMMIT is lost after it was carried out: the caller cannot know.
func ExampleRule_After() {
	lost := faults.LoseConnection().On(faults.Commit).After().First(1)
	store := faults.Wrap(memdb.New(memdb.Options{}), lost)
	err := register(context.Background(), store, "ada")
	fmt.Println(errors.Is(err, tasktwin.ErrCommitUnknown), store.Fired(lost))
	rows, _ := store.Dump(context.Background())
	fmt.Println(len(rows.Users))
	// Output:
	// true 1
	// 1
}

// A statement fails, and what follows is what PostgreSQL does.
func ExampleFail() {
	store := faults.Wrap(memdb.New(memdb.Options{}), faults.Fail(tasktwin.DeadlockDetected).On("GetTaskByID").Nth(1))
	ctx := context.Background()
	err := store.InTx(ctx, func(tx tasktwin.Store) error {
		_, err := tx.GetTaskByID(ctx, uuid.New())
		fmt.Println(err)
		_, err = tx.GetTaskByID(ctx, uuid.New())
		fmt.Println(err)
		return nil
	}, nil)
	fmt.Println(err)
	// Output:
	// deadlock detected (SQLSTATE 40P01)
	// current transaction is aborted, commands ignored until end of transaction block (SQLSTATE 25P02)
	// tasktwin: transaction has failed and was rolled back instead of committed
}
