package observe_test

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"reflect"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/uuid"

	"github.com/tasktwin/tasktwin"
	"github.com/tasktwin/tasktwin/memdb"
	"github.com/tasktwin/tasktwin/observe"
	"github.com/tasktwin/tasktwin/tasktest"
)

// list collects calls.
type list struct {
	mu    sync.Mutex
	calls []observe.Call
}

func (l *list) observe(_ context.Context, c observe.Call) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.calls = append(l.calls, c)
}

// take returns the calls as texts, and forgets them.
func (l *list) take() []string {
	l.mu.Lock()
	defer l.mu.Unlock()
	var out []string
	for _, c := range l.calls {
		text := fmt.Sprintf("%d %d %s", c.Tx, c.Depth, c.Method)
		if c.Err != nil {
			text += ": " + c.Err.Error()
		}
		if c.Cause != nil {
			text += " because " + c.Cause.Error()
		}
		out = append(out, text)
	}
	l.calls = nil
	return out
}

func open(t *testing.T) (*observe.Store, *list) {
	t.Helper()
	l := &list{}
	return observe.Wrap(memdb.New(memdb.Options{}), l.observe), l
}

func user(n byte) tasktwin.InsertUserParams {
	return tasktwin.InsertUserParams{ID: uuid.UUID{15: n}, Username: fmt.Sprint("user", n)}
}

func insert(ctx context.Context, s tasktwin.Store, n byte) error {
	_, err := s.InsertUser(ctx, user(n))
	return err
}

func same(t *testing.T, got []string, want ...string) {
	t.Helper()
	if !slices.Equal(got, want) {
		t.Errorf("got\n  %s\nwant\n  %s", strings.Join(got, "\n  "), strings.Join(want, "\n  "))
	}
}

func TestCalls(t *testing.T) {
	t.Parallel()
	store, l := open(t)
	ctx := tasktwin.WithSession(t.Context(), "A")
	if err := insert(ctx, store, 1); err != nil {
		t.Fatal(err)
	}
	c := l.calls[0]
	row, _ := c.Answer.(tasktwin.User)
	if c.Arg != any(user(1)) || row.Username != "user1" || c.Session != "A" || c.Err != nil || !c.Writes() || c.Start.IsZero() ||
		c.Began != 1 || c.Ended != 2 {
		t.Errorf("%+v", c)
	}
	same(t, l.take(), "0 0 InsertUser")

	_, err := store.GetTaskByID(ctx, uuid.Nil)
	if c := l.calls[0]; !errors.Is(err, sql.ErrNoRows) || !errors.Is(c.Err, sql.ErrNoRows) || c.Answer != nil || c.Writes() {
		t.Errorf("%v, %+v", err, c)
	}
	rows, err := store.Dump(ctx)
	if c := l.calls[1]; err != nil || c.Answer != any(rows) {
		t.Errorf("%v, %+v", err, c)
	}
	err = errors.Join(store.Ping(ctx), store.Load(ctx, &tasktwin.Dump{}), store.UpsertTaskSnapshot(ctx, tasktwin.UpsertTaskSnapshotParams{}))
	if c := l.calls[4]; err == nil || c.Answer != nil || c.Err == nil {
		t.Errorf("%v, %+v", err, c)
	}
	_ = store.Close()
	got := l.take()
	got[4] = got[4][:len("0 0 UpsertTaskSnapshot")]
	same(t, got, "0 0 GetTaskByID: sql: no rows in result set", "0 0 Dump", "0 0 Ping", "0 0 Load", "0 0 UpsertTaskSnapshot", "0 0 Close")
}

