package explore_test

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/uuid"

	"github.com/tasktwin/tasktwin"
	"github.com/tasktwin/tasktwin/explore"
	"github.com/tasktwin/tasktwin/memdb"
	"github.com/tasktwin/tasktwin/tasktest"
)

func anyError(error) bool { return true }

// get is a handler's call that changes nothing.
func get(ctx context.Context, s tasktwin.Store) error {
	if _, err := s.GetWorkspaceByID(ctx, uuid.Nil); !errors.Is(err, sql.ErrNoRows) {
		return fmt.Errorf("an unknown workspace: %w", err)
	}
	return nil
}

func gets(n int) explore.Handler {
	return explore.Handler{Run: func(ctx context.Context, s tasktwin.Store) error {
		for range n {
			if err := get(ctx, s); err != nil {
				return err
			}
		}
		return nil
	}}
}

// explored explores and fails the test if that has an error.
func explored(t *testing.T, c explore.Config) *explore.Result {
	t.Helper()
	if c.Store == nil && c.Open == nil {
		c.Store = memdb.New(memdb.Options{})
	}
	result, err := explore.Explore(t.Context(), c)
	if err != nil {
		t.Fatal(err)
	}
	return result
}

// failure explores and returns the failure, which has to be there.
func failure(t *testing.T, c explore.Config) *explore.Failure {
	t.Helper()
	f := explored(t, c).Failure
	if f == nil {
		t.Fatal("no schedule has failed")
	}
	return f
}

func TestNumberOfOrders(t *testing.T) {
	t.Parallel()
	two := []explore.Handler{gets(4), gets(4)}
	for name, c := range map[string]struct {
		config  explore.Config
		want    int
		leftOut bool
	}{
		"nothing in common":    {explore.Config{Handlers: two}, 1, false},
		"every":                {explore.Config{Handlers: two, Every: true}, 70, false},
		"one":                  {explore.Config{Handlers: two[:1], Every: true}, 1, false},
		"three handlers":       {explore.Config{Handlers: []explore.Handler{gets(2), gets(2), gets(2)}, Every: true}, 90, false},
		"one switch":           {explore.Config{Handlers: two, Switches: 1}, 2 + 2*3, false},
		"two switches":         {explore.Config{Handlers: two, Switches: 2}, 2 + 2*3 + 2*9, false},
		"samples":              {explore.Config{Handlers: two, Samples: 17, Seed: 1}, 17, false},
		"some are left out":    {explore.Config{Handlers: two, Every: true, MaxSchedules: 69}, 69, true},
		"as many as there are": {explore.Config{Handlers: two, Every: true, MaxSchedules: 70}, 70, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := explored(t, c.config)
			if got.Schedules != c.want || got.Cut != 0 || got.LeftOut > 0 != c.leftOut || got.Failure != nil {
				t.Errorf("%+v, want %d schedules", got, c.want)
			}
		})
	}
}

// Samples depend on their seed only.
func TestSamples(t *testing.T) {
	t.Parallel()
	sample := func(seed uint64) string {
		var order []string
		var mu sync.Mutex
		named := func(name string) explore.Handler {
			return explore.Handler{Name: name, Run: func(ctx context.Context, s tasktwin.Store) error {
				for range 4 {
					explore.Step(ctx, "note", func() {
						mu.Lock()
						defer mu.Unlock()
						order = append(order, name)
					})
				}
				return get(ctx, s)
			}}
		}
		explored(t, explore.Config{Handlers: []explore.Handler{named("A"), named("B")}, Samples: 5, Seed: seed})
		return strings.Join(order, "")
	}
	if a, b, c := sample(1), sample(1), sample(2); a != b || a == c {
		t.Error(a, b, c)
	}
}

func TestBadConfig(t *testing.T) {
	t.Parallel()
	db, run := memdb.New(memdb.Options{}), gets(1).Run
	h := []explore.Handler{{Run: run}}
	none := func(context.Context) (*explore.Engine, error) { return nil, nil }
	refuse := func(context.Context, tasktwin.Store) error { return errors.New("no") }
	for want, c := range map[string]explore.Config{
		"Config.Store: one of Store and Open is needed": {Handlers: h},
		"Config.Handlers: there are 0":                  {Store: db},
		"Config.Handlers[0].Run: it is nil":             {Store: db, Handlers: make([]explore.Handler, 1)},
		`Config.Handlers[0].Name: "a b" is not`:         {Store: db, Handlers: []explore.Handler{{Name: "a b", Run: run}}},
		"Config.Handlers[1].Name: two handlers have":    {Store: db, Handlers: []explore.Handler{{Name: "B", Run: run}, {Run: run}}},
		"Config.MaxSchedules: -1 is negative":           {Store: db, Handlers: h, MaxSchedules: -1},
		"Config.Samples: random schedules":              {Store: db, Handlers: h, Samples: 1, Every: true},
		"Config.Patience: -1ns is negative":             {Store: db, Handlers: h, Patience: -1},
		`Config.Schedule: there is no handler "X"`:      {Store: db, Handlers: h, Schedule: "A X"},
		"Config.Open: there is a Store, too":            {Store: db, Handlers: h, Open: none},
		"Config.Open: its engine lacks":                 {Handlers: h, Open: none},
		"Config.Before: no":                             {Store: db, Handlers: h, Before: refuse},
	} {
		if _, err := explore.Explore(t.Context(), c); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v, want %s", err, want)
		}
	}
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := explore.Explore(ended, explore.Config{Store: db, Handlers: h}); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
}

