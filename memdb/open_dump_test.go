package memdb_test

import (
	"context"
	_ "embed"
	"errors"
	"fmt"
	"io"
	"os"
	"reflect"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/tasktwin/tasktwin"
	"github.com/tasktwin/tasktwin/dumpfile"
	"github.com/tasktwin/tasktwin/memdb"
)

// seed was written by dumpfile.Write. tasktwin dump --plain writes such a file of a database.
//
//go:embed testdata/seed.jsonl
var seed string

// A store with the rows of a file that is part of the program.
func ExampleOpenDump() {
	db, err := memdb.OpenDump(strings.NewReader(seed), memdb.Options{})
	if err != nil {
		panic(err)
	}
	tasks, err := db.ListTasks(context.Background(), tasktwin.ListTasksParams{})
	for _, task := range tasks {
		fmt.Println(task.Name, task.OwnerUsername, task.Status)
	}
	fmt.Println(err)
	// Output:
	// tests ada paused
	// docs ada active
	// <nil>
}

func TestOpenDump(t *testing.T) {
	t.Parallel()
	const nothing = "memdb: open a dump: dumpfile: Read: r is nil"
	if _, err := memdb.OpenDump(nil, memdb.Options{}); err == nil || err.Error() != nothing {
		t.Fatal(err)
	}
	db, err := memdb.OpenDump(strings.NewReader(seed), memdb.Options{Lower: memdb.LowerC})
	if err != nil {
		t.Fatal(err)
	}
	rows, err := db.Dump(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	want, err := dumpfile.Read(strings.NewReader(seed))
	if err != nil || !reflect.DeepEqual(rows, want) {
		t.Fatalf("its dump has not the rows of the file: %v", err)
	}
	// LowerC leaves É as it is, so that these names differ.
	for i, name := range []string{"É", "é"} {
		if _, err := db.InsertUser(t.Context(), tasktwin.InsertUserParams{ID: [16]byte{0xff, byte(i)}, Username: name}); err != nil {
			t.Fatal(err)
		}
	}
}

func TestOpenDumpRefuses(t *testing.T) {
	t.Parallel()
	read := func(data string) error {
		db, err := memdb.OpenDump(strings.NewReader(data), memdb.Options{})
		if db != nil {
			t.Error("a store and an error")
		}
		return err
	}
	if err := read(seed[:len(seed)/2]); !errors.Is(err, dumpfile.ErrCutOff) {
		t.Error(err)
	}
	if err := read(strings.Replace(seed, "ada", "bob", 1)); !errors.Is(err, dumpfile.ErrDamaged) {
		t.Error(err)
	}
	_, err := memdb.OpenDump(iotest.ErrReader(os.ErrDeadlineExceeded), memdb.Options{})
	if !errors.Is(err, os.ErrDeadlineExceeded) {
		t.Error(err)
	}

	rows, err := dumpfile.Read(strings.NewReader(seed))
	if err != nil {
		t.Fatal(err)
	}
	rows.Tasks[1].OwnerID[0] ^= 1
	reader, writer := io.Pipe()
	go func() { writer.CloseWithError(dumpfile.Write(writer, rows)) }()
	_, err = memdb.OpenDump(reader, memdb.Options{})
	refused, ok := errors.AsType[*tasktwin.Error](err)
	if !ok || refused.Code != tasktwin.ForeignKeyViolation || refused.Table != "tasks" || refused.Constraint != "tasks_owner_id_fkey" {
		t.Errorf("error %v, want the violation of tasks_owner_id_fkey", err)
	}
}
