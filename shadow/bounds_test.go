package shadow_test

import (
	"context"
	"errors"
	"reflect"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/uuid"

	"github.com/tasktwin/tasktwin"
	"github.com/tasktwin/tasktwin/memdb"
	"github.com/tasktwin/tasktwin/shadow"
	"github.com/tasktwin/tasktwin/tasktest"
)

// A secondary that hangs and ignores its context delays no caller. What does not fit into
// the queue is dropped and counted.
func TestHangingSecondary(t *testing.T) {
	t.Parallel()
	entered, release := make(chan struct{}, 100), make(chan struct{})
	secondary := answering(func(context.Context, string, any) (any, error) {
		entered <- struct{}{}
		<-release
		return tasktwin.Workspace{}, nil
	})
	s := open(t, always(tasktwin.Workspace{}, nil), secondary, shadow.Options{Workers: 2, Queue: 3})
	read := func() {
		if _, err := s.GetWorkspaceByID(t.Context(), uuid.UUID{}); err != nil {
			t.Error(err)
		}
	}
	for range 2 {
		read()
		<-entered
	}
	for range 10 {
		read()
	}
	if got := s.Stats(); got != (shadow.Stats{Reads: 12, Sampled: 12, Dropped: 7}) {
		t.Errorf("while it hangs: %+v", got)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := s.Wait(ctx); !errors.Is(err, context.Canceled) {
		t.Errorf("Wait: %v", err)
	}
	close(release)
	if got := settled(t, s); got != (shadow.Stats{Reads: 12, Sampled: 12, Dropped: 7, Compared: 5}) {
		t.Errorf("after it: %+v", got)
	}
}

// Nor does a Report that hangs. It runs once at a time.
func TestHangingReport(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		entered, release := make(chan struct{}, 100), make(chan struct{})
		s := open(t, always(tasktwin.Workspace{Name: "a"}, nil), always(tasktwin.Workspace{Name: "b"}, nil), shadow.Options{
			Workers: 3, Queue: 4, Report: func(shadow.Difference) {
				entered <- struct{}{}
				<-release
			},
		})
		for range 20 {
			if _, err := s.GetWorkspaceByID(t.Context(), uuid.UUID{}); err != nil {
				t.Error(err)
			}
			synctest.Wait() // the workers have taken what they can
		}
		if got := s.Stats(); len(entered) != 1 || got != (shadow.Stats{Reads: 20, Sampled: 20, Dropped: 13}) {
			t.Errorf("in %d reports: %+v", len(entered), got)
		}
		close(release)
		if got := settled(t, s); got != (shadow.Stats{Reads: 20, Sampled: 20, Dropped: 13, Compared: 7, Different: 7}) {
			t.Errorf("after them: %+v", got)
		}
	})
}

// A call of the secondary ends with Timeout, and is not reported.
func TestTimeout(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		secondary := answering(func(ctx context.Context, _ string, _ any) (any, error) {
			<-ctx.Done()
			return nil, ctx.Err()
		})
		s := open(t, always(tasktwin.Workspace{}, nil), secondary, shadow.Options{Report: func(d shadow.Difference) { t.Error(d) }})
		start := time.Now()
		_, err := s.GetWorkspaceByID(t.Context(), uuid.UUID{})
		if waited := time.Since(start); err != nil || waited > 0 {
			t.Errorf("the caller waited %v: %v", waited, err)
		}
		got := settled(t, s)
		if waited := time.Since(start); waited != shadow.DefaultTimeout || got != (shadow.Stats{Reads: 1, Sampled: 1, Unanswered: 1}) {
			t.Errorf("after %v: %+v", waited, got)
		}
	})
}

// The comparison does not end with the context of the caller.
func TestCallersContextIsNotUsed(t *testing.T) {
	t.Parallel()
	release := make(chan struct{})
	secondary := answering(func(ctx context.Context, _ string, _ any) (any, error) {
		<-release
		return tasktwin.Workspace{}, ctx.Err()
	})
	s := open(t, always(tasktwin.Workspace{}, nil), secondary, shadow.Options{})
	ctx, cancel := context.WithCancel(t.Context())
	_, err := s.GetWorkspaceByID(ctx, uuid.UUID{})
	cancel()
	close(release)
	if got := settled(t, s); err != nil || got.Compared != 1 || got.Different != 0 {
		t.Errorf("counted %+v, error %v", got, err)
	}
}

