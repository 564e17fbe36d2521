package dumpfile

import (
	"errors"
	"fmt"
	"reflect"
	"slices"
)

// Schema is the version of the schema whose rows are written, and the highest
// that can be read. Every new table, column or enum value increments it.
// testdata/schema1.txt and its successors list them all.
const Schema = 1

// ErrSchema says that a file has rows of a schema that this program cannot load.
var ErrSchema = errors.New("the dump was made by another schema")

// schema is a version of the schema.
type schema struct {
	version int
	tables  []table
	// added has the additions since version 1, ordered by version.
	added []addition
}

// addition is a column or a table that a version of the schema added.
type addition struct {
	version int
	table   string
	column  string // empty for a whole table
	// value is the column's value in rows of older dumps, as JSON. If it is empty,
	// older dumps are refused. For a generated column, any value of its type will
	// do, because the store generates the real one when it loads the row.
	value string
}

// current is the schema of the rows of a Dump.
var current = schema{version: Schema, tables: tables}

// at returns the tables of a version of the schema.
func (s *schema) at(version int) ([]table, error) {
	if version > s.version {
		return nil, fmt.Errorf("%w (version %d): this tasktwin knows version %d", ErrSchema, version, s.version)
	}
	tables := slices.Clone(s.tables)
	for _, a := range s.added {
		i := tableIndex(tables, a.table)
		switch {
		case a.version <= version || i < 0: // the table itself may be newer than the dump, too
		case a.column == "":
			tables = slices.Delete(tables, i, i+1)
		case a.value == "":
			return nil, fmt.Errorf("%w (version %d): the column %s of the table %s is in the schema since version %d, and has no default",
				ErrSchema, version, a.column, a.table, a.version)
		default:
			if err := tables[i].setDefault(a.column, a.value); err != nil {
				return nil, fmt.Errorf("dumpfile: the default of the column %s of the table %s: %w", a.column, a.table, err)
			}
		}
	}
	return tables, nil
}

// setDefault removes a column from those of the dump, and sets its value in the
// rows that are read.
func (t *table) setDefault(column, text string) error {
	n := slices.Index(t.columns, column)
	if n < 0 {
		return errors.New("there is no such column")
	}
	defaults := reflect.New(t.row).Elem()
	if t.defaults.IsValid() {
		defaults.Set(t.defaults)
	}
	s := scanner{line: []byte(text)}
	if err := valueReader(defaults.Field(t.fields[n]).Addr().Interface())(&s); err != nil {
		return err
	}
	t.defaults = defaults
	t.columns = slices.Delete(slices.Clone(t.columns), n, n+1)
	t.fields = slices.Delete(slices.Clone(t.fields), n, n+1)
	return nil
}
