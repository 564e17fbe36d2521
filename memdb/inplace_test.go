package memdb

import (
	"runtime"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/tasktwin/tasktwin"
)

// A state is changed in place as long as nobody has read it, and never after.
func TestWhatIsReadIsNotChangedInPlace(t *testing.T) {
	t.Parallel()
	db := New(Options{})
	// begin starts a write, says on which state, and ends it.
	begin := func(how writing) *state {
		before := db.current.Load()
		st, err := db.startWrite(t.Context(), nil, how)
		if err != nil {
			t.Fatal(err)
		}
		st.changed = true
		switch inPlace := st == before; {
		case inPlace && st.read.Load():
			t.Error("what is changed in place has been read")
		case inPlace != (db.current.Load() == nil):
			t.Error("readers find what is changed in place, or do not find what is not")
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
	for range 2 {
		if begin(wholly) != first {
			t.Error("what nobody has read was cloned")
		}
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

// Statements that find out whether they fail before they change anything change the
// state in place.
func TestStatementsInPlace(t *testing.T) {
	t.Parallel()
	ctx, db, id := t.Context(), New(Options{}), uuid.New()
	insertBoundTask(t, db, id)
	state := db.current.Load()
	for _, s := range []struct {
		name string
		run  func() error
	}{
		{"an insert", func() error {
			_, err := db.InsertUser(ctx, tasktwin.InsertUserParams{ID: uuid.New(), Username: "another", Email: "another"})
			return err
		}},
		{"an update", func() error {
			_, err := db.UpdateWorkspaceAppHealthByID(ctx, tasktwin.UpdateWorkspaceAppHealthByIDParams{ID: id, Health: tasktwin.WorkspaceAppHealthHealthy})
			return err
		}},
		{"a status", func() error {
			_, err := db.InsertWorkspaceAppStatus(ctx, tasktwin.InsertWorkspaceAppStatusParams{
				ID: uuid.New(), AgentID: id, AppID: id, WorkspaceID: id, State: tasktwin.WorkspaceAppStatusStateWorking,
			})
			return err
		}},
		{"a binding", func() error {
			_, err := db.UpsertTaskWorkspaceApp(ctx, bindingParams(id, id, 1))
			return err
		}},
		{"a snapshot", func() error {
			return db.UpsertTaskSnapshot(ctx, tasktwin.UpsertTaskSnapshotParams{TaskID: id, LogSnapshot: []byte("{}")})
		}},
		{"a task's update", func() error {
			_, err := db.UpdateTaskPrompt(ctx, tasktwin.UpdateTaskPromptParams{ID: id, Prompt: "more"})
			return err
		}},
		{"a task's delete", func() error {
			_, err := db.DeleteTask(ctx, tasktwin.DeleteTaskParams{ID: id, DeletedAt: time.Unix(0, 0)})
			return err
		}},
	} {
		if err := s.run(); err != nil {
			t.Errorf("%s: %v", s.name, err)
		}
		if db.current.Load() != state {
			t.Fatalf("%s cloned a state that nobody has read", s.name)
		}
	}
}

// A reader waits while a state is changed in place, and then reads it.
func TestReadersWaitForChangesInPlace(t *testing.T) {
	t.Parallel()
	for range 50 {
		db := New(Options{})
		st, err := db.startWrite(t.Context(), nil, wholly)
		if err != nil {
			t.Fatal(err)
		}
		comes, read := make(chan struct{}), make(chan *state)
		go func() {
			close(comes)
			read <- db.snapshot()
		}()
		<-comes
		for range 200 {
			runtime.Gosched() // to the reader
		}
		select {
		case <-read:
			t.Fatal("a reader did not wait")
		default:
		}
		if err := db.endWrite(st, nil); err != nil {
			t.Fatal(err)
		}
		if got := <-read; got != st {
			t.Error("a reader waited for a state and read another")
		}
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
	for given, want := range map[int]int{0: DefaultPostgresVersion, 14: 14, 18: 18} {
		if got := New(Options{PostgresVersion: given}).snapshot().opts.PostgresVersion; got != want {
			t.Errorf("version %d becomes %d, want %d", given, got, want)
		}
	}
}
