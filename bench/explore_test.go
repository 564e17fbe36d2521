package bench

import (
	"context"
	"fmt"
	"testing"

	"github.com/google/uuid"

	"github.com/tasktwin/tasktwin"
	"github.com/tasktwin/tasktwin/explore"
	"github.com/tasktwin/tasktwin/memdb"
	"github.com/tasktwin/tasktwin/tasktest"
)

// fourStatements returns a handler of four statements on a task, outside of transactions.
func fourStatements(id uuid.UUID, text string) explore.Handler {
	return explore.Handler{Run: func(ctx context.Context, s tasktwin.Store) error {
		for n := range 2 {
			if _, err := s.GetTaskByID(ctx, id); err != nil {
				return err
			}
			_, err := s.UpdateTaskPrompt(ctx, tasktwin.UpdateTaskPromptParams{ID: id, Prompt: fmt.Sprint(text, n)})
			if err != nil {
				return err
			}
		}
		return nil
	}}
}

// BenchmarkExplore runs all orders of two handlers of four statements each: the 70 that there
// are, and those that are left where they only swap statements with nothing in common.
func BenchmarkExplore(b *testing.B) {
	db := memdb.New(memdb.Options{})
	w := tasktest.New(b, db)
	same, other := w.Active().ID, w.Active().ID
	for _, c := range []struct {
		name   string
		a, b   uuid.UUID
		every  bool
		orders int
	}{
		{"every", same, same, true, 70},
		{"one task", same, same, false, 0},
		{"two tasks", same, other, false, 1},
	} {
		b.Run(c.name, func(b *testing.B) {
			b.ReportAllocs()
			schedules := 0
			for b.Loop() {
				result, err := explore.Explore(b.Context(), explore.Config{
					Store: db, Every: c.every, Handlers: []explore.Handler{fourStatements(c.a, "a"), fourStatements(c.b, "b")},
				})
				if err != nil || result.Failure != nil || c.orders != 0 && result.Schedules != c.orders {
					b.Fatal(result, err)
				}
				schedules += result.Schedules
			}
			b.ReportMetric(float64(schedules)/float64(b.N), "schedules/op")
			b.ReportMetric(float64(schedules)/b.Elapsed().Seconds(), "schedules/s")
		})
	}
}
