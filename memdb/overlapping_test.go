package memdb_test

import (
	"context"
	"runtime"
	"slices"
	"testing"
	"testing/synctest"

	"github.com/google/uuid"

	"github.com/tasktwin/tasktwin"
	"github.com/tasktwin/tasktwin/memdb"
)

func insertUser(ctx context.Context, s tasktwin.Store, name string) error {
	_, err := s.InsertUser(ctx, tasktwin.InsertUserParams{ID: uuid.New(), Username: name})
	return err
}

// The two tests are in docs/concurrency.md.

func TestSecondInsertWaitsForTheName(t *testing.T) {
	t.Parallel()
	db := memdb.New(memdb.Options{})
	second := make(chan error)
	var waits []tasktwin.Wait
	err := db.InTx(tasktwin.WithSession(t.Context(), "A"), func(tx tasktwin.Store) error {
		err := insertUser(t.Context(), tx, "ada")
		go func() { second <- insertUser(tasktwin.WithSession(t.Context(), "B"), db, "Ada") }()
		for len(waits) == 0 { // until B waits
			runtime.Gosched()
			waits = db.Waits()
		}
		return err
	}, nil)
	if err != nil {
		t.Fatal(err)
	}
	w := waits[0] // {B [A] users (lower(username))=(ada)}
	if w.Session != "B" || !slices.Equal(w.For, []string{"A"}) || w.Table != "users" || w.Key != "(lower(username))=(ada)" {
		t.Errorf("waits: %v", waits)
	}
	if err := <-second; !tasktwin.IsUniqueViolation(err, tasktwin.UniqueUsersUsernameLowerIdx) {
		t.Errorf("a second ada: %v", err)
	}
}

func TestSecondInsertInABubble(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		db := memdb.New(memdb.Options{})
		returned := false
		err := db.InTx(t.Context(), func(tx tasktwin.Store) error {
			if err := insertUser(t.Context(), tx, "ada"); err != nil {
				return err
			}
			go func() {
				if err := insertUser(t.Context(), db, "Ada"); !tasktwin.IsUniqueViolation(err) {
					t.Errorf("a second ada: %v", err)
				}
				returned = true
			}()
			synctest.Wait() // until the second insert waits
			if returned {
				t.Error("the second insert has not waited")
			}
			return nil // the commit wakes it
		}, nil)
		if err != nil {
			t.Fatal(err)
		}
		synctest.Wait()
		if !returned {
			t.Error("the second insert still waits")
		}
	})
}
