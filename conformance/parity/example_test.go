package parity_test

import (
	"context"
	"fmt"
	"runtime"

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

// Sessions that overlap become a program of several sessions, in which the second insert waits
// for the first one's transaction, as it did here.
func ExampleRecorder_sessions() {
	recorder, memory := parity.NewRecorder(), memdb.New(memdb.Options{})
	store := observe.Wrap(memory, recorder.Observe)
	ctx, second := context.Background(), make(chan error)
	insert := func(s tasktwin.Store, id byte, name string) error {
		_, err := s.InsertUser(ctx, tasktwin.InsertUserParams{ID: uuid.UUID{15: id}, Username: name})
		return err
	}
	_ = store.InTx(ctx, func(tx tasktwin.Store) error {
		err := insert(tx, 1, "ada")
		go func() { second <- insert(store, 2, "ADA") }()
		for len(memory.Waits()) == 0 {
			runtime.Gosched()
		}
		return err
	}, nil)
	fmt.Println(tasktwin.IsUniqueViolation(<-second))
	program, err := recorder.Program()
	if err != nil {
		panic(err)
	}
	fmt.Print(program)
	// Output:
	// true
	// A: begin
	// A: InsertUser ID=00000000-0000-0000-0000-000000000001 Username="ada"
	// B: InsertUser ID=00000000-0000-0000-0000-000000000002 Username="ADA"
	// A: commit
}
