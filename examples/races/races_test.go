package races

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/uuid"

	"github.com/tasktwin/tasktwin"
	"github.com/tasktwin/tasktwin/conformance/pgtest"
	"github.com/tasktwin/tasktwin/explore"
	"github.com/tasktwin/tasktwin/memdb"
	"github.com/tasktwin/tasktwin/tasktest"
)

func TestMain(m *testing.M) { pgtest.Main(m) }

// rows are those that the handlers find: two active tasks of one owner.
type rows struct {
	store    *memdb.DB
	owner    uuid.UUID
	one, two tasktwin.TaskWithStatus
	stops    [2]Stop
	newTask  tasktwin.InsertTaskParams
	seed     *pgtest.Seed
}

func newRows(t *testing.T) *rows {
	t.Helper()
	store := memdb.New(memdb.Options{})
	w := tasktest.New(t, store)
	empty := func(p *tasktwin.InsertTaskParams) { p.Prompt = "" }
	one, two := w.Active(empty), w.Active(empty)
	r := &rows{store: store, one: one.Get(), two: two.Get()}
	r.owner = r.one.OwnerID
	for i, task := range []*tasktest.Task{one, two} {
		last := task.Build()
		at, job := w.Clock.Now(), uuid.UUID{0: 1, 15: byte(i)}
		r.stops[i] = Stop{
			Job: tasktwin.InsertProvisionerJobParams{
				ID: job, CreatedAt: at, UpdatedAt: at, OrganizationID: r.one.OrganizationID,
				StartedAt: sql.NullTime{Time: at, Valid: true}, CompletedAt: sql.NullTime{Time: at, Valid: true},
			},
			Build: tasktwin.InsertWorkspaceBuildParams{
				ID: uuid.UUID{0: 2, 15: byte(i)}, CreatedAt: at, UpdatedAt: at, WorkspaceID: last.WorkspaceID,
				TemplateVersionID: last.TemplateVersionID, BuildNumber: last.BuildNumber + 1,
				Transition: tasktwin.WorkspaceTransitionStop, JobID: job, Reason: tasktwin.BuildReasonTaskAutoPause,
			},
			Bind: tasktwin.UpsertTaskWorkspaceAppParams{TaskID: task.ID, WorkspaceBuildNumber: last.BuildNumber + 1},
		}
	}
	r.newTask = tasktwin.InsertTaskParams{
		OrganizationID: r.one.OrganizationID, OwnerID: r.owner, Name: "docs", TemplateVersionID: r.one.TemplateVersionID,
		TemplateParameters: r.one.TemplateParameters, CreatedAt: w.Clock.Now(),
	}
	dump, err := store.Dump(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	r.seed = pgtest.FromRows(dump)
	return r
}

// newTaskWith returns the parameters of a new task with an id.
func (r *rows) newTaskWith(id byte) tasktwin.InsertTaskParams {
	task := r.newTask
	task.ID = uuid.UUID{0: 3, 15: id}
	return task
}

// hasLines returns an error if a prompt lacks one of two lines.
func (r *rows) hasLines(ctx context.Context, s tasktwin.Store) error {
	task, err := s.GetTaskByID(ctx, r.one.ID)
	if err == nil && strings.Count(task.Prompt, "\n") != 2 {
		err = fmt.Errorf("the prompt is %q, and two lines have been added", task.Prompt)
	}
	return err
}

// hasActive returns an error if the owner has no active task.
func (r *rows) hasActive(ctx context.Context, s tasktwin.Store) error {
	active, err := s.ListTasks(ctx, tasktwin.ListTasksParams{OwnerID: r.owner, Status: tasktwin.TaskStatusActive})
	if err == nil && len(active) == 0 {
		err = errors.New("no task is active")
	}
	return err
}

// two returns handlers that call a function with different arguments.
func two[A any](do func(context.Context, tasktwin.Store, A) error, a, b A) []explore.Handler {
	return []explore.Handler{
		{Run: func(ctx context.Context, s tasktwin.Store) error { return do(ctx, s, a) }},
		{Run: func(ctx context.Context, s tasktwin.Store) error { return do(ctx, s, b) }},
	}
}

// race is code with a race, and the code that has none.
type race struct {
	broken, mended []explore.Handler
	check          func(context.Context, tasktwin.Store) error
	// expect are errors that the handlers may return.
	expect func(error) bool
	// says is what the failure says.
	says string
}

func (r *rows) races() map[string]race {
	appending := func(do func(context.Context, tasktwin.Store, uuid.UUID, string) error) []explore.Handler {
		return two(func(ctx context.Context, s tasktwin.Store, line string) error { return do(ctx, s, r.one.ID, line) }, "a", "b")
	}
	pausing := func(do func(context.Context, tasktwin.Store, uuid.UUID, Stop) error) []explore.Handler {
		return two(func(ctx context.Context, s tasktwin.Store, stop Stop) error { return do(ctx, s, r.owner, stop) }, r.stops[0], r.stops[1])
	}
	setting := func(do func(context.Context, tasktwin.Store, string, ...uuid.UUID) error) []explore.Handler {
		return two(func(ctx context.Context, s tasktwin.Store, ids []uuid.UUID) error { return do(ctx, s, "new", ids...) },
			[]uuid.UUID{r.one.ID, r.two.ID}, []uuid.UUID{r.two.ID, r.one.ID})
	}
	return map[string]race{
		"a name checked and then inserted": {
			broken: two(CreateChecked, r.newTaskWith(1), r.newTaskWith(2)),
			mended: two(CreateTrying, r.newTaskWith(1), r.newTaskWith(2)),
			says:   "duplicate key value violates unique constraint",
		},
		"a lost prompt": {
			broken: appending(Append), mended: appending(AppendRetrying), check: r.hasLines,
			says: `the prompt is "b\n", and two lines have been added`,
		},
		"write skew of two pauses": {
			broken: pausing(PauseSnapshot), mended: pausing(PauseSerializable), check: r.hasActive,
			expect: func(err error) bool { return errors.Is(err, errLast) }, says: "no task is active",
		},
		"rows locked in two orders": {
			broken: setting(SetPrompts), mended: setting(SetPromptsSorted),
			says: "deadlock detected",
		},
		"a retry loop that is missing": {
			broken: appending(AppendOnce), mended: appending(AppendRetrying), check: r.hasLines,
			says: "nobody has retried it: could not serialize access due to concurrent update (SQLSTATE 40001)",
		},
	}
}

// Each race is found, with an order of statements that fails on PostgreSQL as well, and the code
// without it passes.
func TestRaces(t *testing.T) {
	t.Parallel()
	r := newRows(t)
	for name, c := range r.races() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			config := func(handlers []explore.Handler) explore.Config {
				for i := range handlers {
					handlers[i].Expect = c.expect
				}
				return explore.Config{Store: r.store, Handlers: handlers, Check: c.check}
			}
			broken := config(c.broken)
			result, err := explore.Explore(t.Context(), broken)
			if err != nil || result.Failure == nil || !strings.Contains(result.Failure.Cause.Error(), c.says) {
				t.Fatalf("%+v %v", result, err)
			}
			t.Log(result.Failure)

			mended := explore.Test(t, config(c.mended))
			t.Logf("the mended code passes in %d schedules", mended.Schedules)

			broken.Store, broken.Open, broken.Schedule = nil, r.seed.Schedules(t), result.Failure.Schedule
			again, err := explore.Explore(t.Context(), broken)
			if err != nil || again.Failure == nil || !strings.Contains(again.Failure.Cause.Error(), c.says) {
				t.Fatalf("on PostgreSQL: %+v %v", again, err)
			}
			if again.Failure.Schedule != broken.Schedule || again.Failure.Changes != result.Failure.Changes {
				t.Errorf("on PostgreSQL the schedule is %s, with the changes\n%s", again.Failure.Schedule, again.Failure.Changes)
			}
		})
	}
}
