package tasktest_test

import (
	"context"
	"fmt"
	"runtime"
	"testing"

	"github.com/tasktwin/tasktwin"
	"github.com/tasktwin/tasktwin/memdb"
	"github.com/tasktwin/tasktwin/tasktest"
)

// recorder is a test that remembers how it has failed.
type recorder struct {
	ctx     context.Context
	message string
}

func (r *recorder) Helper() {}

func (r *recorder) Context() context.Context { return r.ctx }

func (r *recorder) Fatalf(format string, args ...any) {
	r.message = fmt.Sprintf(format, args...)
	runtime.Goexit()
}

// failure returns how a test fails.
func failure(t *testing.T, test func(tasktest.TB)) string {
	t.Helper()
	r, ended := &recorder{ctx: t.Context()}, make(chan struct{})
	go func() {
		defer close(ended)
		test(r)
	}()
	<-ended
	if r.message == "" {
		t.Error("the test has not failed")
	}
	return r.message
}

func newStore() *memdb.DB { return memdb.New(memdb.Options{}) }

// newWorld returns a World on a new store.
func newWorld(t tasktest.TB) *tasktest.World {
	t.Helper()
	return tasktest.New(t, newStore())
}

// dump returns all rows of a World's store.
func dump(t *testing.T, w *tasktest.World) *tasktwin.Dump {
	t.Helper()
	rows, err := w.Store().(tasktwin.Dumper).Dump(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return rows
}
