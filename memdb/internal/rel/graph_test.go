package rel

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/tasktwin/tasktwin/memdb/internal/cow"
)

// graph is a schema of tables a, b, c, … with foreign keys that each test chooses. A row
// has an id and up to three references.
type graph struct {
	rows     [5]Table[node]
	byID     [5]cow.Hash
	children [8]cow.Vec[cow.Set]
}

type node struct {
	id   int
	refs [3]uint32
}

// graphKey is a foreign key of a graph: the column of table from refers to table to.
type graphKey struct {
	from, column, to int
	onDelete         Action
}

// name returns the constraint's name: c1_a is the second reference of table c, to table a.
func (k graphKey) name() string { return fmt.Sprintf("%c%d_%c", 'a'+k.from, k.column, 'a'+k.to) }

// graphRow is a row with the ids of the rows that it refers to, 0 for NULL.
type graphRow struct {
	table, id int
	refs      [3]int
}

func rowOf(table, id int, refs ...int) graphRow {
	r := graphRow{table: table, id: id}
	copy(r.refs[:], refs)
	return r
}

// newGraph returns the tables with the given foreign keys, and a state with the rows.
func newGraph(t *testing.T, keys []graphKey, rows []graphRow) ([]TableDef[graph, node], *State[graph]) {
	t.Helper()
	defs := make([]TableDef[graph, node], len(graph{}.rows))
	for i := range defs {
		defs[i] = TableDef[graph, node]{
			Name: string(rune('a' + i)), Table: func(g *graph) *Table[node] { return &g.rows[i] },
			Unique: []Unique[graph, node]{{
				Name: "pkey", Index: func(g *graph) *cow.Hash { return &g.byID[i] },
				Hash: func(_ *graph, r *node) (uint32, bool) { return hashOf(r.id), true },
				Same: func(_ *graph, a, b *node) bool { return a.id == b.id },
			}},
		}
	}
	for i, k := range keys {
		References(&defs[k.from], &defs[k.to], k.name(), k.onDelete,
			InSet[graph, node](func(g *graph) *cow.Vec[cow.Set] { return &g.children[i] }),
			func(r *node) *uint32 { return &r.refs[k.column] })
	}
	st := newState(graph{})
	for _, row := range rows {
		r := &node{row.id, [3]uint32{NoSlot, NoSlot, NoSlot}}
		for _, k := range keys {
			if id := row.refs[k.column]; k.from == row.table && id != 0 {
				r.refs[k.column] = nodeSlot(st, defs, k.to, id)
			}
		}
		if err := defs[row.table].Insert(st, r); err != nil {
			t.Fatal(err)
		}
	}
	return defs, st
}

func nodeSlot(st *State[graph], defs []TableDef[graph, node], table, id int) uint32 {
	return slotOf(st, &defs[table], &node{id: id})
}

// remaining lists the rows of a graph, such as "a1 b2".
func (g *graph) remaining() string {
	var names []string
	for i := range g.rows {
		for _, r := range g.rows[i].All() {
			names = append(names, fmt.Sprintf("%c%d", 'a'+i, r.id))
		}
	}
	slices.Sort(names)
	return strings.Join(names, " ")
}
