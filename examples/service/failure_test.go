package main

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/tasktwin/tasktwin/memdb"
	"github.com/tasktwin/tasktwin/tasktest"
)

// overwrites is a test that fails: a note does not overwrite the prompt.
func overwrites(t interface {
	tasktest.FailureTB
	Errorf(format string, args ...any)
}, c *client, task *tasktest.Task,
) {
	tasktest.OnFailure(t, c.store)
	c.do(http.MethodPost, notesOf(task.ID), `{"text": "Use the new API"}`)
	if got := task.Get().Prompt; got != "Use the new API" {
		t.Errorf("the prompt is %q", got)
	}
}

// What a test that fails prints says what it has changed.
func TestAFailureSaysWhatHappened(t *testing.T) {
	t.Parallel()
	db := memdb.New(memdb.Options{})
	task := tasktest.New(t, db).Active()
	failing := &failing{T: t}
	overwrites(failing, serve(t, db), task)
	failing.end()
	const want = `the prompt is "Fix flaky test 1\nUse the new API"
the rows that have changed:
tasks
  ~ id 00000000-0011-4000-8000-000000000001 (task 1)
      prompt: "Fix flaky test 1" → "Fix flaky test 1\nUse the new API"
`
	if got := failing.log.String(); got != want {
		t.Errorf("the failure prints\n%s\nwant\n%s", got, want)
	}
}

// failing is a test whose failures are recorded and do not fail the test around it.
type failing struct {
	*testing.T
	failed   bool
	cleanups []func()
	log      strings.Builder
}

func (f *failing) Failed() bool      { return f.failed }
func (f *failing) Cleanup(fn func()) { f.cleanups = append(f.cleanups, fn) }

func (f *failing) Logf(format string, args ...any) {
	f.log.WriteString(strings.TrimSuffix(fmt.Sprintf(format, args...), "\n") + "\n")
}

func (f *failing) Errorf(format string, args ...any) {
	f.failed = true
	f.Logf(format, args...)
}

func (f *failing) end() {
	for _, fn := range f.cleanups {
		fn()
	}
}
