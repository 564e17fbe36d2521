package tasktest

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/tasktwin/tasktwin"
)

// rowsOfInsert is how many rows one INSERT of [WriteSQL] has.
const rowsOfInsert = 500

// WriteSQL writes rows as SQL, by which "psql -f FILE" inserts them, all or none, into an
// empty database that pgdb.Migrate has migrated. The database then has exactly these rows.
// Generated columns are left out: the database computes them. The text is in UTF-8 and does
// not depend on the settings of the server. The error is the writer's, or says that w or rows
// is nil.
func WriteSQL(w io.Writer, rows *tasktwin.Dump) error {
	switch {
	case w == nil:
		return errors.New("tasktest: WriteSQL: w is nil")
	case rows == nil:
		return errors.New("tasktest: WriteSQL: rows is nil")
	}
	b := bufio.NewWriter(w)
	fmt.Fprint(b, "\\set ON_ERROR_STOP on\nBEGIN;\nSET LOCAL client_encoding = 'UTF8';\n")
	for _, t := range dumpedTables(rows) {
		writeInserts(b, t)
	}
	fmt.Fprint(b, "COMMIT;\n")
	return b.Flush()
}

func writeInserts(b *bufio.Writer, t dumpedTable) {
	var names []string
	for _, c := range t.columns {
		if !c.generated {
			names = append(names, c.name)
		}
	}
	for n := range t.rows {
		if n%rowsOfInsert == 0 {
			fmt.Fprintf(b, "INSERT INTO %s (%s) VALUES\n", t.name, strings.Join(names, ", "))
		}
		var values []string
		for i, value := range t.row(n) {
			if !t.columns[i].generated {
				values = append(values, literal(value))
			}
		}
		end := ","
		if n+1 == t.rows || (n+1)%rowsOfInsert == 0 {
			end = ";"
		}
		fmt.Fprintf(b, "  (%s)%s\n", strings.Join(values, ", "), end)
	}
}
