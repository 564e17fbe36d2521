package rel

// rowSet is a set of rows, with a bit for each row of each table.
type rowSet struct{ tables [][]uint64 }

func (rs *rowSet) has(row rowID) bool {
	table, word := row.table(), int(row.slot()/64)
	return table < len(rs.tables) && word < len(rs.tables[table]) && rs.tables[table][word]&(1<<(row.slot()%64)) != 0
}

func (rs *rowSet) add(row rowID) {
	if missing := row.table() + 1 - len(rs.tables); missing > 0 {
		rs.tables = append(rs.tables, make([][]uint64, missing)...)
	}
	words := &rs.tables[row.table()]
	word := int(row.slot() / 64)
	if missing := word + 1 - len(*words); missing > 0 {
		*words = append(*words, make([]uint64, missing)...)
	}
	(*words)[word] |= 1 << (row.slot() % 64)
}

func (rs *rowSet) remove(row rowID) {
	if rs.has(row) {
		rs.tables[row.table()][row.slot()/64] &^= 1 << (row.slot() % 64)
	}
}
