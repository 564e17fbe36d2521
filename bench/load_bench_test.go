package bench

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/tasktwin/tasktwin"
	"github.com/tasktwin/tasktwin/bench/internal/lasting"
	"github.com/tasktwin/tasktwin/conformance/pgtest"
	"github.com/tasktwin/tasktwin/memdb"
)

// Loads many statuses into a store with their tasks.
func BenchmarkLoad(b *testing.B) {
	skipLong(b)
	size := Size{Tasks: 10_000, Builds: 6, Statuses: 100}
	if testing.Short() {
		size.Tasks = shortTasks
	}
	for _, c := range []struct {
		name string
		open func(testing.TB) tasktwin.Store
	}{
		{"memdb", func(testing.TB) tasktwin.Store { return memdb.New(memdb.Options{}) }},
		{"pgdb", func(t testing.TB) tasktwin.Store { return pgtest.Open(t) }},
	} {
		b.Run(fmt.Sprintf("statuses=%d/store=%s", size.Tasks*size.Statuses, c.name), func(b *testing.B) {
			parents := World(size)
			statuses := &tasktwin.Dump{WorkspaceAppStatuses: parents.WorkspaceAppStatuses}
			parents.WorkspaceAppStatuses = nil
			b.ReportAllocs()
			for b.Loop() {
				b.StopTimer()
				life := &lasting.TB{TB: b}
				loader, ok := c.open(life).(tasktwin.Loader)
				if !ok {
					life.End()
					b.Skipf("%s is not a Loader", c.name)
				}
				require.NoError(b, loader.Load(b.Context(), parents))
				b.StartTimer()
				err := loader.Load(b.Context(), statuses)
				b.StopTimer()
				require.NoError(b, err)
				life.End()
				b.StartTimer()
			}
			b.ReportMetric(float64(len(statuses.WorkspaceAppStatuses))*float64(b.N)/b.Elapsed().Seconds(), "rows/s")
		})
	}
}
