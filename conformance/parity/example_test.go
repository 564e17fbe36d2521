package parity_test

import (
	"context"
	"fmt"

	"github.com/google/uuid"

	"github.com/tasktwin/tasktwin"
	"github.com/tasktwin/tasktwin/conformance/parity"
	"github.com/tasktwin/tasktwin/memdb"
	"github.com/tasktwin/tasktwin/observe"
)

// The calls that code makes become a program. Written to a file, "tasktwin parity --program
// FILE" replays it on PostgreSQL and on a memdb.
func ExampleRecorder() {
	recorder := parity.NewRecorder()
	store := observe.Wrap(memdb.New(memdb.Options{}), recorder.Observe)
	ctx := context.Background()
	_ = store.InTx(ctx, func(tx tasktwin.Store) error {
		_, err := tx.InsertUser(ctx, tasktwin.InsertUserParams{ID: uuid.UUID{15: 1}, Username: "ada"})
		return err
	}, &tasktwin.TxOptions{Isolation: tasktwin.Serializable})
	_, _ = store.GetTaskByID(ctx, uuid.UUID{15: 2})
	program, err := recorder.Program()
	if err != nil {
		panic(err)
	}
	fmt.Print(program)
	// Output:
	// begin Isolation="serializable"
	//   InsertUser ID=00000000-0000-0000-0000-000000000001 Username="ada"
	// commit
	// GetTaskByID 00000000-0000-0000-0000-000000000002
}
