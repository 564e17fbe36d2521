package memdb_test

import (
	"context"
	"fmt"

	"github.com/google/uuid"

	"github.com/tasktwin/tasktwin"
	"github.com/tasktwin/tasktwin/memdb"
)

func ExampleNew() {
	ctx := context.Background()
	db := memdb.New(memdb.Options{})
	_, err := db.InsertUser(ctx, tasktwin.InsertUserParams{ID: uuid.New(), Username: "ada"})
	fmt.Println(err)
	_, err = db.InsertUser(ctx, tasktwin.InsertUserParams{ID: uuid.New(), Username: "Ada"})
	fmt.Println(err)
	// Output:
	// <nil>
	// duplicate key value violates unique constraint "users_username_lower_idx": Key (lower(username))=(ada) already exists. (SQLSTATE 23505)
}

// A fixture is created once and forked for each test.
func ExampleDB_Fork() {
	ctx := context.Background()
	fixture := memdb.New(memdb.Options{})
	ada := tasktwin.InsertUserParams{ID: uuid.New(), Username: "ada"}
	if _, err := fixture.InsertUser(ctx, ada); err != nil {
		panic(err)
	}
	a, b := fixture.Fork(), fixture.Fork()
	_, err := a.DeleteUserByID(ctx, ada.ID)
	fmt.Println("deleted in a:", err)
	_, err = b.DeleteUserByID(ctx, ada.ID)
	fmt.Println("deleted in b:", err)
	// Output:
	// deleted in a: <nil>
	// deleted in b: <nil>
}
