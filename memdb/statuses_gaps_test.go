package memdb

import (
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/tasktwin/tasktwin"
)

// Beside another transaction, a savepoint that is rolled back leaves its numbers out of the
// log.
func TestNumbersThatAreLeftOut(t *testing.T) {
	t.Parallel()
	db, id := New(Options{}), uuid.New()
	insertBoundTask(t, db, id)
	var want []string
	n := 0
	insert := func(s tasktwin.Store, message string) {
		t.Helper()
		n++
		must(t)(s.InsertWorkspaceAppStatus(t.Context(), tasktwin.InsertWorkspaceAppStatusParams{
			ID: uuid.New(), CreatedAt: time.Unix(int64(n), 0), AgentID: id, AppID: id, WorkspaceID: id,
			State: tasktwin.WorkspaceAppStatusStateWorking, Message: message,
		}))
	}
	errRollBack := errors.New("roll back")
	err := db.InTx(t.Context(), func(other tasktwin.Store) error {
		must(t)(other.UpdateTaskPrompt(t.Context(), tasktwin.UpdateTaskPromptParams{ID: id}))
		return db.InTx(t.Context(), func(s tasktwin.Store) error {
			for _, kept := range []string{"first", "second", "third"} {
				insert(s, kept)
				want = append(want, kept)
				err := s.InTx(t.Context(), func(savepoint tasktwin.Store) error {
					insert(savepoint, "left out")
					insert(savepoint, "left out, too")
					return errRollBack
				}, nil)
				if !errors.Is(err, errRollBack) {
					return err
				}
			}
			return nil
		}, nil)
	}, nil)
	if err != nil {
		t.Fatal(err)
	}
	rows, err := db.ListWorkspaceAppStatusesByAppID(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	dump, err := db.Dump(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for what, rows := range map[string][]tasktwin.WorkspaceAppStatus{"list": rows, "dump": dump.WorkspaceAppStatuses} {
		var got []string
		for _, r := range rows {
			got = append(got, r.Message)
		}
		slices.SortFunc(got, func(a, b string) int { return slices.Index(want, a) - slices.Index(want, b) })
		if !slices.Equal(got, want) {
			t.Errorf("the %s has %q, want %q", what, got, want)
		}
	}
}
