package memdb

import (
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/tasktwin/tasktwin"
)

// The sums of a task's telemetry are computed by their first reader. A status, a build or a
// binding at the end of the timeline updates them, only in the store that it is added to. Any
// other change drops them.
func TestTelemetryIsKnown(t *testing.T) {
	t.Parallel()
	db, id := New(Options{}), uuid.New()
	insertBoundTask(t, db, id)

	// peek returns the task's telemetry. It does not mark the state as read, so writers
	// still change it in place.
	peek := func(db *DB) *telemetry { return db.store.Peek().Tables.telemetry.Get(0) }
	ask := func(db *DB) {
		t.Helper()
		rows, err := db.GetTelemetryTaskEvents(t.Context(), tasktwin.GetTelemetryTaskEventsParams{Now: time.Unix(100, 0)})
		if err != nil || len(rows) != 1 {
			t.Fatalf("%d rows: %v", len(rows), err)
		}
		if got := peek(db).phase.Load(); got != computed {
			t.Errorf("after a query, the phase is %d", got)
		}
	}
	status := func(db *DB, at int64) {
		t.Helper()
		must(t)(db.InsertWorkspaceAppStatus(t.Context(), tasktwin.InsertWorkspaceAppStatusParams{
			ID: uuid.New(), CreatedAt: time.Unix(at, 0), AgentID: id, AppID: id, WorkspaceID: id, State: tasktwin.WorkspaceAppStatusStateWorking,
		}))
	}
	if got := peek(db).phase.Load(); got != uncomputed {
		t.Errorf("before any query, the phase is %d", got)
	}
	status(db, 10)
	if got := peek(db).phase.Load(); got != uncomputed {
		t.Errorf("after a status and before any query, the phase is %d", got)
	}
	ask(db)
	fork := db.Fork()
	before := peek(db)
	// A second query returns the known sums.
	before.startNumber = 7
	rows, err := fork.GetTelemetryTaskEvents(t.Context(), tasktwin.GetTelemetryTaskEventsParams{Now: time.Unix(100, 0)})
	if err != nil || rows[0].StartBuildNumber.Int32 != 7 {
		t.Errorf("the sums were computed again: %v", err)
	}
	before.startNumber = 1

	status(db, 20)
	after := peek(db)
	if after == before || after.phase.Load() != computed || after.timeline.last.at == before.timeline.last.at || peek(fork) != before {
		t.Error("the sums do not follow a status at the end, or another store's do")
	}
	status(db, 25)
	if peek(db) != after || after.phase.Load() != computed || after.timeline.last.at == before.timeline.last.at {
		t.Error("the owner's sums were copied, or do not follow")
	}
	status(fork, 15)
	if got := peek(fork); got == before || got.phase.Load() != computed || peek(db) != after {
		t.Error("the sums of a fork do not follow a status at the end")
	}
	status(db, 12)
	if got := peek(db); got.phase.Load() != uncomputed {
		t.Errorf("after a status in between, the phase is %d", got.phase.Load())
	}
	ask(db)
	must(t)(insertBuild(t, db, id, 2))
	forgotten := peek(db)
	if got := forgotten.phase.Load(); got != uncomputed {
		t.Errorf("after a build, the phase is %d", got)
	}
	status(db, 30)
	if peek(db) != forgotten || forgotten.phase.Load() != uncomputed {
		t.Error("the sums that the owner has dropped were copied, or are still computed")
	}

	ask(db)
	for _, c := range []struct {
		name   string
		change func()
	}{
		{"a build", func() { must(t)(insertBuildAt(t, db, id, 3, time.Unix(40, 0))) }},
		{"a binding to no app", func() {
			arg := bindingParams(id, id, 3)
			arg.WorkspaceAppID = uuid.NullUUID{}
			must(t)(db.UpsertTaskWorkspaceApp(t.Context(), arg))
		}},
		{"a binding to a new app", func() {
			app := uuid.New()
			must(t)(db.InsertWorkspaceApp(t.Context(), tasktwin.InsertWorkspaceAppParams{
				ID: app, AgentID: id, Slug: "new", Health: tasktwin.WorkspaceAppHealthHealthy,
			}))
			arg := bindingParams(id, id, 3)
			arg.WorkspaceAppID = nullUUID(app)
			must(t)(db.UpsertTaskWorkspaceApp(t.Context(), arg))
		}},
	} {
		before := peek(db).sums
		c.change()
		if known := peek(db); known.phase.Load() != computed || known.sums == before {
			t.Errorf("the sums do not follow %s at the end", c.name)
		}
	}
}
