package observe_test

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"regexp"

	"github.com/google/uuid"

	"github.com/tasktwin/tasktwin"
	"github.com/tasktwin/tasktwin/memdb"
	"github.com/tasktwin/tasktwin/observe"
)

// printer prints failures, as a *testing.T would. Paths are shortened.
type printer struct{}

var path = regexp.MustCompile(`/\S+/(\w+\.go):\d+`)

func (printer) Helper() {}
func (printer) Errorf(format string, args ...any) {
	fmt.Println(path.ReplaceAllString(fmt.Sprintf(format, args...), "$1:…"))
}

// names is the code under test. It asks for each workspace by itself.
func names(ctx context.Context, store tasktwin.Store, ids []uuid.UUID) []string {
	var out []string
	for _, id := range ids {
		if w, err := store.GetWorkspaceByID(ctx, id); err == nil {
			out = append(out, w.Name)
		}
	}
	return out
}

// A test that fails when code asks for rows one by one.
func ExampleCounts_NoRepeatedReads() {
	var t printer // a *testing.T, in a test
	counts := observe.NewCounts()
	store := observe.Wrap(memdb.New(memdb.Options{}), counts.Observe)
	names(context.Background(), store, []uuid.UUID{{15: 1}, {15: 2}})
	counts.AtMost(t, 2, "GetWorkspaceByID")
	counts.NoRepeatedReads(t, 1)
	// Output:
	// observe: 2 calls of GetWorkspaceByID with 2 different arguments, and at most 1 are allowed. Can one query answer them all?
	//   example_test.go:…
	//     GetWorkspaceByID "00000000-0000-0000-0000-000000000001"
	//     GetWorkspaceByID "00000000-0000-0000-0000-000000000002"
}

// Each call is logged, with the transaction in which it was made.
func ExampleSlog() {
	options := &slog.HandlerOptions{Level: slog.LevelDebug, ReplaceAttr: func(_ []string, a slog.Attr) slog.Attr {
		if a.Key == slog.TimeKey || a.Key == "duration" {
			return slog.Attr{} // which differ in every run
		}
		return a
	}}
	logger := slog.New(slog.NewTextHandler(os.Stdout, options))
	store := observe.Wrap(memdb.New(memdb.Options{}), observe.Slog(logger))
	ctx := tasktwin.WithSession(context.Background(), "A")
	_ = store.InTx(ctx, func(tx tasktwin.Store) error {
		_, err := tx.DeleteUserByID(ctx, uuid.Nil)
		return err
	}, nil)
	// Output:
	// level=DEBUG msg=begin tx=1 session=A
	// level=DEBUG msg=DeleteUserByID arg="\"00000000-0000-0000-0000-000000000000\"" tx=1 depth=1 session=A err="sql: no rows in result set"
	// level=DEBUG msg=rollback tx=1 session=A cause="sql: no rows in result set"
}

// An observer of one's own.
func ExampleWrap() {
	store := observe.Wrap(memdb.New(memdb.Options{}), func(_ context.Context, c observe.Call) {
		fmt.Printf("transaction %d, depth %d: %s\n", c.Tx, c.Depth, c.Method)
	})
	ctx := context.Background()
	_ = store.InTx(ctx, func(tx tasktwin.Store) error {
		return tx.InTx(ctx, func(savepoint tasktwin.Store) error {
			_, err := savepoint.InsertUser(ctx, tasktwin.InsertUserParams{ID: uuid.New(), Username: "ada"})
			return err
		}, nil)
	}, nil)
	// Output:
	// transaction 1, depth 0: begin
	// transaction 1, depth 1: savepoint
	// transaction 1, depth 2: InsertUser
	// transaction 1, depth 1: release
	// transaction 1, depth 0: commit
}
