package memdb

import (
	"reflect"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/tasktwin/tasktwin"
)

// When many readers ask at the same time for sums that are not computed yet, each gets the
// correct sums.
func TestReadersAskForTelemetryAtOnce(t *testing.T) {
	t.Parallel()
	db, id := New(Options{}), uuid.New()
	insertBoundTask(t, db, id)
	// There are so many statuses that computing the sums takes longer than a time slice of
	// the scheduler.
	for n := range 10_000 {
		must(t)(db.InsertWorkspaceAppStatus(t.Context(), tasktwin.InsertWorkspaceAppStatusParams{
			ID: uuid.New(), CreatedAt: time.Unix(int64(n), 0), AgentID: id, AppID: id, WorkspaceID: id,
			State: tasktwin.WorkspaceAppStatusStateWorking,
		}))
	}
	for n := range 30 {
		task := uuid.New()
		must(t)(db.InsertTask(t.Context(), taskParams(task, id, task.String())))
		must(t)(db.UpsertTaskWorkspaceApp(t.Context(), bindingParams(task, id, int32(n))))
	}
	ask := func(db *DB) []tasktwin.GetTelemetryTaskEventsRow {
		rows, err := db.GetTelemetryTaskEvents(t.Context(), tasktwin.GetTelemetryTaskEventsParams{Now: time.Unix(20_000, 0)})
		if err != nil || len(rows) != 31 {
			t.Errorf("%d rows: %v", len(rows), err)
		}
		return rows
	}
	for number := range int32(4) {
		must(t)(insertBuild(t, db, id, number+2)) // which drops the sums
		fork := db.Fork()
		answers := make([][]tasktwin.GetTelemetryTaskEventsRow, 4)
		var readers sync.WaitGroup
		start := make(chan struct{})
		for i := range answers {
			readers.Go(func() {
				<-start
				answers[i] = ask(fork)
			})
		}
		close(start)
		readers.Wait()
		want := ask(fork)
		for i, got := range answers {
			if !reflect.DeepEqual(got, want) {
				t.Fatalf("reader %d of build %d was told something else than the next", i, number+2)
			}
		}
	}
}
