package tasktest_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/uuid"

	"github.com/tasktwin/tasktwin"
	"github.com/tasktwin/tasktwin/memdb"
	"github.com/tasktwin/tasktwin/tasktest"
)

// newerColumns finds, after display_name, the columns that tasks got since version 1 of the schema.
var newerColumns = regexp.MustCompile(`(?m)^(      display_name: .*\n)(?:      .*\n)+`)

func TestDiff(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	task := w.Active()
	w.Pending()
	before := dump(t, w)
	if diff := tasktest.Diff(before, dump(t, w)); diff != "" {
		t.Error(diff)
	}
	w.Clock.Advance(time.Hour)
	task.Delete()
	w.Pending(func(p *tasktwin.InsertTaskParams) { p.Prompt = "it's" })
	after := dump(t, w)
	const wantAdded = ` id 00000000-0011-4000-8000-000000000003 (task 3)
      organization_id: 00000000-0001-4000-8000-000000000001 (organization 1)
      owner_id: 00000000-0002-4000-8000-000000000001 (user 1)
      name: "task-3"
      template_version_id: 00000000-0004-4000-8000-000000000001 (version 1)
      template_parameters: "{}"
      prompt: "it's"
      created_at: 2026-03-02 10:00:00+00
      display_name: "Task 3"
`
	const wantChanged = "  ~ id 00000000-0011-4000-8000-000000000001 (task 1)\n      deleted_at: "
	ofTasks := func(diff string) string {
		_, tasks, _ := strings.Cut(diff, "\ntasks\n")
		tasks, _, _ = strings.Cut(tasks, "task_workspace_apps\n")
		return newerColumns.ReplaceAllString(tasks, "$1")
	}
	tasks := ofTasks(tasktest.Diff(before, after))
	if want := wantChanged + "NULL → 2026-03-02 10:00:00+00\n  +" + wantAdded; tasks != want {
		t.Errorf("got\n%s\nwant\n%s", tasks, want)
	}
	tasks = ofTasks(tasktest.Diff(after, before))
	if want := "  -" + wantAdded + wantChanged + "2026-03-02 10:00:00+00 → NULL\n"; tasks != want {
		t.Errorf("got\n%s\nwant\n%s", tasks, want)
	}
}

// Values that are long, NULL, empty or not printable are told apart.
func TestDiffOfValues(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("ä", 300)
	row := func(change func(*tasktwin.Task)) *tasktwin.Dump {
		task := tasktwin.Task{Prompt: long, TemplateParameters: json.RawMessage(`{"a": 1}`)}
		change(&task)
		return &tasktwin.Dump{Tasks: []tasktwin.Task{task}}
	}
	none := func(*tasktwin.Task) {}
	for want, change := range map[string]func(*tasktwin.Task){
		"prompt: from byte 600 on, \"\" → \"\\x00\"\n":                func(t *tasktwin.Task) { t.Prompt += "\x00" },
		"prompt: from byte 598 on, \"ä\" → \"ö\"\n":                   func(t *tasktwin.Task) { t.Prompt = long[:598] + "ö" },
		"prompt: \"" + long[:200] + "\"… (600 bytes) → \"\"":          func(t *tasktwin.Task) { t.Prompt = "" },
		"prompt: \"" + long[:200] + "\"… (600 bytes) → \"äö\"":        func(t *tasktwin.Task) { t.Prompt = "äö" },
		"template_parameters: \"{\\\"a\\\": 1}\" → NULL\n":            func(t *tasktwin.Task) { t.TemplateParameters = nil },
		"name: \"\" → \"NULL\"\n":                                     func(t *tasktwin.Task) { t.Name = "NULL" },
		"workspace_id: NULL → 00000000-0000-0000-0000-000000000000\n": func(t *tasktwin.Task) { t.WorkspaceID.Valid = true },
		"created_at: 0001-01-01 00:00:00+00 → 0044-03-15 00:00:00+00 BC\n": func(t *tasktwin.Task) {
			t.CreatedAt = time.Date(-43, 3, 15, 0, 0, 0, 0, time.UTC)
		},
	} {
		want = "tasks\n  ~ id " + uuid.Nil.String() + "\n      " + want
		if got := tasktest.Diff(row(none), row(change)); !strings.HasPrefix(got, want) || strings.Count(got, "\n") != 3 {
			t.Errorf("got\n%s\nwant\n%s", got, want)
		}
	}
	if got := tasktest.Diff(nil, row(none)); !strings.HasPrefix(got, "tasks\n  + id ") {
		t.Error(got)
	}
}

// ended is a test that can be ended, and that remembers what it has logged.
type ended struct {
	*testing.T
	failed   bool
	dir      string
	logged   []string
	cleanups []func()
}

func (e *ended) Failed() bool        { return e.failed }
func (e *ended) ArtifactDir() string { return e.dir }
func (e *ended) Cleanup(fn func())   { e.cleanups = append(e.cleanups, fn) }
func (e *ended) Logf(format string, args ...any) {
	e.logged = append(e.logged, fmt.Sprintf(format, args...))
}

func (e *ended) end() string {
	for _, fn := range slices.Backward(e.cleanups) {
		fn()
	}
	return strings.Join(e.logged, "\n")
}

