package sessions_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tasktwin/tasktwin"
	"github.com/tasktwin/tasktwin/conformance/internal/program"
	"github.com/tasktwin/tasktwin/conformance/internal/sessions"
)

// wrapped returns an engine whose calls a function makes.
func wrapped(
	e sessions.Engine,
	call func(ctx context.Context, session string, op program.Op, next func() (any, error)) (any, error),
) sessions.Engine {
	var wrap func(name string, e program.Engine) program.Engine
	wrap = func(name string, e program.Engine) program.Engine {
		out := e
		out.Call = func(ctx context.Context, op program.Op) (any, error) {
			return call(ctx, name, op, func() (any, error) { return e.Call(ctx, op) })
		}
		out.InTx = func(ctx context.Context, fn func(program.Engine) error, opts any) error {
			return e.InTx(ctx, func(tx program.Engine) error { return fn(wrap(name, tx)) }, opts)
		}
		return out
	}
	out := e
	out.Session = func(ctx context.Context, name string) (context.Context, program.Engine) {
		ctx, inner := e.Session(ctx, name)
		return ctx, wrap(name, inner)
	}
	return out
}

func withRows(e sessions.Engine, rows any) sessions.Engine {
	e.Dump = func(context.Context) (any, error) { return rows, nil }
	return e
}

func compare(t *testing.T, text string, ref, sub sessions.Engine) *sessions.Report {
	t.Helper()
	return compareWith(t, text, ref, sub, sessions.Choices{FailsMore: true})
}

func compareWith(t *testing.T, text string, ref, sub sessions.Engine, choices sessions.Choices) *sessions.Report {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	p, err := methods.Parse(text)
	require.NoError(t, err)
	report, err := sessions.Lockstep(ctx, p, withRows(ref, 1), sub, choices)
	require.NoError(t, err)
	return report
}

const waiting = `
A: begin
A: Lock "x"
B: begin
B: Lock "x"
A: commit
B: commit`

func TestLockstepOfEqualEngines(t *testing.T) {
	t.Parallel()
	report := compare(t, waiting, newLocks().engine(), withRows(newLocks().engine(), 1))
	assert.Empty(t, report.Mismatch)
	assert.Equal(t, 6, report.Steps)
	assert.Equal(t, map[string]int{"Lock ok": 1, "Lock ok after a wait": 1, "Lock waits": 1, "begin ok": 2, "commit ok": 2}, report.Outcomes)
}

func TestLockstepFindsOtherRows(t *testing.T) {
	t.Parallel()
	report := compare(t, waiting, newLocks().engine(), withRows(newLocks().engine(), 2))
	assert.Contains(t, report.Mismatch, "the rows at the end differ")
}

// The subject does not wait.
func TestLockstepFindsAMissingWait(t *testing.T) {
	t.Parallel()
	sub := wrapped(newLocks().engine(), func(_ context.Context, name string, _ program.Op, next func() (any, error)) (any, error) {
		if name == "B" {
			return struct{}{}, nil
		}
		return next()
	})
	report := compare(t, waiting, newLocks().engine(), withRows(sub, 1))
	assert.Contains(t, report.Mismatch, "step 4: B: Lock \"x\"\n")
	assert.Contains(t, report.Mismatch, "waiting: [B], and in the subject []")
	assert.Contains(t, report.Transcript, "waits for A")
}

// A statement that waits for one of several rows is canceled if the places of the rows
// are not known: if one was stored by a transaction that has ended, or by its own.
func TestLockstepCancelsWhatVisitsStoredRows(t *testing.T) {
	t.Parallel()
	choices := sessions.Choices{
		Stores: func(op program.Op) string {
			if op.Session == "A" || op.Session == "C" {
				return fmt.Sprint(op.Arg)
			}
			return ""
		},
		Visits: func(program.Op) []string { return []string{"x"} },
	}
	const note = "B is canceled: it may have visited other rows before this one"
	for name, c := range map[string]struct {
		text     string
		canceled bool
	}{
		"by one that goes on":         {waiting, false},
		"by one that has ended":       {"C: Lock \"x\"" + waiting, true},
		"of another table":            {"C: Lock \"y\"" + waiting, false},
		"another table is waited for": {"C: Lock \"x\"" + strings.ReplaceAll(waiting, `"x"`, `"y"`), false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			report := compareWith(t, strings.TrimSpace(c.text), newLocks().engine(), withRows(newLocks().engine(), 1), choices)
			assert.Empty(t, report.Mismatch)
			assert.Equal(t, c.canceled, strings.Contains(report.Transcript, note), report.Transcript)
		})
	}
}