// No goroutine outlives Close: a bubble does not end before its goroutines. What waits is
// dropped, and what runs is ended.
func TestClose(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		secondary := answering(func(ctx context.Context, _ string, _ any) (any, error) {
			<-ctx.Done()
			return nil, ctx.Err()
		})
		primary := memdb.New(memdb.Options{})
		s, err := shadow.New(primary, secondary, shadow.Options{Workers: 3, Timeout: time.Hour})
		if err != nil {
			t.Fatal(err)
		}
		for range 10 {
			_, _ = s.GetWorkspaceByID(t.Context(), uuid.UUID{})
		}
		synctest.Wait() // three run, seven wait
		start := time.Now()
		for range 2 {
			if err := s.Close(); err != nil {
				t.Error(err)
			}
		}
		if waited := time.Since(start); waited > 0 {
			t.Errorf("Close waited %v", waited)
		}
		if got := s.Stats(); got != (shadow.Stats{Reads: 10, Sampled: 10, Unanswered: 3, Dropped: 7}) {
			t.Errorf("counted %+v", got)
		}
		if err := s.Wait(t.Context()); err != nil {
			t.Error(err)
		}
		if _, err := s.GetWorkspaceByID(t.Context(), uuid.UUID{}); !errors.Is(err, tasktwin.ErrClosed) {
			t.Errorf("after Close: %v", err)
		}
		if err := primary.Ping(t.Context()); !errors.Is(err, tasktwin.ErrClosed) {
			t.Errorf("the primary is open: %v", err)
		}
	})
}

// A panic of the secondary reaches nobody and is reported. One of Report is counted.
func TestPanics(t *testing.T) {
	t.Parallel()
	secondary := answering(func(context.Context, string, any) (any, error) { panic("planted") })
	var got reports
	s := open(t, always(tasktwin.Workspace{}, nil), secondary, shadow.Options{Report: func(d shadow.Difference) {
		got.add(d)
		panic("in Report")
	}})
	if _, err := s.GetWorkspaceByID(t.Context(), uuid.UUID{}); err != nil {
		t.Error(err)
	}
	if counted := settled(t, s); counted != (shadow.Stats{Reads: 1, Sampled: 1, Compared: 1, Different: 1, Panics: 2}) {
		t.Errorf("counted %+v", counted)
	}
	p, ok := errors.AsType[*shadow.PanicError](got.list[0].Secondary.Err)
	if !ok || p.Value != "planted" || !strings.Contains(string(p.Stack), "TestPanics") {
		t.Errorf("reported %v", got.list[0])
	}
}

// A panic of the primary is the caller's.
func TestPrimaryPanics(t *testing.T) {
	t.Parallel()
	primary := answering(func(context.Context, string, any) (any, error) { panic("planted") })
	s := open(t, primary, always(nil, nil), shadow.Options{})
	func() {
		defer func() {
			if v := recover(); v != "planted" {
				t.Errorf("recovered %v", v)
			}
		}()
		_, _ = s.GetWorkspaceByID(t.Context(), uuid.UUID{})
	}()
	if got := settled(t, s); got != (shadow.Stats{Reads: 1, Sampled: 1, Unanswered: 1}) {
		t.Errorf("counted %+v", got)
	}
}

// An answer that has changed meanwhile is not a difference.
func TestMoved(t *testing.T) {
	t.Parallel()
	calls := 0
	primary := answering(func(context.Context, string, any) (any, error) {
		calls++
		return tasktwin.Workspace{Name: strings.Repeat("x", calls)}, nil
	})
	s := open(t, primary, always(tasktwin.Workspace{}, nil), shadow.Options{Report: func(d shadow.Difference) { t.Error(d) }})
	if w, err := s.GetWorkspaceByID(t.Context(), uuid.UUID{}); err != nil || w.Name != "x" {
		t.Error(w, err)
	}
	if got := settled(t, s); got != (shadow.Stats{Reads: 1, Sampled: 1, Compared: 1, Moved: 1}) {
		t.Errorf("counted %+v", got)
	}
}

// A seed chooses the same calls each time, about as many as the fraction says.
func TestSample(t *testing.T) {
	t.Parallel()
	const calls = 2000
	chosen := func(seed uint64) []bool {
		s := open(t, always(tasktwin.Workspace{}, nil), always(tasktwin.Workspace{}, nil), shadow.Options{Sample: 0.25, Seed: seed})
		var out []bool
		for range calls {
			before := s.Stats().Sampled
			if _, err := s.GetWorkspaceByID(t.Context(), uuid.UUID{}); err != nil {
				t.Fatal(err)
			}
			out = append(out, s.Stats().Sampled > before)
		}
		got := settled(t, s)
		if got.Reads != calls || got.Sampled != got.Compared+got.Dropped || got.Sampled < calls/5 || got.Sampled > calls*3/10 {
			t.Errorf("counted %+v", got)
		}
		return out
	}
	first := chosen(1)
	if !reflect.DeepEqual(first, chosen(1)) {
		t.Error("the same seed chooses other calls")
	}
	if reflect.DeepEqual(first, chosen(2)) {
		t.Error("another seed chooses the same calls")
	}
}

