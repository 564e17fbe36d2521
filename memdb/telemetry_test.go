package memdb

import (
	"reflect"
	"slices"
	"strconv"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/tasktwin/tasktwin"
	"github.com/tasktwin/tasktwin/internal/testrand"
)

func TestSortedByID(t *testing.T) {
	t.Parallel()
	r := testrand.New(t)
	for _, n := range []int{0, 1, radixBuckets - 1, radixBuckets, 20_000} {
		for name, id := range map[string]func() uuidKey{
			"random":      func() uuidKey { return uuidKey{r.Uint64(), r.Uint64()} },
			"low numbers": func() uuidKey { return uuidKey{0, r.Uint64()} },
			"at the ends": func() uuidKey { return uuidKey{^uint64(0) * r.Uint64N(2), r.Uint64N(10)} },
		} {
			entries := make([]listEntry, n)
			for i := range entries {
				entries[i] = listEntry{id: id(), slot: uint32(i)}
			}
			want := slices.Clone(entries)
			got := sortedByID(slices.Clone(entries))
			slices.SortFunc(want, func(a, b listEntry) int { return a.id.compare(b.id) })
			if !slices.EqualFunc(got, want, func(a, b listEntry) bool { return a.id == b.id }) {
				t.Errorf("%d %s ids are not sorted", n, name)
			}
		}
	}
}

// The rows of many tasks, which several goroutines fill, are those that one fills.
func TestTelemetryOfManyTasks(t *testing.T) {
	t.Parallel()
	db, id := New(Options{}), uuid.New()
	insertBoundTask(t, db, id)
	const tasks = 2*tasksPerWorker + 1
	for i := 1; i < tasks; i++ {
		task := uuid.New()
		must(t)(db.InsertTask(t.Context(), taskParams(task, id, "task "+strconv.Itoa(i))))
	}
	now := time.Unix(100, 0)
	rows, err := db.GetTelemetryTaskEvents(t.Context(), tasktwin.GetTelemetryTaskEventsParams{Now: now})
	if err != nil {
		t.Fatal(err)
	}
	st := db.store.Peek()
	want := make([]tasktwin.GetTelemetryTaskEventsRow, tasks)
	fillEvents(st, sortedByID(recentTasks(st, never)), want, pgTimeOf(now))
	if !reflect.DeepEqual(rows, want) {
		t.Errorf("%d rows, want %d, or others", len(rows), len(want))
	}
}
