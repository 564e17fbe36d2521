package bench

import (
	"runtime"
	"testing"
)

// Memory of a task with all its rows: the heap in use after the loaded rows have been
// collected. It includes the strings that were passed in, which memdb keeps. The time
// is that of the load.
func BenchmarkMemory(b *testing.B) {
	each(b, []where{
		{onMemdb, []int{1000, 10_000}, []int{100_000}},
	}, func(b *testing.B, _ engine, size Size) {
		var bytes uint64
		for b.Loop() {
			before := heap()
			db := loadMemdb(b, size)
			bytes = heap() - before
			runtime.KeepAlive(db)
		}
		b.ReportMetric(float64(bytes)/float64(size.Tasks), "B/task")
		b.ReportMetric(float64(bytes)/float64(size.Tasks*size.Statuses), "B/status")
	})
}

// heap returns the bytes in use. One collection may leave memory of finalizers and
// pools.
func heap() uint64 {
	runtime.GC()
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}
