package dumpfile_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"

	"github.com/google/uuid"

	"github.com/tasktwin/tasktwin"
	"github.com/tasktwin/tasktwin/dumpfile"
	"github.com/tasktwin/tasktwin/memdb"
)

// The rows of any store are written to a file and read back.
func Example() {
	ctx := context.Background()
	store := memdb.New(memdb.Options{})
	if _, err := store.InsertUser(ctx, tasktwin.InsertUserParams{ID: uuid.UUID{15: 1}, Username: "ada"}); err != nil {
		panic(err)
	}
	rows, err := store.Dump(ctx)
	if err != nil {
		panic(err)
	}
	var file bytes.Buffer
	if err := dumpfile.Write(&file, rows); err != nil {
		panic(err)
	}

	rows, err = dumpfile.Read(bytes.NewReader(file.Bytes()))
	fmt.Println(len(rows.Users), rows.Users[0].Username, err)

	changed := bytes.Replace(file.Bytes(), []byte(`"ada"`), []byte(`1`), 1)
	_, err = dumpfile.Read(bytes.NewReader(changed))
	fmt.Println(errors.Is(err, dumpfile.ErrDamaged), err)
	// Output:
	// 1 ada <nil>
	// true the dump is damaged: line 4: table users, row 1, column username: it is not a string: 1
}
