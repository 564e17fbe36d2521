package memdb

import (
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/tasktwin/tasktwin"
)

// The sums of a task's telemetry are found out by who asks for them first. They
// follow a status at the end of the timeline, in the store that it is added to,
// and are forgotten with any other change.
func TestTelemetryIsKnown(t *testing.T) {
	t.Parallel()
	db, id := New(Options{}), uuid.New()
	insertBoundTask(t, db, id)

	// known looks at the sums without reading, so that writers change them in place.
	known := func(db *DB) *telemetry { return db.store.Peek().Tables.telemetry.Get(0) }
	ask := func(db *DB) {
		t.Helper()
		rows, err := db.GetTelemetryTaskEvents(t.Context(), tasktwin.GetTelemetryTaskEventsParams{Now: time.Unix(100, 0)})
		if err != nil || len(rows) != 1 {
			t.Fatalf("%d rows: %v", len(rows), err)
		}
		if got := known(db).known.Load(); got != computed {
			t.Errorf("what was asked for is %d", got)
		}
	}
	status := func(db *DB, at int64) {
		t.Helper()
		must(t)(db.InsertWorkspaceAppStatus(t.Context(), tasktwin.InsertWorkspaceAppStatusParams{
			ID: uuid.New(), CreatedAt: time.Unix(at, 0), AgentID: id, AppID: id, WorkspaceID: id, State: tasktwin.WorkspaceAppStatusStateWorking,
		}))
	}
	if got := known(db).known.Load(); got != uncomputed {
		t.Errorf("what nobody has asked for is %d", got)
	}
	status(db, 10)
	if got := known(db).known.Load(); got != uncomputed {
		t.Errorf("with a status, what nobody has asked for is %d", got)
	}
	ask(db)
	fork := db.Fork()
	before := known(db)
	// Who asks again is told what is known.
	before.startNumber = 7
	rows, err := fork.GetTelemetryTaskEvents(t.Context(), tasktwin.GetTelemetryTaskEventsParams{Now: time.Unix(100, 0)})
	if err != nil || rows[0].StartBuildNumber.Int32 != 7 {
		t.Errorf("the sums were found out again: %v", err)
	}
	before.startNumber = 1

	status(db, 20)
	after := known(db)
	if after == before || after.known.Load() != computed || after.timeline.last.at == before.timeline.last.at || known(fork) != before {
		t.Error("the sums do not follow a status at the end, or another store's do")
	}
	status(db, 25)
	if known(db) != after || after.known.Load() != computed || after.timeline.last.at == before.timeline.last.at {
		t.Error("the owner's sums were copied, or do not follow")
	}
	status(fork, 15)
	if got := known(fork); got == before || got.known.Load() != computed || known(db) != after {
		t.Error("the sums of a fork do not follow a status at the end")
	}
	status(db, 12)
	if got := known(db); got.known.Load() != uncomputed {
		t.Errorf("with a status in between, what was known is %d", got.known.Load())
	}
	ask(db)
	must(t)(insertBuild(t, db, id, 2))
	forgotten := known(db)
	if got := forgotten.known.Load(); got != uncomputed {
		t.Errorf("with a build, what was known is %d", got)
	}
	status(db, 30)
	if known(db) != forgotten || forgotten.known.Load() != uncomputed {
		t.Error("what the owner has forgotten was copied, or is known")
	}
}
