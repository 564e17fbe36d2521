package bench

import (
	"context"
	_ "embed"
	"fmt"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	"github.com/tasktwin/tasktwin"
	"github.com/tasktwin/tasktwin/conformance/parity"
	"github.com/tasktwin/tasktwin/pgdb"
)

//go:embed naive.sql
var naiveSQL string

// naive runs the telemetry query in its naive form.
func naive(ctx context.Context, db *pgdb.DB, arg tasktwin.GetTelemetryTaskEventsParams) ([]tasktwin.GetTelemetryTaskEventsRow, error) {
	rows, err := db.Pool().Query(ctx, naiveSQL, arg.Now, arg.CreatedAfter)
	if err != nil {
		return nil, err
	}
	events, err := pgx.CollectRows(rows, pgx.RowToStructByPos[tasktwin.GetTelemetryTaskEventsRow])
	for i := range events {
		for _, t := range []*time.Time{
			&events[i].StopBuildCreatedAt.Time, &events[i].StartBuildCreatedAt.Time,
			&events[i].LastWorkingStatusAt.Time, &events[i].FirstStatusAfterResumeAt.Time,
		} {
			*t = t.UTC()
		}
	}
	return events, err
}

// The naive form has the same results as pgdb's query.
func TestNaiveFormGivesTheSame(t *testing.T) {
	t.Parallel()
	for _, builds := range []int{5, 6} {
		size := Size{Tasks: 30, Builds: builds, Statuses: 60, RecentEvery: 3}
		db := loadPgdb(t, size)
		for _, after := range []time.Time{{}, Recent} {
			arg := tasktwin.GetTelemetryTaskEventsParams{CreatedAfter: after, Now: Now}
			want, err := naive(t.Context(), db, arg)
			require.NoError(t, err)
			require.NotEmpty(t, want)
			got, err := db.GetTelemetryTaskEvents(t.Context(), arg)
			require.NoError(t, err)
			require.Empty(t, parity.Compare(want, got))
		}
	}
}

// maxNaive is the maximum number of tasks for the naive form, which takes ten
// minutes for it. Ten times as many would take a day.
const maxNaive = 10_000

// BenchmarkTelemetrySQL compares the naive form with pgdb's query, in one run on the
// same data. For larger numbers of tasks it measures only pgdb's.
func BenchmarkTelemetrySQL(b *testing.B) {
	arg := tasktwin.GetTelemetryTaskEventsParams{Now: Now}
	for _, tasks := range pick([]int{100, 300, 1000, 3000}, []int{10_000, 100_000}, shortTasks) {
		db := loadPgdb(b, ByTasks(tasks))
		run := func(form string, query func(context.Context) ([]tasktwin.GetTelemetryTaskEventsRow, error)) {
			b.Run(fmt.Sprintf("%s/tasks=%d", form, tasks), func(b *testing.B) {
				b.ReportAllocs()
				for b.Loop() {
					if rows, err := query(b.Context()); err != nil || len(rows) != tasks {
						b.Fatal(len(rows), err)
					}
				}
			})
		}
		run("linear", func(ctx context.Context) ([]tasktwin.GetTelemetryTaskEventsRow, error) {
			return db.GetTelemetryTaskEvents(ctx, arg)
		})
		if tasks <= maxNaive {
			run("naive", func(ctx context.Context) ([]tasktwin.GetTelemetryTaskEventsRow, error) { return naive(ctx, db, arg) })
		}
	}
}
