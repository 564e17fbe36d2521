package memdb

import (
	"errors"
	"testing"

	"github.com/google/uuid"

	"github.com/tasktwin/tasktwin"
)

// A state is changed in place as long as nobody has read it, and never after.
func TestWhatIsReadIsNotChangedInPlace(t *testing.T) {
	t.Parallel()
	db := New(Options{})
	// begin starts a write, says on which state, and ends it.
	begin := func(how writing) *state {
		st, err := db.startWrite(t.Context(), nil, how)
		if err != nil {
			t.Fatal(err)
		}
		st.changed = true
		if inPlace := db.current.Load() == nil; inPlace && st.read.Load() {
			t.Error("what is changed in place has been read")
		}
		if err := db.endWrite(st, nil); err != nil {
			t.Fatal(err)
		}
		if db.current.Load() != st {
			t.Error("the state is not published")
		}
		return st
	}
	first := db.current.Load()
	if begin(wholly) != first || begin(wholly) != first {
		t.Error("what nobody has read was cloned")
	}
	if begin(partly) == first {
		t.Error("a statement that may fail half way changes in place")
	}
	second := db.current.Load()
	for what, read := range map[string]func(){
		"a query":       func() { _, _ = db.GetTaskByID(t.Context(), uuid.Nil) },
		"a fork":        func() { db.Fork() },
		"a snapshot":    func() { db.snapshot() },
		"a transaction": func() { _ = db.InTx(t.Context(), func(tx tasktwin.Store) error { return tx.Ping(t.Context()) }, nil) },
	} {
		read()
		third := begin(wholly)
		if third == second {
			t.Errorf("%s has read it, and it is changed in place", what)
		}
		if begin(wholly) != third {
			t.Errorf("after %s and a write, what nobody has read was cloned", what)
		}
		second = third
	}
	// What nobody has changed is not published.
	db.snapshot()
	st, err := db.startWrite(t.Context(), nil, wholly)
	if err != nil {
		t.Fatal(err)
	}
	if err := db.endWrite(st, nil); err != nil || db.current.Load() == st {
		t.Errorf("a state without changes was published: %v", err)
	}
}

// A panic in a statement, which is a bug, does not keep others waiting.
func TestPanicReleasesTheStore(t *testing.T) {
	t.Parallel()
	db := New(Options{})
	func() {
		defer func() { _ = recover() }()
		_, _ = write(t.Context(), db.queries, nil, wholly, func(*state) (struct{}, error) { panic("a bug") })
	}()
	if _, err := db.InsertUser(t.Context(), tasktwin.InsertUserParams{ID: uuid.New(), Username: "ada"}); err != nil {
		t.Fatal(err)
	}
	if db.snapshot() == nil {
		t.Fatal("the state is gone")
	}
}

func TestDefaultVersion(t *testing.T) {
	t.Parallel()
	for version, want := range map[int]tasktwin.SQLState{0: tasktwin.ForeignKeyViolation, 17: tasktwin.ForeignKeyViolation, 18: tasktwin.RestrictViolation} {
		db := New(Options{PostgresVersion: version})
		org, user := uuid.New(), uuid.New()
		_, err1 := db.InsertOrganization(t.Context(), tasktwin.InsertOrganizationParams{ID: org, Name: "acme"})
		_, err2 := db.InsertUser(t.Context(), tasktwin.InsertUserParams{ID: user, Username: "ada"})
		_, err3 := db.InsertTemplate(t.Context(), tasktwin.InsertTemplateParams{ID: uuid.New(), OrganizationID: org, CreatedBy: user})
		if err1 != nil || err2 != nil || err3 != nil {
			t.Fatal(err1, err2, err3)
		}
		for _, store := range []*DB{db, db.Fork()} {
			_, err := store.DeleteUserByID(t.Context(), user)
			if e, ok := errors.AsType[*tasktwin.Error](err); !ok || e.Code != want {
				t.Errorf("version %d: %v, want %s", version, err, want)
			}
		}
	}
	if got := New(Options{}).snapshot().opts.PostgresVersion; got != 17 {
		t.Errorf("the default version is %d", got)
	}
}