func TestTransactions(t *testing.T) {
	t.Parallel()
	store, l := open(t)
	ctx := t.Context()
	stop := errors.New("stop")
	opts := &tasktwin.TxOptions{Isolation: tasktwin.Serializable}
	err := store.InTx(ctx, func(tx tasktwin.Store) error {
		opts.Isolation = "changed"
		_ = insert(ctx, tx, 1)
		_ = tx.InTx(ctx, func(sp tasktwin.Store) error {
			_ = insert(ctx, sp, 1)
			return stop
		}, nil)
		return tx.InTx(ctx, func(sp tasktwin.Store) error {
			return sp.InTx(ctx, func(sp tasktwin.Store) error { return insert(ctx, sp, 2) }, nil)
		}, nil)
	}, opts)
	if err != nil {
		t.Fatal(err)
	}
	if began, _ := l.calls[0].Arg.(*tasktwin.TxOptions); began == nil || began.Isolation != tasktwin.Serializable {
		t.Errorf("%+v", began)
	}
	if c := l.calls[2]; c.Arg != any((*tasktwin.TxOptions)(nil)) {
		t.Errorf("%+v", c)
	}
	same(t, l.take(), "1 0 begin", "1 1 InsertUser", "1 1 savepoint",
		"1 2 InsertUser: duplicate key value violates unique constraint \"users_pkey\": "+
			"Key (id)=(00000000-0000-0000-0000-000000000001) already exists. (SQLSTATE 23505)",
		"1 1 rollback to because stop", "1 1 savepoint", "1 2 savepoint", "1 3 InsertUser", "1 2 release", "1 1 release", "1 0 commit")

	_ = store.InTx(ctx, func(tasktwin.Store) error { return stop }, nil)
	_ = store.InTx(ctx, func(tx tasktwin.Store) error { _ = insert(ctx, tx, 1); return nil }, nil)
	_ = store.InTx(ctx, func(tasktwin.Store) error { return nil }, opts)
	func() {
		defer func() {
			if p := recover(); p != "on purpose" {
				t.Errorf("the panic is %v", p)
			}
		}()
		_ = store.InTx(ctx, func(tasktwin.Store) error { panic("on purpose") }, nil)
	}()
	exited := make(chan struct{})
	go func() {
		defer close(exited)
		_ = store.InTx(ctx, func(tasktwin.Store) error {
			runtime.Goexit()
			return nil
		}, nil)
	}()
	<-exited
	got := l.take()
	got[3] = got[3][:len("3 1 InsertUser")]
	same(t, got, "2 0 begin", "2 0 rollback because stop", "3 0 begin", "3 1 InsertUser",
		"3 0 commit: "+tasktwin.ErrCommitAborted.Error(), "4 0 begin: "+opts.Validate().Error(),
		"5 0 begin", "5 0 rollback because "+observe.ErrPanicked.Error(), "6 0 begin", "6 0 rollback because "+observe.ErrPanicked.Error())
}

// A call that panics is told of as well, and the panic goes on.
func TestAPanicIsToldOf(t *testing.T) {
	t.Parallel()
	store, l := open(t)
	var none context.Context
	for _, call := range []func(){
		func() { _ = store.Ping(none) },
		func() { _ = store.InTx(none, func(tasktwin.Store) error { return nil }, nil) },
	} {
		func() {
			defer func() {
				if recover() == nil {
					t.Error("no panic")
				}
			}()
			call()
		}()
	}
	same(t, l.take(), "0 0 Ping: "+observe.ErrPanicked.Error(), "1 0 begin: "+observe.ErrPanicked.Error())
}

// An observer that panics at each beginning and end is told of each of them once. A panic at
// the beginning rolls back; one at a commit is too late for that.
func TestAnObserverThatPanics(t *testing.T) {
	t.Parallel()
	for method, tt := range map[string]struct {
		told []string
		left int
	}{
		observe.Begin:     {[]string{"1 0 begin", "1 0 rollback because " + observe.ErrPanicked.Error()}, 0},
		observe.Savepoint: {[]string{"1 1 savepoint", "1 1 rollback to because " + observe.ErrPanicked.Error()}, 0},
		"InsertUser":      {[]string{"1 2 InsertUser", "1 1 rollback to because " + observe.ErrPanicked.Error()}, 0},
		observe.Release:   {[]string{"1 1 release", "1 0 rollback because " + observe.ErrPanicked.Error()}, 0},
		observe.Commit:    {[]string{"1 0 commit"}, 1},
	} {
		db, l, behind := memdb.New(memdb.Options{}), &list{}, &list{}
		panics := func(_ context.Context, c observe.Call) {
			if c.Method == method {
				panic(method)
			}
		}
		store := observe.Wrap(db, l.observe, panics, behind.observe)
		func() {
			defer func() {
				if p := recover(); p != any(method) {
					t.Errorf("%s: %v", method, p)
				}
			}()
			_ = store.InTx(t.Context(), func(tx tasktwin.Store) error {
				return tx.InTx(t.Context(), func(sp tasktwin.Store) error { return insert(t.Context(), sp, 1) }, nil)
			}, nil)
		}()
		told := l.take()
		at := slices.Index(told, tt.told[0])
		if at < 0 || !reflect.DeepEqual(told[at:min(at+len(tt.told), len(told))], tt.told) {
			t.Errorf("%s: told of %q, and not of %q", method, told, tt.told)
		}
		if slices.ContainsFunc(behind.take(), func(s string) bool { return strings.HasSuffix(s, " "+method) }) {
			t.Errorf("%s: the observer behind is told of it", method)
		}
		rows, err := db.Dump(t.Context())
		if err != nil || len(rows.Users) != tt.left {
			t.Errorf("%s: %v, %d users", method, err, len(rows.Users))
		}
	}
}