func TestOnFailure(t *testing.T) {
	t.Parallel()
	for _, failed := range []bool{true, false} {
		e := &ended{T: t, failed: failed, dir: t.TempDir()}
		w := newWorld(t)
		task := w.Active()
		mark := tasktest.OnFailure(e, w.Store())
		before := w.Pending()
		mark()
		task.Delete()
		log := e.end()
		want := failed && strings.Contains(log, "~ id "+task.ID.String()) && !strings.Contains(log, before.ID.String()) || !failed && log == ""
		if !want {
			t.Errorf("%t: %s", failed, log)
		}
	}
	e := &ended{T: t, failed: true}
	tasktest.OnFailure(e, newStore())
	if log := e.end(); log != "no row has changed" {
		t.Error(log)
	}
	e = &ended{T: t, failed: true}
	store := newStore()
	tasktest.OnFailure(e, store)
	_ = store.Close()
	if log := e.end(); !strings.Contains(log, tasktwin.ErrClosed.Error()) {
		t.Error(log)
	}
}

func TestOnFailureOfAStoreThatCannotBeRead(t *testing.T) {
	t.Parallel()
	closed := newStore()
	_ = closed.Close()
	for want, store := range map[string]tasktwin.Store{
		"is not a tasktwin.Dumper":           struct{ tasktwin.Store }{newStore()},
		"cannot be read: tasktwin: store is": closed,
	} {
		message := failure(t, func(tb tasktest.TB) { tasktest.OnFailure(&failing{TB: tb}, store) })
		if !strings.Contains(message, want) {
			t.Error(message)
		}
	}
}

// failing is a test whose Fatalf ends it.
type failing struct {
	tasktest.TB
	ended
}

func (f *failing) Helper()                           {}
func (f *failing) Context() context.Context          { return f.TB.Context() }
func (f *failing) Fatalf(format string, args ...any) { f.TB.Fatalf(format, args...) }

// envFailWithState makes TestFailsWithState fail.
const envFailWithState = "TASKTEST_FAIL_WITH_STATE"

func TestFailsWithState(t *testing.T) {
	t.Parallel()
	if os.Getenv(envFailWithState) == "" {
		t.Skip("is run by TestStateOfAFailedTest")
	}
	w := newWorld(t)
	task := w.Active()
	tasktest.OnFailure(t, w.Store())
	task.Delete()
	if os.Getenv(envFailWithState) == "panic" {
		panic("on purpose")
	}
	t.Error("on purpose")
}

// A test that panics prints what has changed, too.
func TestStateOfATestThatPanics(t *testing.T) {
	t.Parallel()
	cmd := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestFailsWithState$")
	cmd.Env = append(os.Environ(), envFailWithState+"=panic")
	out, err := cmd.CombinedOutput()
	if err == nil || !strings.Contains(string(out), "panic: on purpose") || !strings.Contains(string(out), "deleted_at: NULL → 2026-03-02") {
		t.Errorf("%v, %s", err, out)
	}
}

// stuck is a store that does not answer a Dump once it is stuck.
type stuck struct {
	*memdb.DB
	is bool
}

func (s *stuck) Dump(ctx context.Context) (*tasktwin.Dump, error) {
	if s.is {
		<-ctx.Done()
		return nil, ctx.Err()
	}
	return s.DB.Dump(ctx)
}

func TestOnFailureOfAStoreThatDoesNotAnswer(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		e, store := &ended{T: t, failed: true}, &stuck{DB: newStore()}
		tasktest.OnFailure(e, store)
		store.is = true
		start := time.Now()
		if log := e.end(); !strings.Contains(log, "no answer within 5s. Is a transaction still open, or no connection left?") {
			t.Error(log)
		}
		if waited := time.Since(start); waited != 5*time.Second {
			t.Errorf("waited %s", waited)
		}
	})
}

// A failed test prints what has changed. With -artifacts it leaves all rows as SQL.
func TestStateOfAFailedTest(t *testing.T) {
	t.Parallel()
	for _, artifacts := range []bool{true, false} {
		cmd := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestFailsWithState$",
			"-test.artifacts="+strconv.FormatBool(artifacts), "-test.outputdir="+t.TempDir())
		cmd.Env = append(os.Environ(), envFailWithState+"=1")
		out, err := cmd.CombinedOutput()
		if err == nil || !strings.Contains(string(out), "deleted_at: NULL → 2026-03-02") {
			t.Errorf("%v, %s", err, out)
		}
		_, path, written := strings.Cut(string(out), "all rows are in ")
		if written != artifacts {
			t.Errorf("%s", out)
		}
		if !artifacts {
			continue
		}
		path, _, _ = strings.Cut(path, "\n")
		text, err := os.ReadFile(path)
		if err != nil || !strings.Contains(string(text), "INSERT INTO tasks (id, organization_id,") {
			t.Errorf("%v, %s", err, text)
		}
	}
}

func TestWriteSQL(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.Active()
	var b strings.Builder
	if err := tasktest.WriteSQL(&b, dump(t, w)); err != nil {
		t.Fatal(err)
	}
	if strings.Contains(b.String(), "job_status") {
		t.Error("a generated column is inserted")
	}
	broken := errors.New("broken")
	if err := tasktest.WriteSQL(writer{broken}, dump(t, w)); !errors.Is(err, broken) {
		t.Error(err)
	}
	for want, err := range map[string]error{
		"tasktest: WriteSQL: rows is nil": tasktest.WriteSQL(&b, nil),
		"tasktest: WriteSQL: w is nil":    tasktest.WriteSQL(nil, &tasktwin.Dump{}),
		"tasktest: Insert: rows is nil":   tasktest.Insert(t.Context(), w.Store(), nil),
		"tasktest: Insert: store is nil":  tasktest.Insert(t.Context(), nil, &tasktwin.Dump{}),
	} {
		if err == nil || err.Error() != want {
			t.Errorf("%v, and not %s", err, want)
		}
	}
}

type writer struct{ err error }

func (w writer) Write([]byte) (int, error) { return 0, w.err }