// A statement that waits on one engine and has failed on the other, because it has come to a
// changed row first, ends the program if the places of the rows are not known.
func TestLockstepEndsWhereVisitsDiffer(t *testing.T) {
	t.Parallel()
	choices := sessions.Choices{
		Stores: func(op program.Op) string {
			if op.Session == "C" {
				return fmt.Sprint(op.Arg)
			}
			return ""
		},
		Visits: func(program.Op) []string { return []string{"x"} },
	}
	failing := func() sessions.Engine {
		return wrapped(newLocks().engine(), func(_ context.Context, name string, _ program.Op, next func() (any, error)) (any, error) {
			if name == "B" {
				return nil, &tasktwin.Error{Code: tasktwin.SerializationFailure, Message: "could not serialize access due to concurrent update"}
			}
			return next()
		})
	}
	for _, c := range []struct {
		name, text  string
		ref, sub    sessions.Engine
		isDifferent bool
	}{
		{"the subject waits", "C: Lock \"x\"" + waiting, failing(), newLocks().engine(), false},
		{"the reference waits", "C: Lock \"x\"" + waiting, newLocks().engine(), failing(), false},
		{"no row was stored", strings.TrimSpace(waiting), failing(), newLocks().engine(), true},
		{"another table", "C: Lock \"y\"" + waiting, newLocks().engine(), failing(), true},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			report := compareWith(t, c.text, c.ref, withRows(c.sub, 1), choices)
			assert.Equal(t, c.isDifferent, report.Mismatch != "", report.Mismatch)
		})
	}
}

func TestLockstepFindsAnotherAnswer(t *testing.T) {
	t.Parallel()
	sub := wrapped(newLocks().engine(), func(_ context.Context, name string, _ program.Op, next func() (any, error)) (any, error) {
		value, err := next()
		if name == "B" {
			err = errors.New("another answer")
		}
		return value, err
	})
	report := compare(t, waiting, newLocks().engine(), withRows(sub, 1))
	assert.Contains(t, report.Mismatch, "step 5: A: commit\n")
	assert.Contains(t, report.Mismatch, "another answer")
}

var errDependencies = &tasktwin.Error{
	Code: tasktwin.SerializationFailure, Message: "could not serialize access due to read/write dependencies among transactions",
}

// failing is an engine on which the statements of session A on y fail.
func failing(err error) sessions.Engine {
	return wrapped(newLocks().engine(), func(_ context.Context, session string, op program.Op, next func() (any, error)) (any, error) {
		if session == "A" && op.Arg == "y" {
			return nil, err
		}
		return next()
	})
}

// The subject's transaction is rolled back where the reference's has failed, and the
// rest of it is left out.
func TestLockstepRollsBackWhatTheReferenceCannotSerialize(t *testing.T) {
	t.Parallel()
	const text = `
A: begin
A: savepoint
A: Lock "x"
B: begin
B: Lock "x"
A: Lock "y"
A: Lock "z"
A: savepoint
A: release
A: release
A: commit
A: Lock "z"
B: commit`
	report := compare(t, text, failing(errDependencies), withRows(newLocks().engine(), 1))
	assert.Empty(t, report.Mismatch)
	assert.Equal(t, 1, report.Unserializable)
	assert.Equal(t, 8, report.Steps)
	report = compare(t, text, newLocks().engine(), withRows(failing(errDependencies), 1))
	assert.Contains(t, report.Mismatch, "40001")
	report = compareWith(t, text, failing(errDependencies), withRows(newLocks().engine(), 1), sessions.Choices{})
	assert.Contains(t, report.Mismatch, "40001", "where the reference is not said to fail more often")
	// A subject that fails for another reason, and keeps what the reference does not.
	other := &tasktwin.Error{Code: tasktwin.SerializationFailure, Message: "could not serialize access due to concurrent update"}
	report = compare(t, text, failing(errDependencies), withRows(failing(other), 1))
	assert.Empty(t, report.Mismatch)
	assert.Equal(t, 1, report.Unserializable)
	report = compare(t, text, failing(errDependencies), withRows(failing(errDependencies), 1))
	assert.Empty(t, report.Mismatch)
	assert.Zero(t, report.Unserializable)
}

// When the first transaction that cannot be serialized is rolled back, a second one goes on,
// and fails, too.
func TestLockstepRollsBackAllThatTheReferenceCannotSerialize(t *testing.T) {
	t.Parallel()
	failsOnY := failing(errDependencies)
	ref := wrapped(failsOnY, func(_ context.Context, session string, op program.Op, next func() (any, error)) (any, error) {
		value, err := next()
		if session == "B" && op.Arg == "x" {
			err = errDependencies
		}
		return value, err
	})
	report := compare(t, `
A: begin
A: Lock "x"
B: begin
B: Lock "x"
A: Lock "y"
A: commit
B: commit`, ref, withRows(newLocks().engine(), 1))
	assert.Empty(t, report.Mismatch)
	assert.Equal(t, 2, report.Unserializable)
}

// Of two sessions that one step may wake the later one is canceled.
func TestLockstepCancelsWhatMayGoOnInAnyOrder(t *testing.T) {
	t.Parallel()
	ref := newLocks().engine()
	contended := true
	ref.Contended = func(context.Context) ([][2]string, error) {
		if !contended {
			return nil, nil
		}
		contended = false
		return [][2]string{{"C", "B"}}, nil
	}
	report := compare(t, `
A: begin
A: Lock "x"
B: Lock "x"
C: Lock "x"
A: commit`, ref, withRows(newLocks().engine(), 1))
	assert.Empty(t, report.Mismatch)
	assert.Equal(t, 1, report.Contended)
	assert.Contains(t, report.Transcript, "C is canceled")
}