// Changes of the caller's slice do not change the observers.
func TestTheObserversAreCopied(t *testing.T) {
	t.Parallel()
	l := &list{}
	observers := []observe.Observer{l.observe}
	store := observe.Wrap(memdb.New(memdb.Options{}), observers...)
	observers[0] = nil
	_ = store.Ping(t.Context())
	same(t, l.take(), "0 0 Ping")
}

// bare is a store without anything that a Store does not need.
type bare struct{ tasktwin.Store }

func TestForks(t *testing.T) {
	t.Parallel()
	store, l := open(t)
	_ = insert(t.Context(), store, 1)
	fork, err := store.ForkStore()
	if err != nil {
		t.Fatal(err)
	}
	if err := insert(t.Context(), fork, 2); err != nil {
		t.Fatal(err)
	}
	if err := insert(t.Context(), store, 2); err != nil {
		t.Fatal(err)
	}
	var forks []int
	for _, c := range l.calls {
		forks = append(forks, c.Fork)
	}
	if !reflect.DeepEqual(forks, []int{0, 1, 0}) || l.calls[2].Ended != 6 {
		t.Errorf("%v, %+v", forks, l.calls[2])
	}
	l.take()
	lacking := observe.Wrap(bare{memdb.New(memdb.Options{})}, l.observe)
	_, dump := lacking.Dump(t.Context())
	_, forked := lacking.ForkStore()
	load := lacking.Load(t.Context(), &tasktwin.Dump{})
	for what, err := range map[string]error{"Dumper": dump, "Forker": forked, "Loader": load} {
		if err == nil || !strings.HasSuffix(err.Error(), "the wrapped store, a observe_test.bare, is not a tasktwin."+what) {
			t.Error(err)
		}
	}
	same(t, l.take())
}

func TestWrapOfNothing(t *testing.T) {
	t.Parallel()
	for want, wrap := range map[string]func(){
		"observe: Wrap: the store is nil":  func() { observe.Wrap(nil) },
		"observe: Slog: the logger is nil": func() { observe.Slog(nil) },
		`observe: Of: there is no method "ListTask": name one of tasktwin.Querier, or use a constant of package observe`: func() {
			observe.NewCounts().Of("ListTask")
		},
		"observe: Wrap: an observer is nil": func() { observe.Wrap(memdb.New(memdb.Options{}), nil) },
	} {
		func() {
			defer func() {
				if err, _ := recover().(error); err == nil || err.Error() != want {
					t.Errorf("%v, not %q", err, want)
				}
			}()
			wrap()
		}()
	}
}

func TestSlog(t *testing.T) {
	t.Parallel()
	var b strings.Builder
	handler := slog.NewTextHandler(&b, &slog.HandlerOptions{Level: slog.LevelDebug, ReplaceAttr: func(_ []string, a slog.Attr) slog.Attr {
		if a.Key == slog.TimeKey || a.Key == "duration" {
			return slog.Attr{}
		}
		return a
	}})
	store := observe.Wrap(memdb.New(memdb.Options{}), observe.Slog(slog.New(handler)))
	ctx := tasktwin.WithSession(t.Context(), "A")
	_ = store.InTx(ctx, func(tx tasktwin.Store) error {
		_, _ = tx.ListTasks(ctx, tasktwin.ListTasksParams{})
		_, _ = tx.GetTaskByID(ctx, uuid.Nil)
		_, err := tx.InsertWorkspaceAgent(ctx, tasktwin.InsertWorkspaceAgentParams{})
		return err
	}, &tasktwin.TxOptions{ReadOnly: true})
	const id = "00000000-0000-0000-0000-000000000000"
	want := `level=DEBUG msg=begin arg="{\"Isolation\":\"\",\"ReadOnly\":true}" tx=1 session=A
level=DEBUG msg=ListTasks arg="{\"owner_id\":\"` + id + `\",\"organization_id\":\"` + id +
		`\",\"status\":\"\"}" rows=0 tx=1 depth=1 session=A
level=DEBUG msg=GetTaskByID arg="\"` + id + `\"" tx=1 depth=1 session=A err="sql: no rows in result set"
`
	got := b.String()
	if !strings.HasPrefix(got, want) || !strings.Contains(got, "level=WARN msg=InsertWorkspaceAgent") ||
		!strings.Contains(got, "level=DEBUG msg=rollback tx=1 session=A cause=\"invalid input value for enum") {
		t.Errorf("%s\nwant\n%s", got, want)
	}
}

