package rel

import (
	"maps"
	"math/rand/v2"
	"runtime"
	"slices"
	"testing"

	"github.com/tasktwin/tasktwin/memdb/internal/cow"
)

// shelf is a schema of two tables: items have tags in each kind of list, and a sum by slot.
type shelf struct {
	items     Table[int]
	itemsByID cow.Hash
	sums      cow.Vec[int]

	tags      Table[tag]
	inSet     cow.Vec[cow.Set]
	byNumber  cow.Vec[cow.Tree[NumberedChild]]
	onlyChild cow.Vec[uint32]
}

type tag struct {
	number                     int32
	inSet, byNumber, onlyChild uint32
}

var (
	itemsDef    TableDef[shelf, int]
	tagsDef     TableDef[shelf, tag]
	shelfSchema Schema[shelf]
)

func init() {
	itemsDef.Name, itemsDef.Table = "items", func(s *shelf) *Table[int] { return &s.items }
	itemsDef.Unique = []Unique[shelf, int]{{
		Name: "items_pkey", Index: func(s *shelf) *cow.Hash { return &s.itemsByID },
		Hash: func(_ *shelf, id *int) (uint32, bool) { return hashOf(*id), true },
		Same: func(_ *shelf, a, b *int) bool { return *a == *b },
	}}
	itemsDef.BySlot = []func(*shelf) cow.Pages{func(s *shelf) cow.Pages { return &s.sums }}
	itemsDef.Stored = func(st *State[shelf], slot uint32, r, _ *int) { st.Tables.sums.Set(st.Owner(), slot, *r) }
	itemsDef.Removed = func(st *State[shelf], slot uint32, _ *int) { st.Tables.sums.Set(st.Owner(), slot, 0) }
	tagsDef.Name, tagsDef.Table = "tags", func(s *shelf) *Table[tag] { return &s.tags }
	References(&tagsDef, &itemsDef, "in_set", Cascade,
		InSet[shelf, tag](func(s *shelf) *cow.Vec[cow.Set] { return &s.inSet }), func(r *tag) *uint32 { return &r.inSet })
	References(&tagsDef, &itemsDef, "by_number", Cascade,
		ByNumber(func(s *shelf) *cow.Vec[cow.Tree[NumberedChild]] { return &s.byNumber }, func(r *tag) int32 { return r.number }),
		func(r *tag) *uint32 { return &r.byNumber })
	References(&tagsDef, &itemsDef, "only_child", Cascade,
		OnlyChild[shelf, tag](func(s *shelf) *cow.Vec[uint32] { return &s.onlyChild }), func(r *tag) *uint32 { return &r.onlyChild })
	shelfSchema.Define(&itemsDef, &tagsDef)
}

