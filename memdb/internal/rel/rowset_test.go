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
