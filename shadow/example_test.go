package shadow_test

import (
	"bytes"
	"context"
	"fmt"

	"github.com/tasktwin/tasktwin/dumpfile"
	"github.com/tasktwin/tasktwin/memdb"
	"github.com/tasktwin/tasktwin/shadow"
	"github.com/tasktwin/tasktwin/tasktest"
)

// example stands for the *testing.T of a test.
type example struct{}

func (example) Helper() {}

func (example) Context() context.Context { return context.Background() }

func (example) Fatalf(format string, args ...any) { panic(fmt.Sprintf(format, args...)) }

// A store loaded from a dump is compared with the one that the dump is of. Here a row of
// the second one is another.
func Example() {
	ctx := context.Background()
	primary := memdb.New(memdb.Options{})
	task := tasktest.New(example{}, primary).Active()
	rows, err := primary.Dump(ctx)
	if err != nil {
		panic(err)
	}
	rows.Tasks[0].Prompt = "Fix another test"
	var file bytes.Buffer
	if err := dumpfile.Write(&file, rows); err != nil {
		panic(err)
	}
	secondary, err := memdb.OpenDump(&file, memdb.Options{})
	if err != nil {
		panic(err)
	}

	store, err := shadow.New(primary, secondary, shadow.Options{
		Report: func(d shadow.Difference) { fmt.Printf("%s differs:\n%s\n", d.Method, d.Diff) },
	})
	if err != nil {
		panic(err)
	}
	defer store.Close()
	answer, err := store.GetTaskByID(ctx, task.ID)
	fmt.Println("the caller gets:", answer.Prompt, err)
	_, err = store.ListWorkspaceBuildsByWorkspaceID(ctx, answer.WorkspaceID.UUID)
	fmt.Println("and the builds:", err)

	_ = store.Wait(ctx) // the comparisons run on their own
	stats := store.Stats()
	fmt.Println(stats.Compared, "compared,", stats.Different, "different")
	// Unordered output:
	// the caller gets: Fix flaky test 1 <nil>
	// and the builds: <nil>
	// GetTaskByID differs:
	// - Prompt: "Fix flaky test 1"
	// + Prompt: "Fix another test"
	// 2 compared, 1 different
}
