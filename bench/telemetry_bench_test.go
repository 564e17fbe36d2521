package bench

import (
	"context"
	"fmt"
	"testing"

	"github.com/tasktwin/tasktwin"
)

type telemetryReader interface {
	GetTelemetryTaskEvents(ctx context.Context, arg tasktwin.GetTelemetryTaskEventsParams) ([]tasktwin.GetTelemetryTaskEventsRow, error)
}

// The windows of telemetry: one in which all tasks have builds, and one in which
// a tenth of them has.
var windows = []struct {
	name  string
	arg   tasktwin.GetTelemetryTaskEventsParams
	every int
}{
	{"all", tasktwin.GetTelemetryTaskEventsParams{Now: Now}, 1},
	{"tenth", tasktwin.GetTelemetryTaskEventsParams{CreatedAfter: Recent, Now: Now}, recentEvery},
}

func BenchmarkGetTelemetryTaskEvents(b *testing.B) {
	reads(b, []where{
		{onMemdb, []int{100, 300, 1000, 3000, 10_000, 30_000, 100_000}, nil},
		{onPgdb, []int{100, 300, 1000, 3000, 10_000}, []int{30_000, 100_000}},
		{onSQLite, []int{100, 300, 1000, 3000, 10_000}, []int{30_000, 100_000}},
	}, func(b *testing.B, size Size, s telemetryReader) {
		for _, window := range windows {
			b.Run("recent="+window.name, func(b *testing.B) {
				telemetry(b, s, window.arg, size.Tasks/window.every)
			})
		}
	})
}

// telemetry measures the query from its second call on: the first one after a load
// computes memdb's sums and fills PostgreSQL's caches.
func telemetry(b *testing.B, s telemetryReader, arg tasktwin.GetTelemetryTaskEventsParams, want int) {
	b.Helper()
	b.ReportAllocs()
	call := func() {
		rows, err := s.GetTelemetryTaskEvents(b.Context(), arg)
		if err != nil || len(rows) != want {
			b.Fatal(len(rows), err)
		}
	}
	call()
	for b.Loop() {
		call()
	}
}

// Telemetry of the same number of recent tasks, if each has ten times the statuses, and
// if 9 and 99 times as many tasks have no recent builds.
func BenchmarkTelemetryBesideHistory(b *testing.B) {
	skipLong(b)
	recent, tasks := 10_000, 100_000
	if testing.Short() {
		recent, tasks = 2, shortTasks
	}
	// Of a million tasks with sixty statuses each the rows alone would take 20 GB.
	many := Size{Tasks: 10 * tasks, Builds: 2, Statuses: 6, RecentEvery: 10 * recentEvery}
	for _, c := range []struct {
		name string
		size Size
		arg  tasktwin.GetTelemetryTaskEventsParams
	}{
		{"history=none", bySize(recent), windows[0].arg},
		{"history=tasks", bySize(tasks), windows[1].arg},
		{"history=many", many, windows[1].arg},
		{"history=statuses", Size{Tasks: recent, Builds: 6, Statuses: 600, RecentEvery: recentEvery}, windows[0].arg},
	} {
		b.Run(fmt.Sprintf("tasks=%d/store=memdb/%s", recent, c.name), func(b *testing.B) {
			telemetry(b, memdbs.get(b, c.size), c.arg, recent)
		})
	}
}
