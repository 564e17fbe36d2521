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
	fields  []int // of row, for each of the columns
	key     []int // fields of row
	// blank is a row with the defaults of the columns that a dump does not have.
	// It is invalid if the dump has all.
	blank reflect.Value
	// field is the table's field in a Dump, a slice of row.
	field int
	row   reflect.Type
}

// keys are the primary keys that are not id.
var keys = map[string][]string{
	"task_workspace_apps": {"task_id", "workspace_build_number"},
	"task_snapshots":      {"task_id"},
}

// tables are all tables in the order of Dump's fields. The names in JSON are
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
			t.key = append(t.key, slices.Index(t.columns, column))
		}
		out[i] = t
	}
	return out
}

// tableNumber returns the index of the table of that name, or -1.
func tableNumber(tables []table, name string) int {
	return slices.IndexFunc(tables, func(t table) bool { return t.name == name })
}

// rowKey is a primary key: a uuid and perhaps a number. Its bytes sort as
// PostgreSQL sorts the columns.
type rowKey [20]byte

// keyOf returns the primary key of a row, which has to be addressable.
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
