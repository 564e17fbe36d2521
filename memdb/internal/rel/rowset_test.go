package rel

import "testing"

func TestRowSet(t *testing.T) {
	t.Parallel()
	var rows rowSet
	for table := range 3 {
		for slot := range uint32(200) {
			row := newRowID(table, slot)
			rows.remove(row)
			if rows.has(row) {
				t.Fatalf("the row of table %d at slot %d is in the set", table, slot)
			}
			rows.add(row)
			if !rows.has(row) {
				t.Fatalf("the row of table %d at slot %d is not in the set", table, slot)
			}
		}
	}
	removed := newRowID(1, 70)
	rows.remove(removed)
	for table := range 3 {
		for slot := range uint32(200) {
			if row := newRowID(table, slot); rows.has(row) == (row == removed) {
				t.Errorf("after a remove of another: table %d, slot %d", table, slot)
			}
		}
	}
}

// Rows are removed one by one, wherever they are in a word, and added in any order.
func TestRowSetInAnyOrder(t *testing.T) {
	t.Parallel()
	var rows rowSet
	slots := []uint32{191, 130, 128, 127, 65, 64, 63, 1, 0}
	for table := 2; table >= 0; table-- {
		for _, slot := range slots {
			rows.add(newRowID(table, slot))
		}
	}
	for i, slot := range slots {
		rows.remove(newRowID(1, slot))
		for j, other := range slots {
			if rows.has(newRowID(1, other)) != (j > i) {
				t.Errorf("after the remove of slot %d the set is wrong about slot %d", slot, other)
			}
			if !rows.has(newRowID(0, other)) || !rows.has(newRowID(2, other)) {
				t.Errorf("a remove of slot %d took slot %d of another table", slot, other)
			}
		}
	}
}
