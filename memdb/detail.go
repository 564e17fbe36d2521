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

// This file makes the details of PostgreSQL's errors. They are made from the pending row,
// because a row in a table has its parents' slots and not their ids, and a missing parent
// has no slot.

// key describes the key of a unique index, for the detail of an error.
type key[R any] struct {
	// columns are the columns and expressions of the index as PostgreSQL prints them.
	columns string
	values  func(o *Options, f *pendingRow[R]) string
}

// primaryKey returns the key of a table whose primary key is one id.
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

// explain adds the key or the failing row to the error of a violated constraint. It takes
// the pending row by value, so that the allocation happens here, and only if a constraint
// is violated.
func (d *table[R]) explain(st *state, f pendingRow[R], violated error) error {
	switch e := violated.(type) { //nolint:errorlint // the kernel's errors, and those of checks, are never wrapped
	case *rel.ViolationError:
		switch e.Kind {
		case rel.Duplicate:
			k := &d.keys[e.Nth]
			e.Key = keyOf(k.columns, k.values(&st.Tables.opts, &f))
		case rel.MissingParent:
			e.Key = keyOf(d.parents[e.Nth].columnName, keyText(f.refs[e.Nth]))
		case rel.StillReferenced: // the error of a delete has the key already
		}
	case *rel.ConflictError[tables]:
		if e.IsKey {
			k := &d.keys[e.Nth]
			e.Key = keyOf(k.columns, k.values(&st.Tables.opts, &f))
		}
		if gone := e.IfGone; gone != nil {
			gone.Key = keyOf(d.parents[gone.Nth].columnName, keyText(f.refs[gone.Nth]))
		}
	case *tasktwin.Error:
		e.Detail = failingRow(d.checked(&f))
	}
	return violated
}

// maxFieldLength is the maximum number of bytes of each value that failingRow prints.
const maxFieldLength = 64

// failingRow returns the detail of the error of a row that violates NOT NULL or a check.
// The fields of a public row are the table's columns in their order.
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
