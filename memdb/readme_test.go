package memdb_test

import (
	"testing"

	"github.com/google/uuid"

	"github.com/tasktwin/tasktwin"
	"github.com/tasktwin/tasktwin/memdb"
)

func TestUsernamesAreUnique(t *testing.T) {
	store := memdb.New(memdb.Options{})
	_, err := store.InsertUser(t.Context(), tasktwin.InsertUserParams{ID: uuid.New(), Username: "ada"})
	if err != nil {
		t.Fatal(err)
	}
	_, err = store.InsertUser(t.Context(), tasktwin.InsertUserParams{ID: uuid.New(), Username: "ADA"})
	if !tasktwin.IsUniqueViolation(err, tasktwin.UniqueUsersUsernameLowerIdx) {
		t.Errorf("a second ada: %v", err)
	}
}
