package sessions_test

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tasktwin/tasktwin"
	"github.com/tasktwin/tasktwin/conformance/internal/program"
	"github.com/tasktwin/tasktwin/conformance/internal/sessions"
)

// locker has one method: it takes a lock that the session keeps until the end of its
// transaction or savepoint.
type locker interface {
	Lock(ctx context.Context, key string) error
}

type options struct{ Refused bool }

var methods = program.InterfaceOf[locker, options]()

var errRefused = errors.New("refused")

// locks is an engine with that method. What is let go is no longer in waits, although
// its goroutine has not gone on yet.
type locks struct {
	mu      sync.Mutex
	changed *sync.Cond
	holders map[string]string // sessions by key
	waits   map[string]string // keys by session
}

func newLocks() *locks {
	l := &locks{holders: map[string]string{}, waits: map[string]string{}}
	l.changed = sync.NewCond(&l.mu)
	return l
}

func (l *locks) engine() sessions.Engine {
	return sessions.Engine{
		Session: func(ctx context.Context, name string) (context.Context, program.Engine) {
			return ctx, l.session(name, 0)
		},
		Settled: sessions.SettledOf(func() (waits []tasktwin.Wait) {
			l.mu.Lock()
			defer l.mu.Unlock()
			for _, name := range slices.Sorted(maps.Keys(l.waits)) {
				if holder := l.holders[l.waits[name]]; holder != "" {
					waits = append(waits, tasktwin.Wait{Session: name, For: []string{holder}, Table: l.waits[name]})
				}
			}
			return waits
		}),
	}
}

// session returns the engine of a session, in a transaction or a savepoint if depth
// is more than 0.
func (l *locks) session(name string, depth int) program.Engine {
	var held []string
	free := func() {
		l.mu.Lock()
		defer l.mu.Unlock()
		for _, key := range held {
			delete(l.holders, key)
		}
		l.changed.Broadcast()
	}
	e := program.Engine{
		Call: func(ctx context.Context, op program.Op) (any, error) {
			key, _ := op.Arg.(string)
			took, err := l.lock(ctx, name, key)
			switch {
			case took && depth == 0:
				held = []string{key}
				free()
			case took:
				held = append(held, key)
			}
			return struct{}{}, err
		},
	}
	e.InTx = func(ctx context.Context, fn func(program.Engine) error, opts any) error {
		if o, ok := opts.(*options); ok && o.Refused {
			return errRefused
		}
		inner := l.session(name, depth+1)
		defer func() { _, _ = inner.Dump(ctx) }() // frees
		if err := fn(inner); err != nil {
			return err
		}
		return ctx.Err()
	}
	e.Dump = func(context.Context) (any, error) { free(); return nil, nil }
	return e
}

// lock returns false where the session has the lock already.
func (l *locks) lock(ctx context.Context, name, key string) (took bool, err error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	defer context.AfterFunc(ctx, l.changed.Broadcast)()
	for ctx.Err() == nil {
		switch l.holders[key] {
		case "":
			delete(l.waits, name)
			l.holders[key] = name
			return true, nil
		case name:
			return false, nil
		}
		l.waits[name] = key
		l.changed.Wait()
	}
	delete(l.waits, name)
	return false, ctx.Err()
}

func run(t *testing.T, text string) string {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	p, err := methods.Parse(text)
	require.NoError(t, err)
	results, err := sessions.All(ctx, p, newLocks().engine())
	require.NoError(t, err)
	transcript := sessions.NewTranscript(p, func(v any) string { return fmt.Sprint(v) })
	for _, r := range results {
		transcript.Add(r)
	}
	return transcript.String()
}

// A step of a session that waits is issued once the session has returned, before
// the steps that follow it.
func TestStepsOfASessionThatWaits(t *testing.T) {
	t.Parallel()
	assert.Equal(t, `A: begin
A: Lock "x"
  -> ok
B: begin
B: Lock "x"
  waits for A
B: Lock "y"
  later
C: Lock "y"
  -> ok
A: commit
  -> ok
  B: Lock -> ok
  B: Lock "y"
  -> ok
C: Lock "y"
  waits for B
B: commit
  -> ok
  C: Lock -> ok
`, run(t, `
A: begin
A: Lock "x"
B: begin
B: Lock "x"
B: Lock "y"
C: Lock "y"
A: commit
C: Lock "y"
B: commit`))
}

func TestSavepointThatEndsWhileSomebodyWaits(t *testing.T) {
	t.Parallel()
	assert.Equal(t, `A: begin
A: Lock "x"
  -> ok
A: savepoint
A: Lock "y"
  -> ok
B: Lock "y"
  waits for A
C: Lock "x"
  waits for A
A: panic
  -> ok
  B: Lock -> ok
A: rollback
  -> ok
  C: Lock -> ok
`, run(t, `
A: begin
A: Lock "x"
A: savepoint
A: Lock "y"
B: Lock "y"
C: Lock "x"
A: panic
A: rollback`))
}

// The steps of a transaction that has not begun are left out.
func TestTransactionThatDoesNotBegin(t *testing.T) {
	t.Parallel()
	assert.Equal(t, `A: begin Refused=true
  -> other refused
A: savepoint
A: Lock "x"
A: release
A: commit
A: Lock "y"
  -> ok
`, run(t, `
A: begin Refused=true
A: savepoint
A: Lock "x"
A: release
A: commit
A: Lock "y"`))
}

// A cancel is for the statement that waits, or else for the next.
func TestCancel(t *testing.T) {
	t.Parallel()
	assert.Equal(t, `A: begin
A: Lock "x"
  -> ok
B: Lock "x"
  waits for A
B: cancel
  B: Lock -> context canceled
B: cancel
B: Lock "y"
  -> context canceled
A: cutoff
  -> context canceled
B: Lock "x"
  -> ok
`, run(t, `
A: begin
A: Lock "x"
B: Lock "x"
B: cancel
B: cancel
B: Lock "y"
A: cutoff
B: Lock "x"`))
}

// A run ends although sessions wait for each other.
func TestDeadlockThatNobodyEnds(t *testing.T) {
	t.Parallel()
	p, err := methods.Parse(`
A: begin
B: begin
A: Lock "x"
B: Lock "y"
A: Lock "y"
B: Lock "x"
A: commit
B: commit`)
	require.NoError(t, err)
	_, err = sessions.All(t.Context(), p, newLocks().engine())
	require.ErrorContains(t, err, "wait for each other")
}
