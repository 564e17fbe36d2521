package tasktest

import (
	"database/sql/driver"
	"encoding/json"
	"fmt"
	"reflect"
	"strconv"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/tasktwin/tasktwin"
	"github.com/tasktwin/tasktwin/internal/pgvalue"
)

// dumpedTable is a table of a dump.
type dumpedTable struct {
	name    string
	columns []column
	rows    int
	// row returns the values of a row, by column.
	row func(n int) []any
}

type column struct {
	name string
	// key says that the column is one of the primary key's, and generated that the database
	// computes it.
	key, generated bool
}

// dumpedTables returns the tables of a dump, which are empty if it is nil.
func dumpedTables(d *tasktwin.Dump) []dumpedTable {
	if d == nil {
		d = &tasktwin.Dump{}
	}
	return tablesOf(d)
}

func tableOf[R any](name string, rows []R, columns []column, values func(*R) []any) dumpedTable {
	return dumpedTable{name, columns, len(rows), func(n int) []any { return values(&rows[n]) }}
}

// valueText returns the text that PostgreSQL reads as a value of the column's type, and
// false for NULL. quoted says that the text has to stand in quotes in SQL.
func valueText(value any) (text string, quoted, valid bool) {
	switch v := value.(type) {
	case json.RawMessage:
		return string(v), true, v != nil
	case uuid.UUID:
		return v.String(), true, true
	case time.Time:
		return pgvalue.TimestamptzText(v), true, true
	case driver.Valuer: // sql.NullString and the like
		inner, err := v.Value()
		if err != nil || inner == nil {
			return "", false, false
		}
		return valueText(inner)
	}
	switch v := reflect.ValueOf(value); v.Kind() {
	case reflect.String:
		return v.String(), true, true
	case reflect.Bool:
		return strconv.FormatBool(v.Bool()), false, true
	default:
		return fmt.Sprint(value), false, true
	}
}

// literal returns a value as SQL.
func literal(value any) string {
	text, quoted, valid := valueText(value)
	switch {
	case !valid:
		return "NULL"
	case !quoted:
		return text
	case strings.Contains(text, `\`):
		// This form means the same whatever standard_conforming_strings is.
		return "E'" + strings.NewReplacer(`\`, `\\`, `'`, `''`).Replace(text) + "'"
	}
	return "'" + strings.ReplaceAll(text, "'", "''") + "'"
}
