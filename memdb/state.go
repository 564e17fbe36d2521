package memdb

import (
	"bytes"
	"cmp"
	"math"
	"sync"

	"github.com/google/uuid"
	"github.com/tidwall/btree"
)

// key orders the entries of every index: by a, then n, then s, then b. An index
// uses the parts that it needs, so one comparison serves all.
type key struct {
	a uuid.UUID
	n int64
	s string
	b uuid.UUID
}

func (k key) less(o key) bool {
	if c := bytes.Compare(k.a[:], o.a[:]); c != 0 {
		return c < 0
	}
	if c := cmp.Compare(k.n, o.n); c != 0 {
		return c < 0
	}
	if c := cmp.Compare(k.s, o.s); c != 0 {
		return c < 0
	}
	return bytes.Compare(k.b[:], o.b[:]) < 0
}

func firstOf(a uuid.UUID) key { return key{a: a, n: math.MinInt64} }

// entry holds a pointer to a row, which is never changed once it is stored.
type entry struct {
	key key
	row any
}

// tree is one index. Copying a btree writes to its source, which forks may
// share: hence the mutex. Readers need none.
type tree struct {
	owner *token
	mu    sync.Mutex
	t     *btree.BTreeG[entry]
}

// token stands for the state that may change a tree. A tree that pointed to the
// state itself would keep it, with all its other trees, and what these point to:
// every state that ever was.
type token struct{ _ byte }

// state is all tables and their indexes. It is immutable once published: only
// the trees that it owns may be changed, and only before.
type state struct {
	opts  Options
	token *token
	trees [numTables][maxIndexes]*tree
	// changed says that it differs from the state that it was cloned from.
	changed bool
}

func newState(opts Options) *state {
	st := &state{opts: opts, token: new(token)}
	for id, def := range schema {
		for i := range def.indexes {
			st.trees[id][i] = &tree{owner: st.token, t: btree.NewBTreeGOptions(
				func(a, b entry) bool { return a.key.less(b.key) },
				btree.Options{NoLocks: true, Degree: 16},
			)}
		}
	}
	return st
}

// clone returns a state that can be changed without changing st.
func (st *state) clone() *state {
	c := *st
	c.token, c.changed = new(token), false
	return &c
}

func (st *state) mutable(id tableID, index int) *btree.BTreeG[entry] {
	st.changed = true
	tr := st.trees[id][index]
	if tr.owner != st.token {
		tr.mu.Lock()
		c := tr.t.Copy()
		tr.mu.Unlock()
		tr = &tree{owner: st.token, t: c}
		st.trees[id][index] = tr
	}
	return tr.t
}

func (st *state) index(id tableID, index int) *btree.BTreeG[entry] { return st.trees[id][index].t }

func get[R any](st *state, id tableID, index int, k key) *R {
	e, ok := st.index(id, index).Get(entry{key: k})
	if !ok {
		return nil
	}
	return e.row.(*R)
}

func byID[R any](st *state, id tableID, rowID uuid.UUID) *R {
	return get[R](st, id, primaryKey, key{a: rowID})
}

// scan visits the rows of an index whose key begins with a, in order, until fn
// returns false.
func scan[R any](st *state, id tableID, index int, a uuid.UUID, fn func(*R) bool) {
	scanFrom(st, id, index, firstOf(a), fn)
}

func scanFrom[R any](st *state, id tableID, index int, from key, fn func(*R) bool) {
	st.index(id, index).Ascend(entry{key: from}, func(e entry) bool {
		return e.key.a == from.a && fn(e.row.(*R))
	})
}

// scanBack is scan in descending order.
func scanBack[R any](st *state, id tableID, index int, a uuid.UUID, fn func(*R) bool) {
	st.index(id, index).Descend(entry{key: key{a: a, n: math.MaxInt64, b: uuid.Max}}, func(e entry) bool {
		return e.key.a == a && fn(e.row.(*R))
	})
}

func scanAll[R any](st *state, id tableID, index int, fn func(*R) bool) {
	st.index(id, index).Scan(func(e entry) bool { return fn(e.row.(*R)) })
}
