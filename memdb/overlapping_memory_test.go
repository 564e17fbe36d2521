package memdb

import (
	"runtime"
	"testing"

	"github.com/google/uuid"

	"github.com/tasktwin/tasktwin"
)

// Transactions of which each begins before the one before it ends leave nothing behind but
// the slots of the rows that they have inserted and deleted.
func TestOverlappingTransactionsAreForgotten(t *testing.T) { //nolint:paralleltest // it measures the heap
	db := New(Options{})
	begin := func() (end chan<- struct{}, done <-chan error) {
		ended, result, began := make(chan struct{}), make(chan error), make(chan struct{})
		go func() {
			result <- db.InTx(t.Context(), func(tx tasktwin.Store) error {
				id := uuid.New()
				_, err := tx.InsertUser(t.Context(), tasktwin.InsertUserParams{ID: id, Username: id.String()})
				if err == nil {
					_, err = tx.DeleteUserByID(t.Context(), id)
				}
				close(began)
				<-ended
				return err
			}, nil)
		}()
		<-began
		return ended, result
	}
	heap := func() int64 {
		runtime.GC()
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		return int64(m.HeapAlloc)
	}
	const transactions = 20_000
	before := heap()
	end, done := begin()
	for range transactions {
		nextEnd, nextDone := begin()
		close(end)
		if err := <-done; err != nil {
			t.Fatal(err)
		}
		end, done = nextEnd, nextDone
	}
	if perTx := (heap() - before) / transactions; perTx > 200 {
		t.Errorf("%d B are left of each transaction", perTx)
	}
	close(end)
	if err := <-done; err != nil {
		t.Fatal(err)
	}
}