func TestFailures(t *testing.T) {
	t.Parallel()
	var runs atomic.Int64
	leaves := make(chan struct{})
	t.Cleanup(func() { close(leaves) })
	one := func(run func(context.Context, tasktwin.Store) error) explore.Config {
		return explore.Config{Handlers: []explore.Handler{{Run: run}, gets(2)}}
	}
	for name, c := range map[string]struct {
		config explore.Config
		is     error
		says   string
	}{
		"an error": {one(func(context.Context, tasktwin.Store) error { return errAbort }), errAbort, "A: the transaction is rolled back"},
		"a panic":  {one(func(context.Context, tasktwin.Store) error { panic("on purpose") }), nil, "A: it panicked: on purpose"},
		"an exit": {one(func(context.Context, tasktwin.Store) error {
			runtime.Goexit()
			return nil
		}), nil, "A: it has left its goroutine"},
		"two calls at once": {explore.Config{Handlers: []explore.Handler{
			{Run: func(ctx context.Context, s tasktwin.Store) error {
				var wg sync.WaitGroup
				for range 2 {
					wg.Go(func() { _ = get(ctx, s) })
				}
				wg.Wait()
				return nil
			}},
			{Run: func(ctx context.Context, _ tasktwin.Store) error { // no turn is given before it asks for one
				<-ctx.Done()
				return nil
			}},
		}}, nil, "A makes two calls at once, GetWorkspaceByID and GetWorkspaceByID"},
		"not deterministic": {one(func(ctx context.Context, s tasktwin.Store) error {
			_, _ = s.GetWorkspaceByID(ctx, uuid.UUID{byte(runs.Add(1))})
			return get(ctx, s)
		}), explore.ErrNotDeterministic, "A: the handler is not deterministic: step 1 was A: GetWorkspaceByID 0"},
		"stuck until its context ends": {one(func(ctx context.Context, s tasktwin.Store) error {
			_ = get(ctx, s)
			<-ctx.Done()
			return ctx.Err()
		}), explore.ErrStuck, "no progress for 100ms: A after GetWorkspaceByID"},
		"stuck for good": {one(func(context.Context, tasktwin.Store) error {
			<-leaves
			return nil
		}), explore.ErrStuck, "no progress for 100ms: A before its first call"},
		"a check": {explore.Config{
			Handlers: []explore.Handler{gets(1)}, Check: func(context.Context, tasktwin.Store) error { return errAbort },
		}, errAbort, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if errors.Is(c.is, explore.ErrStuck) {
				c.config.Patience = 100 * time.Millisecond
			}
			if name == "not deterministic" {
				c.config.Every = true // else it runs once
			}
			f := failure(t, c.config)
			if c.is != nil && !errors.Is(f, c.is) || !strings.Contains(f.Error(), c.says) {
				t.Errorf("%v, want %v and %s", f, c.is, c.says)
			}
		})
	}
}

// A handler that ignores 40001 has lost its changes.
func TestConflictsThatNobodyRetries(t *testing.T) {
	t.Parallel()
	db, task := world(t)
	ignoring := appendPrompt(task.ID, "a", tasktwin.RepeatableRead)
	run := ignoring.Run
	ignoring.Run = func(ctx context.Context, s tasktwin.Store) error {
		_ = run(ctx, s)
		return nil
	}
	f := failure(t, explore.Config{Store: db, Handlers: []explore.Handler{ignoring, ignoring}})
	if !errors.Is(f, explore.ErrNotRetried) {
		t.Error(f)
	}
	ignoring.Expect = anyError
	if f := explored(t, explore.Config{Store: db, Handlers: []explore.Handler{ignoring, ignoring}}).Failure; f != nil {
		t.Error(f)
	}
}

