package bench

import (
	"runtime"
	"runtime/debug"
	"testing"

	"github.com/stretchr/testify/require"
)

// shared has loaded stores of one kind, which are loaded on first use. It keeps
// only one large store, because two do not fit into memory.
type shared[S any] struct {
	load   func(testing.TB, Size) S
	close  func(S)
	stores map[Size]S
}

// large is the number of statuses of a large data set.
const large = 2_000_000

func (s *shared[S]) get(t testing.TB, size Size) S {
	t.Helper()
	if store, ok := s.stores[size]; ok {
		return store
	}
	if isLarge(size) {
		s.drop(isLarge)
		// A heap of twice the store, as by default, does not fit into memory either.
		defer debug.SetGCPercent(debug.SetGCPercent(25))
	}
	store := s.load(t, size)
	if s.stores == nil {
		s.stores = map[Size]S{}
	}
	s.stores[size] = store
	// Collect the loaded rows before the benchmark.
	runtime.GC()
	return store
}

// drop closes stores.
func (s *shared[S]) drop(which func(Size) bool) {
	for size, store := range s.stores {
		if which(size) {
			s.close(store)
			delete(s.stores, size)
		}
	}
}

func isLarge(size Size) bool { return size.Tasks*size.Statuses >= large }

func TestSharedKeepsOneLargeStore(t *testing.T) {
	t.Parallel()
	var loaded, closed []int
	s := shared[int]{
		load:  func(_ testing.TB, size Size) int { loaded = append(loaded, size.Tasks); return size.Tasks },
		close: func(n int) { closed = append(closed, n) },
	}
	small, first, second := ByTasks(10), ByTasks(large/60+1), ByTasks(large/60+2)
	for _, size := range []Size{small, first, small, first, second, small, first} {
		require.Equal(t, size.Tasks, s.get(t, size))
	}
	require.Equal(t, []int{small.Tasks, first.Tasks, second.Tasks, first.Tasks}, loaded)
	require.Equal(t, []int{first.Tasks, second.Tasks}, closed)
}