// Transactions and writes go to the primary, and differences say how many there were.
func TestWritesAreCounted(t *testing.T) {
	t.Parallel()
	var got reports
	primary := memdb.New(memdb.Options{})
	w := tasktest.New(t, primary)
	s := open(t, primary, primary.Fork(), shadow.Options{Report: got.add})
	id := w.Active().ID // the secondary does not have it
	err := s.InTx(t.Context(), func(tx tasktwin.Store) error {
		_, err := tx.GetTaskByID(t.Context(), id)
		return err
	}, nil)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.UpdateTaskPrompt(t.Context(), tasktwin.UpdateTaskPromptParams{ID: id, Prompt: "p"}); err != nil {
		t.Fatal(err)
	}
	if _, err := s.GetTaskByID(t.Context(), id); err != nil {
		t.Fatal(err)
	}
	if counted := settled(t, s); counted != (shadow.Stats{Reads: 1, Sampled: 1, Compared: 1, Different: 1, Writes: 2}) {
		t.Errorf("counted %+v", counted)
	}
	if d := got.list[0]; d.Writes != 2 || d.Arg != id || !strings.HasSuffix(d.Diff, "+ sql: no rows in result set") {
		t.Errorf("reported %v", d)
	}
	if rows, err := s.Dump(t.Context()); err != nil || len(rows.Tasks) != 1 {
		t.Error("Dump:", err)
	}
}

// Callers may change their answers and arguments while they are compared, and close the
// store.
func TestConcurrentUse(t *testing.T) {
	t.Parallel()
	primary := memdb.New(memdb.Options{})
	tasktest.New(t, primary).Populate(20, tasktest.History{Builds: 2, Statuses: 5})
	s := open(t, primary, primary.Fork(), shadow.Options{Report: func(d shadow.Difference) { t.Error(d) }})
	var callers sync.WaitGroup
	for range 4 {
		callers.Go(func() {
			for range 100 {
				tasks, err := s.ListTasks(t.Context(), tasktwin.ListTasksParams{})
				if err != nil || len(tasks) != 20 {
					t.Error(len(tasks), err)
					return
				}
				for i := range tasks {
					for at := range tasks[i].TemplateParameters {
						tasks[i].TemplateParameters[at] = 'x'
					}
					tasks[i] = tasktwin.TaskWithStatus{}
				}
			}
		})
	}
	callers.Wait()
	got := settled(t, s)
	if got.Reads != 400 || got.Compared+got.Dropped != 400 || got.Compared == 0 {
		t.Errorf("counted %+v", got)
	}
	for range 4 {
		callers.Go(func() {
			for range 100 {
				_, _ = s.ListTasks(t.Context(), tasktwin.ListTasksParams{})
			}
		})
	}
	callers.Go(func() { _ = s.Close() })
	callers.Wait()
}

func TestNewRefuses(t *testing.T) {
	t.Parallel()
	db, other := memdb.New(memdb.Options{}), memdb.New(memdb.Options{})
	for want, open := range map[string]func() (*shadow.Store, error){
		"the primary store is nil":         func() (*shadow.Store, error) { return shadow.New(nil, db, shadow.Options{}) },
		"the secondary store is nil":       func() (*shadow.Store, error) { return shadow.New(db, nil, shadow.Options{}) },
		"are the same store":               func() (*shadow.Store, error) { return shadow.New(db, db, shadow.Options{}) },
		"Options.Sample is 1.5":            func() (*shadow.Store, error) { return shadow.New(db, other, shadow.Options{Sample: 1.5}) },
		"Options.Sample is -1":             func() (*shadow.Store, error) { return shadow.New(db, other, shadow.Options{Sample: -1}) },
		"Options.Workers is -1":            func() (*shadow.Store, error) { return shadow.New(db, other, shadow.Options{Workers: -1}) },
		"Options.Queue is -2":              func() (*shadow.Store, error) { return shadow.New(db, other, shadow.Options{Queue: -2}) },
		"Options.Timeout is -1s: it must ": func() (*shadow.Store, error) { return shadow.New(db, other, shadow.Options{Timeout: -time.Second}) },
	} {
		if s, err := open(); s != nil || err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error %v, want %q", err, want)
		}
	}
	// Stores of a type that cannot be compared are not the same.
	s, err := shadow.New(incomparable{Store: db}, incomparable{Store: other}, shadow.Options{})
	if err != nil {
		t.Fatal(err)
	}
	_ = s.Close()
}

type incomparable struct {
	tasktwin.Store
	_ []int
}
