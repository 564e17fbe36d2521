package sim_test

import (
	"testing"
	"time"

	"github.com/tasktwin/tasktwin/sim"
)

// BenchmarkRun simulates two weeks of a hundred users in memory.
func BenchmarkRun(b *testing.B) {
	w := newWorld(b, sim.DefaultParams())
	base := seeded(b, w)
	var tasks, events int
	b.ReportAllocs()
	for b.Loop() {
		db := base.Fork()
		result, err := w.Run(b.Context(), db, sim.IdleTimeout(30*time.Minute), sim.Options{Progress: func(p sim.Progress) { events = p.Events }})
		if err != nil {
			b.Fatal(err)
		}
		tasks = result.Tasks
	}
	perRun := float64(b.Elapsed().Nanoseconds()) / float64(b.N)
	b.ReportMetric(perRun/float64(tasks), "ns/task")
	b.ReportMetric(perRun/float64(events), "ns/event")
}
