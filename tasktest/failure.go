package tasktest

import (
	"context"
	"errors"
	"flag"
	"os"
	"path/filepath"
	"runtime"
	"sync"
	"time"

	"github.com/tasktwin/tasktwin"
)

// FailureTB is what [OnFailure] needs of a test. Each testing.TB is one.
type FailureTB interface {
	TB
	ArtifactDir() string
	Cleanup(func())
	Failed() bool
	Logf(format string, args ...any)
}

// stateFile is the file that OnFailure writes.
const stateFile = "state.sql"

// dumpTimeout limits the time of a dump after a failure.
const dumpTimeout = 5 * time.Second

// OnFailure prints, if the test fails or panics, the rows that have changed since the call: see
// [Diff]. With "go test -artifacts" it also writes all rows as they are then, by
// [WriteSQL], to state.sql in the test's folder of artifacts, and prints its path.
//
//	store := pgtest.Open(t)
//	world := tasktest.New(t, store)
//	… // fixtures
//	tasktest.OnFailure(t, store)
//
// The rows are read when the test has ended, before what was registered by Cleanup earlier,
// so open the store first. The function that it returns reads the rows again: what has
// changed before is not printed then. The test fails at once if the store is not a
// [tasktwin.Dumper] or cannot be read. It is not for stores of a transaction, which have
// ended then.
//
// After a failure the store has 5 seconds to answer. A pgdb.DB may not answer while the test
// has left a transaction open, if no other connection of its pool is left. OnFailure then
// prints that instead. It panics if t is nil.
func OnFailure(t FailureTB, store tasktwin.Store) (mark func()) {
	mustHaveTest("OnFailure", t)
	t.Helper()
	dumper, ok := store.(tasktwin.Dumper)
	if !ok {
		t.Fatalf("tasktest: OnFailure: the store, a %T, is not a tasktwin.Dumper", store)
	}
	var mu sync.Mutex
	var marked *tasktwin.Dump
	mark = func() {
		t.Helper()
		rows, err := dumper.Dump(t.Context())
		if err != nil {
			t.Fatalf("tasktest: OnFailure: the rows cannot be read: %v", err)
		}
		mu.Lock()
		defer mu.Unlock()
		marked = rows
	}
	mark()
	t.Cleanup(func() {
		t.Helper()
		if !t.Failed() && !panicking() {
			return
		}
		mu.Lock()
		defer mu.Unlock()
		report(t, dumper, marked)
	})
	return mark
}

// panicking reports whether the caller runs because of a panic. Package testing runs the
// cleanups of a test that panics before it marks the test as failed, in a deferred function,
// so that the panic is on the stack.
func panicking() bool {
	pcs := make([]uintptr, 64)
	for skip := 0; ; skip += len(pcs) {
		n := runtime.Callers(skip, pcs)
		frames := runtime.CallersFrames(pcs[:n])
		for more := n > 0; more; {
			var frame runtime.Frame
			if frame, more = frames.Next(); frame.Function == "runtime.gopanic" {
				return true
			}
		}
		if n < len(pcs) {
			return false
		}
	}
}

// report prints what has changed since the mark.
func report(t FailureTB, dumper tasktwin.Dumper, marked *tasktwin.Dump) {
	t.Helper()
	// The test's context has ended.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(t.Context()), dumpTimeout)
	defer cancel()
	rows, err := dumper.Dump(ctx)
	if errors.Is(err, context.DeadlineExceeded) {
		t.Logf("tasktest: the rows cannot be read after the failure: no answer within %s. "+
			"Is a transaction still open, or no connection left? %v", dumpTimeout, err)
		return
	}
	if err != nil {
		t.Logf("tasktest: the rows cannot be read after the failure: %v", err)
		return
	}
	if diff := Diff(marked, rows); diff != "" {
		t.Logf("the rows that have changed:\n%s", diff)
	} else {
		t.Logf("no row has changed")
	}
	if artifacts := flag.Lookup("test.artifacts"); artifacts == nil || artifacts.Value.String() != "true" {
		return
	}
	path := filepath.Join(t.ArtifactDir(), stateFile)
	if err := writeState(path, rows); err != nil {
		t.Logf("tasktest: the rows cannot be written: %v", err)
		return
	}
	t.Logf("all rows are in %s", path)
}

func writeState(path string, rows *tasktwin.Dump) error {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_WRONLY|os.O_TRUNC, 0o600)
	if err != nil {
		return err
	}
	if err := WriteSQL(f, rows); err != nil {
		_ = f.Close()
		return err
	}
	return f.Close()
}
