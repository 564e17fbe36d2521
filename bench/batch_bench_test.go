package bench

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/tasktwin/tasktwin"
	"github.com/tasktwin/tasktwin/pgdb"
)

// batchRows is the number of statuses that are inserted at once.
const batchRows = 100

// A hundred statuses, by a loop of calls in a transaction and by one batch, over the
// server's socket and with a latency of a millisecond.
func BenchmarkInsertHundredStatuses(b *testing.B) {
	on := []where{{onMemdb, []int{1000}, nil}, {onPgdb, []int{1000}, nil}}
	writes(b, on, func(b *testing.B, size Size, fresh func() tasktwin.Store) {
		args := newStatuses(size, max(batchRows, batch(size)))
		links := []string{"socket"}
		if _, ok := fresh().(*pgdb.DB); ok {
			links = append(links, "1ms")
		}
		for _, link := range links {
			b.Run("link="+link, func(b *testing.B) {
				on := func(s tasktwin.Store) tasktwin.Store { return s }
				if link == "1ms" {
					slow, _ := throughProxy(b, fresh().(*pgdb.DB), time.Millisecond/2)
					on = func(tasktwin.Store) tasktwin.Store { return slow }
				}
				b.Run("by=loop", func(b *testing.B) {
					inHundreds(b, fresh, args, func(s tasktwin.Store, args []tasktwin.InsertWorkspaceAppStatusParams) error {
						return on(s).InTx(b.Context(), func(tx tasktwin.Store) error {
							for _, arg := range args {
								if _, err := tx.InsertWorkspaceAppStatus(b.Context(), arg); err != nil {
									return err
								}
							}
							return nil
						}, nil)
					})
				})
				b.Run("by=batch", func(b *testing.B) {
					inHundreds(b, fresh, args, func(s tasktwin.Store, args []tasktwin.InsertWorkspaceAppStatusParams) error {
						_, err := on(s).(tasktwin.BatchInserter).InsertWorkspaceAppStatuses(b.Context(), args)
						return err
					})
				})
			})
		}
	})
}

func inHundreds(
	b *testing.B, fresh func() tasktwin.Store, args []tasktwin.InsertWorkspaceAppStatusParams,
	insert func(tasktwin.Store, []tasktwin.InsertWorkspaceAppStatusParams) error,
) {
	b.Helper()
	b.ReportAllocs()
	store := fresh()
	for n := 0; b.Loop(); n += batchRows {
		if n+batchRows > len(args) {
			b.StopTimer()
			store, n = fresh(), 0
			b.StartTimer()
		}
		if err := insert(store, args[n:n+batchRows]); err != nil {
			b.Fatal(err)
		}
	}
	fresh()
}

// A batch is one round trip, outside of a transaction and in one, however many rows it has.
func TestBatchIsOneRoundTrip(t *testing.T) {
	t.Parallel()
	size := Size{Tasks: 20, Builds: 2}
	db, p := throughProxy(t, loadPgdb(t, size), 0)
	args := newStatuses(size, 4*batchRows)
	trips := func(fn func(s tasktwin.Store)) int64 {
		before := p.trips.Load()
		fn(db)
		return p.trips.Load() - before
	}
	insert := func(s tasktwin.Store, from int) {
		rows, err := s.(tasktwin.BatchInserter).InsertWorkspaceAppStatuses(t.Context(), args[from*batchRows:(from+1)*batchRows])
		require.NoError(t, err)
		require.Len(t, rows, batchRows)
	}
	insert(db, 0) // the statement is prepared
	require.Equal(t, int64(1), trips(func(s tasktwin.Store) { insert(s, 1) }))
	tx := func(fn func(tasktwin.Store)) func(tasktwin.Store) {
		return func(s tasktwin.Store) {
			require.NoError(t, s.InTx(t.Context(), func(tx tasktwin.Store) error { fn(tx); return nil }, nil))
		}
	}
	trips(tx(func(s tasktwin.Store) { insert(s, 2) })) // and with the comment of a transaction
	beginAndCommit := trips(tx(func(tasktwin.Store) {}))
	require.Equal(t, beginAndCommit+1, trips(tx(func(s tasktwin.Store) { insert(s, 3) })))
}
