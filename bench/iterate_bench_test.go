package bench

import (
	"fmt"
	"testing"

	"github.com/tasktwin/tasktwin"
)

// The first fifty rows of all tasks, and all of them, by iteration.
func BenchmarkAllTasks(b *testing.B) {
	reads(b, []where{
		{onMemdb, []int{10_000, 100_000}, nil},
		{onPgdb, []int{10_000}, []int{100_000}},
	}, func(b *testing.B, size Size, s tasktwin.TaskIterator) {
		for _, rows := range []int{min(50, size.Tasks), size.Tasks} {
			b.Run(fmt.Sprintf("rows=%d", rows), func(b *testing.B) {
				b.ReportAllocs()
				for b.Loop() {
					n := 0
					for _, err := range s.AllTasks(b.Context(), tasktwin.ListTasksParams{}) {
						if err != nil {
							b.Fatal(err)
						}
						if n++; n == rows {
							break
						}
					}
					if n != rows {
						b.Fatal(n)
					}
				}
			})
		}
	})
}
