package bench

import (
	"runtime"
	"testing"
)

// What memdb holds for a task and all that belongs to it: what is left of the
// heap when the rows that it was loaded from are gone. The strings that were
// passed in are part of it: they are what it keeps. The time is that of the load.
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

// heap returns the bytes that are in use. One collection may leave what
// finalizers and pools hold.
func heap() uint64 {
	runtime.GC()
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}
