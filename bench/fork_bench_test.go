package bench

import (
	"testing"

	"github.com/tasktwin/tasktwin/memdb"
)

var forked *memdb.DB

var forkSizes = []where{{onMemdb, []int{10, 100_000}, nil}}

func BenchmarkFork(b *testing.B) {
	reads(b, forkSizes, func(b *testing.B, _ Size, db *memdb.DB) {
		b.ReportAllocs()
		for b.Loop() {
			forked = db.Fork()
		}
	})
}

// A fork copies nothing, so its first write copies more than a later one. The time
// includes the fork and the write.
func BenchmarkForkAndWrite(b *testing.B) {
	reads(b, forkSizes, func(b *testing.B, size Size, db *memdb.DB) {
		b.Run("write=task", func(b *testing.B) {
			arg := newTasks(size, 1)[0]
			b.ReportAllocs()
			for b.Loop() {
				if _, err := db.Fork().InsertTask(b.Context(), arg); err != nil {
					b.Fatal(err)
				}
			}
		})
		b.Run("write=status", func(b *testing.B) {
			arg := newStatuses(size, 1)[0]
			b.ReportAllocs()
			for b.Loop() {
				if _, err := db.Fork().InsertWorkspaceAppStatus(b.Context(), arg); err != nil {
					b.Fatal(err)
				}
			}
		})
	})
}