// The store itself inside of a transaction, savepoints, a panic in one, and statements that
// are canceled while they wait take their turns, too.
func TestAllCallsTakeTurns(t *testing.T) {
	t.Parallel()
	db, task := world(t)
	nested := func(text string) explore.Handler {
		return explore.Handler{Expect: anyError, Run: func(ctx context.Context, s tasktwin.Store) error {
			return s.InTx(ctx, func(tx tasktwin.Store) error {
				_ = tx.InTx(ctx, func(sp tasktwin.Store) error { return errors.Join(prompt(ctx, sp, task.ID, text), errAbort) }, nil)
				if err := s.Ping(ctx); err != nil {
					return err
				}
				func() {
					defer func() { _ = recover() }()
					_ = tx.InTx(ctx, func(tasktwin.Store) error { panic("on purpose") }, nil)
				}()
				return prompt(ctx, tx, task.ID, text)
			}, nil)
		}}
	}
	prompts := map[string]bool{}
	result := explored(t, explore.Config{
		Store: db, Handlers: []explore.Handler{nested("a"), nested("b")}, MaxSchedules: 1000, Switches: 2,
		Check: func(ctx context.Context, s tasktwin.Store) error {
			row, err := s.GetTaskByID(ctx, task.ID)
			prompts[row.Prompt] = true
			return err
		},
	})
	if len(prompts) != 2 || !prompts["a"] || !prompts["b"] || result.Failure != nil {
		t.Error(prompts, result)
	}
}

// A step that cancels a context is explored before, during and after the statement that it
// cancels.
func TestCanceledContext(t *testing.T) {
	t.Parallel()
	db, task := world(t)
	var cancel context.CancelFunc
	var mu sync.Mutex
	outcomes := map[string]bool{}
	result := explored(t, explore.Config{
		Store: db,
		Handlers: []explore.Handler{
			{Name: "holder", Run: func(ctx context.Context, s tasktwin.Store) error {
				return s.InTx(ctx, func(tx tasktwin.Store) error { return prompt(ctx, tx, task.ID, "a") }, nil)
			}},
			{Name: "waiter", Expect: anyError, Run: func(ctx context.Context, s tasktwin.Store) error {
				mu.Lock()
				own, stop := context.WithCancel(ctx)
				cancel = stop
				mu.Unlock()
				err := prompt(own, s, task.ID, "b")
				outcomes[fmt.Sprint(err)] = true
				return err
			}},
			{Name: "canceler", Run: func(ctx context.Context, s tasktwin.Store) error {
				explore.Step(ctx, "cancel", func() { mu.Lock(); cancel(); mu.Unlock() })
				return get(ctx, s)
			}},
		},
	})
	if result.Failure != nil || len(outcomes) != 2 || !outcomes["<nil>"] || !outcomes[context.Canceled.Error()] {
		t.Error(result, outcomes)
	}
}

// In a bubble of testing/synctest time passes by itself, so that a handler may have a clock and
// time-outs of its own.
func TestInABubble(t *testing.T) {
	t.Parallel()
	db, task := world(t)
	synctest.Test(t, func(t *testing.T) {
		slow := explore.Handler{Expect: anyError, Run: func(ctx context.Context, s tasktwin.Store) error {
			ctx, cancel := context.WithTimeout(ctx, time.Hour)
			defer cancel()
			clock := tasktest.NewClock(tasktest.Epoch)
			return s.InTx(ctx, func(tx tasktwin.Store) error {
				if err := prompt(ctx, tx, task.ID, clock.Now().String()); err != nil {
					return err
				}
				time.Sleep(time.Minute)
				clock.Advance(time.Minute)
				return prompt(ctx, tx, task.ID, "slow")
			}, nil)
		}}
		result := explored(t, explore.Config{Store: db, Handlers: []explore.Handler{slow, slow}, Patience: 2 * time.Hour})
		if result.Failure != nil {
			t.Error(result.Failure)
		}
	})
}

// A schedule that does not fit says so.
func TestScheduleThatDoesNotFit(t *testing.T) {
	t.Parallel()
	f := failure(t, explore.Config{Handlers: []explore.Handler{gets(1), gets(1)}, Schedule: "A B B"})
	if !strings.Contains(f.Error(), "the schedule gives B the turn of step 3") {
		t.Error(f)
	}
}

// Nothing is left running, also of a handler that retries everything for ever.
func TestNoGoroutineIsLeft(t *testing.T) { //nolint:paralleltest // it counts goroutines
	before := runtime.NumGoroutine()
	db, task := world(t)
	explored(t, explore.Config{Store: db, Handlers: []explore.Handler{appendPrompt(task.ID, "a", ""), appendPrompt(task.ID, "b", "")}})
	endless := explore.Handler{Run: func(ctx context.Context, s tasktwin.Store) error {
		for {
			_ = s.InTx(context.WithoutCancel(ctx), func(tx tasktwin.Store) error { return prompt(ctx, tx, task.ID, "c") }, nil)
		}
	}}
	f := failure(t, explore.Config{Store: db, Handlers: []explore.Handler{gets(2), endless}, Schedule: "A"})
	if !errors.Is(f, explore.ErrEndless) {
		t.Error(f)
	}
	for range 1000 {
		if runtime.NumGoroutine() <= before {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	buffer := make([]byte, 1<<20)
	t.Errorf("%d goroutines, and %d before:\n%s", runtime.NumGoroutine(), before, buffer[:runtime.Stack(buffer, true)])
}
