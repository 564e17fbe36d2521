package memdb

import (
	"database/sql"
	"encoding/json"
	"fmt"
	"reflect"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/google/uuid"

	"github.com/tasktwin/tasktwin"
	"github.com/tasktwin/tasktwin/internal/pgvalue"
	"github.com/tasktwin/tasktwin/memdb/internal/rel"
)

// What PostgreSQL says in the detail of an error. It is made only for the error, of
// the row as it came, because a row in a table has its parents' slots and not their
// ids, and a parent that is missing has no slot.

// key is what an error says of a row's key to a unique index.
type key[R any] struct {
	// columns are the index's, and its expressions as PostgreSQL prints them.
	columns string
	values  func(o *Options, f *pendingRow[R]) string
}

// primaryKey is the key of a table that has one id for it.
func (d *table[R]) primaryKey(column string) key[R] {
	return key[R]{column, func(_ *Options, f *pendingRow[R]) string { return keyText(d.id(f.row)) }}
}

// keyText returns the values of a key.
func keyText(values ...any) string {
	texts := make([]string, len(values))
	for i, v := range values {
		texts[i] = valueText(v)
	}
	return strings.Join(texts, ", ")
}

func keyOf(columns, values string) string { return "(" + columns + ")=(" + values + ")" }

// explain adds to the error of a row that violates a constraint which key it is, or
// which row. It takes a copy of the row, which is allocated here, and so not where
// nothing is violated.
func (d *table[R]) explain(st *state, f pendingRow[R], violated error) error {
	switch e := violated.(type) { //nolint:errorlint // the kernel's errors, and those of checks, are never wrapped
	case *rel.ViolationError:
		switch e.Kind {
		case rel.Duplicate:
			k := &d.keys[e.Nth]
			e.Key = keyOf(k.columns, k.values(&st.Tables.opts, &f))
		case rel.MissingParent:
			e.Key = keyOf(d.parents[e.Nth].columnName, keyText(f.refs[e.Nth]))
		case rel.StillReferenced: // by a delete, whose error has the key
		}
	case *tasktwin.Error:
		e.Detail = failingRow(d.checked(&f))
	}
	return violated
}

// maxFieldLength is how many bytes of a value the description of a row has.
const maxFieldLength = 64

// failingRow returns what the error of a row that violates NOT NULL or a check says
// of it. The fields of the public rows are the columns, in their order.
func failingRow(row any) string {
	v := reflect.ValueOf(row)
	texts := make([]string, v.NumField())
	for i := range texts {
		text := valueText(v.Field(i).Interface())
		if len(text) > maxFieldLength {
			cut := maxFieldLength
			for !utf8.RuneStart(text[cut]) {
				cut--
			}
			text = text[:cut] + "..."
		}
		texts[i] = text
	}
	return "Failing row contains (" + strings.Join(texts, ", ") + ")."
}

// valueText returns a column's value as PostgreSQL prints it.
func valueText(v any) string {
	const null = "null"
	switch v := v.(type) {
	case string:
		return v
	case bool:
		return strconv.FormatBool(v)[:1]
	case time.Time:
		return pgvalue.TimestamptzText(v)
	case json.RawMessage:
		if v == nil {
			return null
		}
		return string(v)
	case sql.NullTime:
		if !v.Valid {
			return null
		}
		return pgvalue.TimestamptzText(v.Time)
	case uuid.NullUUID:
		if !v.Valid {
			return null
		}
		return v.UUID.String()
	default: // ids and numbers
		return fmt.Sprint(v)
	}
}
