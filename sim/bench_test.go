package sim_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/tasktwin/tasktwin/sim"
)

// BenchmarkRun simulates two weeks in memory. The rows of a hundred users fit into the caches of most
// processors, those of many do not.
func BenchmarkRun(b *testing.B) {
	for _, users := range []int{100, 500} {
		b.Run(fmt.Sprintf("users=%d", users), func(b *testing.B) {
			p := sim.DefaultParams()
			p.Users = users
			w := newWorld(b, p)
			base := seeded(b, w)
			var tasks, events int
			b.ReportAllocs()
			for b.Loop() {
				db := base.Fork()
				result, err := w.Run(b.Context(), db, sim.IdleTimeout(30*time.Minute),
					sim.Options{Progress: func(p sim.Progress) { events = p.Events }})
				if err != nil {
					b.Fatal(err)
				}
				tasks = result.Tasks
			}
			perRun := float64(b.Elapsed().Nanoseconds()) / float64(b.N)
			b.ReportMetric(perRun/float64(tasks), "ns/task")
			b.ReportMetric(perRun/float64(events), "ns/event")
		})
	}
}