// put inserts an item with two tags in each list but the last, which has one.
func (s *shelfStore) put(t *testing.T, x Executor[shelf], id int) {
	t.Helper()
	err := Write(t.Context(), x, nil, FailsBeforeWriting, func(st *State[shelf]) error {
		if err := itemsDef.Insert(st, &id); err != nil {
			return err
		}
		at := slotOf(st, &itemsDef, &id)
		for n := range int32(2) {
			r := tag{n, at, at, NoSlot}
			if n == 0 {
				r.onlyChild = at
			}
			if err := tagsDef.Insert(st, &r); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func (s *shelfStore) remove(t *testing.T, x Executor[shelf], id int) {
	t.Helper()
	err := Write(t.Context(), x, nil, MayFailMidway, func(st *State[shelf]) error {
		return itemsDef.Delete(st, slotOf(st, &itemsDef, &id))
	})
	if err != nil {
		t.Fatal(err)
	}
}

type shelfStore struct{ Store[shelf] }

func newShelf() *shelfStore {
	s := new(shelfStore)
	s.Init(&shelfSchema, shelf{})
	return s
}

func (s *shelfStore) heldBytes() int64 {
	runtime.GC()
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}

// Rows that are deleted leave nothing behind, in any order, outside of transactions and in one,
// however often they come back.
func TestDeletedRowsLeaveNothing(t *testing.T) { //nolint:paralleltest // it measures the heap
	const rows = 20_000
	s, r := newShelf(), rand.New(rand.NewPCG(1, 0))
	orders := [][]int{ascending(rows), r.Perm(rows), reversed(rows), r.Perm(rows)}
	empty := s.heldBytes()
	for round, order := range orders {
		for id := range rows {
			s.put(t, s, id)
		}
		full := s.heldBytes() - empty
		if round < 2 {
			for _, id := range order {
				s.remove(t, s, id)
			}
		} else {
			err := s.InTx(t.Context(), TxOptions{}, func(tx *Tx[shelf]) error {
				for _, id := range order {
					s.remove(t, tx, id)
				}
				return nil
			})
			if err != nil {
				t.Fatal(err)
			}
		}
		if left := s.heldBytes() - empty; left > full/100 {
			t.Errorf("round %d: of %d B %d are left", round, full, left)
		}
		if l := &s.Peek().Tables; l.items.next != 0 || l.tags.next != 0 || l.items.Len() != 0 || l.tags.Len() != 0 {
			t.Errorf("round %d: the next slots are %d and %d", round, l.items.next, l.tags.next)
		}
	}
	runtime.KeepAlive(orders)
}

func ascending(n int) []int {
	numbers := make([]int, n)
	for i := range numbers {
		numbers[i] = i
	}
	return numbers
}

func reversed(n int) []int {
	numbers := ascending(n)
	slices.Reverse(numbers)
	return numbers
}

// Transactions that overlap leave nothing of their rows once all have ended, nor of the slots of rows
// that were rolled back.
func TestOverlappingDeletesLeaveNothing(t *testing.T) {
	t.Parallel()
	const rows = 1000
	s, ctx := newShelf(), t.Context()
	err := s.InTx(ctx, TxOptions{}, func(a *Tx[shelf]) error {
		s.put(t, a, -1)
		_ = s.InTx(ctx, TxOptions{}, func(b *Tx[shelf]) error {
			for id := range rows {
				s.put(t, b, id)
				if id%2 == 0 {
					s.put(t, s, rows+id)
				}
			}
			return errPanicked // and so roll back
		})
		for id := 0; id < rows; id += 2 {
			s.remove(t, a, rows+id)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	l := &s.Peek().Tables
	if err := l.items.checkSlots(); err != nil || l.items.Len() != 1 {
		t.Errorf("%d items: %v", l.items.Len(), err)
	}
	s.remove(t, s, -1)
	l = &s.Peek().Tables
	if l.items.next != 0 || l.tags.next != 0 {
		t.Errorf("the next slots are %d and %d", l.items.next, l.tags.next)
	}
}

// New rows get the lowest free slots, and pages without rows are dropped from all vectors. Older
// states stay as they are.
func TestLowestSlotsAreTaken(t *testing.T) {
	t.Parallel()
	s, r := newShelf(), rand.New(rand.NewPCG(1, 0))
	at := map[int]int{} // slots to ids
	type snapshot struct {
		st  *State[shelf]
		ids []int
	}
	var snapshots []snapshot
	idsOf := func(st *State[shelf]) (ids []int) {
		for _, id := range st.Tables.items.All() {
			ids = append(ids, *id)
		}
		return ids
	}
	for n := range 4000 {
		if n%1000 < 300 || n%1000 < 600 && r.IntN(2) == 0 {
			lowest := 0
			for _, used := at[lowest]; used; _, used = at[lowest] {
				lowest++
			}
			s.put(t, s, n)
			at[lowest] = n
		} else if len(at) > 0 {
			slot := slices.Sorted(maps.Keys(at))[r.IntN(len(at))]
			s.remove(t, s, at[slot])
			delete(at, slot)
		}
		l := &s.Peek().Tables
		if err := l.items.checkSlots(); err != nil {
			t.Fatal(err)
		}
		pages := map[int]bool{}
		for slot, id := range at {
			pages[slot/cow.PageSize] = true
			if row := l.items.Row(uint32(slot)); row == nil || *row != id || l.sums.Get(uint32(slot)) != id {
				t.Fatalf("item %d is not at slot %d", id, slot)
			}
		}
		for page := range 10 {
			p := uint32(page)
			lists := []int{
				len(l.items.rows.Page(p)), len(l.sums.Page(p)), len(l.inSet.Page(p)), len(l.byNumber.Page(p)), len(l.onlyChild.Page(p)),
			}
			if slices.Contains(lists, 0) == pages[page] || slices.Max(lists) > 0 != pages[page] {
				t.Fatalf("page %d, which has rows: %t, has %v items", page, pages[page], lists)
			}
		}
		if n%100 == 0 {
			st := s.snapshot()
			snapshots = append(snapshots, snapshot{st, idsOf(st)})
		}
	}
	for _, s := range snapshots {
		if got := idsOf(s.st); !slices.Equal(got, s.ids) {
			t.Errorf("the snapshot with %v has %v", s.ids, got)
		}
	}
}
