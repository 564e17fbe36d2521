package conformance_test

import (
	"testing"

	"github.com/google/uuid"

	"github.com/tasktwin/tasktwin"
	"github.com/tasktwin/tasktwin/conformance/pgtest"
	"github.com/tasktwin/tasktwin/memdb"
)

func TestUsernamesAreUnique(t *testing.T) {
	for name, open := range map[string]func(testing.TB) tasktwin.Store{
		"memdb": func(testing.TB) tasktwin.Store { return memdb.New(memdb.Options{}) },
		"pgdb":  func(t testing.TB) tasktwin.Store { return pgtest.Open(t) },
	} {
		t.Run(name, func(t *testing.T) {
			store := open(t)
			_, err := store.InsertUser(t.Context(), tasktwin.InsertUserParams{ID: uuid.New(), Username: "ada"})
			if err != nil {
				t.Fatal(err)
			}
			_, err = store.InsertUser(t.Context(), tasktwin.InsertUserParams{ID: uuid.New(), Username: "ADA"})
			if !tasktwin.IsUniqueViolation(err, tasktwin.UniqueUsersUsernameLowerIdx) {
				t.Errorf("a second ada: %v", err)
			}
		})
	}
}