// failures are the messages of assertions.
type failures []string

func (*failures) Helper()                             {}
func (f *failures) Errorf(format string, args ...any) { *f = append(*f, fmt.Sprintf(format, args...)) }

// summaries reads a list, and then a row for each.
func summaries(ctx context.Context, s tasktwin.Store) error {
	tasks, err := s.ListTasks(ctx, tasktwin.ListTasksParams{})
	for _, task := range tasks {
		if _, err := s.GetWorkspaceByID(ctx, task.WorkspaceID.UUID); err != nil {
			return err
		}
	}
	return err
}

func TestAssertions(t *testing.T) {
	t.Parallel()
	counts := observe.NewCounts()
	store := observe.Wrap(memdb.New(memdb.Options{}), counts.Observe)
	w := tasktest.New(t, store)
	for range 4 {
		w.Active()
	}
	inTx := func(tx tasktwin.Store) error { return summaries(t.Context(), tx) }
	counts.Reset()
	if err := errors.Join(summaries(t.Context(), store), store.InTx(t.Context(), inTx, nil)); err != nil {
		t.Fatal(err)
	}
	if counts.Of("ListTasks") != 2 || counts.Of("GetWorkspaceByID") != 8 || counts.Of(observe.Commit) != 1 || counts.Of("InsertTask") != 0 {
		t.Errorf("%d, %d", counts.Of("ListTasks"), counts.Of("GetWorkspaceByID"))
	}
	var f failures
	counts.AtMost(&f, 2, "ListTasks", observe.Begin)
	counts.NoRepeatedReads(&f, 4)
	counts.NoRepeatedReadsInTx(&f, 4)
	if len(f) > 0 {
		t.Errorf("%s", f)
	}
	counts.AtMost(&f, 1, "ListTasks")
	counts.NoRepeatedReads(&f, 3)
	counts.NoRepeatedReadsInTx(&f, 3)
	counts.AtMost(&f, 1, "ListTask")
	counts.AtMost(&f, 1)
	for i, wants := range [][]string{
		{"2 calls of ListTasks, and at most 1", "observe_test.go:", `ListTasks {"owner_id"`},
		{"8 calls of GetWorkspaceByID with 4 different arguments, and at most 3", "observe_test.go:", "GetWorkspaceByID \""},
		{"4 calls of GetWorkspaceByID with 4 different arguments in one transaction, and"},
		{`there is no method "ListTask"`},
		{"no method is named"},
	} {
		for _, want := range wants {
			if len(f) <= i || !strings.Contains(f[i], want) {
				t.Errorf("%q is missing in\n%s", want, strings.Join(f, "\n"))
			}
		}
	}
	if strings.Count(f[1], "observe_test.go:") != 1 || strings.Contains(f[0], "memdb") {
		t.Error(f[1])
	}
	counts.Reset()
	for range 30 {
		_, _ = store.GetTaskByID(t.Context(), uuid.New())
		_, _ = store.GetWorkspaceByID(t.Context(), uuid.Nil)
	}
	f = nil
	counts.NoRepeatedReadsInTx(&f, 1)
	counts.NoRepeatedReads(&f, 1)
	if len(f) != 1 || !strings.Contains(f[0], "30 calls of GetTaskByID") || !strings.Contains(f[0], "and 20 more") {
		t.Errorf("%s", f)
	}
}

// Goroutines that use a store at the same time are all counted, and calls that overlap
// can be told from those that do not.
func TestConcurrentCalls(t *testing.T) {
	t.Parallel()
	store, l := open(t)
	counts := observe.NewCounts()
	both := observe.Wrap(store, counts.Observe)
	var group sync.WaitGroup
	for i := range 8 {
		group.Go(func() {
			for n := range 20 {
				_ = both.InTx(t.Context(), func(tx tasktwin.Store) error { return insert(t.Context(), tx, byte(20*i+n)) }, nil)
			}
		})
	}
	group.Wait()
	if len(l.calls) != 480 || counts.Of("InsertUser") != 160 {
		t.Errorf("%d, %d", len(l.calls), counts.Of("InsertUser"))
	}
	places := map[int]bool{}
	for _, c := range l.calls {
		if c.Began >= c.Ended || places[c.Began] || places[c.Ended] {
			t.Errorf("%+v", c)
		}
		places[c.Began], places[c.Ended] = true, true
	}
}
