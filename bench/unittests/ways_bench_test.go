package unittests

import "testing"

// A way gives each unit test a store of its own.
type way struct {
	name string
	open opener
}

type (
	// An opener prepares what all tests share, such as a server, which ends with t.
	opener func(t testing.TB) runner
	// A runner runs a test on a store of its own with the fixture and nothing else.
	runner   func(t testing.TB, test testFunc)
	testFunc func(t testing.TB, s store)
)

func ways() []way {
	all := []way{{"memdb-new", memdbNew}, {"memdb-fork", memdbFork}}
	all = append(all, sqliteWays()...)
	all = append(all,
		way{"postgres-rollback", postgresRollback},
		way{"postgres-clone", postgresClone},
		way{"postgres-pgtestdb", postgresPgtestdb},
		way{"testcontainers-truncate", containerTruncate},
		way{"testcontainers-restore", containerRestore},
	)
	return all
}

// Time per unit test: 20 rows, 10 operations and a check of their results.
func BenchmarkUnitTest(b *testing.B) {
	for _, w := range ways() {
		b.Run("way="+w.name, func(b *testing.B) {
			run := w.open(b)
			b.ReportAllocs()
			for b.Loop() {
				run(b, unitTest)
			}
		})
	}
}

// Each way gives each of two tests a store with the fixture and nothing else.
func TestEachWay(t *testing.T) {
	t.Parallel()
	for _, w := range ways() {
		t.Run(w.name, func(t *testing.T) {
			t.Parallel()
			run := w.open(t)
			run(t, unitTest)
			run(t, unitTest)
		})
	}
}
