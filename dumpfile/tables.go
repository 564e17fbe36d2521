package dumpfile

import (
	"encoding/binary"
	"reflect"
	"slices"

	"github.com/google/uuid"

	"github.com/tasktwin/tasktwin"
)

// table is a table of a Dump.
type table struct {
	name    string
	columns []string
	fields  []int // fields of row, one for each column
	key     []int // fields of row that are the primary key
	// defaults is a row with the defaults of the columns that a dump does not have.
	// It is invalid if the dump has all columns.
	defaults reflect.Value
	// field is the index of the table's field in a Dump, which is a slice of row.
	field int
	row   reflect.Type
}

// keys are the primary keys other than id.
var keys = map[string][]string{
	"task_workspace_apps": {"task_id", "workspace_build_number"},
	"task_snapshots":      {"task_id"},
}

// tables are all tables, in the order of Dump's fields. The names in JSON are
// those of the database.
var tables = describe(reflect.TypeFor[tasktwin.Dump]())

func describe(dump reflect.Type) []table {
	out := make([]table, dump.NumField())
	for i := range out {
		field := dump.Field(i)
		t := table{name: field.Tag.Get("json"), field: i, row: field.Type.Elem()}
		for n := range t.row.NumField() {
			t.columns = append(t.columns, t.row.Field(n).Tag.Get("json"))
			t.fields = append(t.fields, n)
		}
		key, ok := keys[t.name]
		if !ok {
			key = []string{"id"}
		}
		for _, column := range key {
			n := slices.Index(t.columns, column)
			if n < 0 {
				panic("dumpfile: the table " + t.name + " has no column " + column + ": add its primary key to keys")
			}
			t.key = append(t.key, n)
		}
		out[i] = t
	}
	return out
}

// tableIndex returns the index of the table with that name, or -1.
func tableIndex(tables []table, name string) int {
	return slices.IndexFunc(tables, func(t table) bool { return t.name == name })
}

// rowKey is a primary key: a uuid, and a number in some tables. Its bytes sort in
// the same order as the columns in PostgreSQL.
type rowKey [20]byte

// keyOf returns the primary key of a row, which must be addressable.
func (t *table) keyOf(row reflect.Value) (key rowKey) {
	for _, column := range t.key {
		switch v := row.Field(column).Addr().Interface().(type) {
		case *uuid.UUID:
			copy(key[:], v[:])
		case *int32:
			binary.BigEndian.PutUint32(key[16:], uint32(*v)^1<<31)
		}
	}
	return key
}
