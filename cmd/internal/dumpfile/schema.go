package dumpfile

import (
	"errors"
	"fmt"
	"reflect"
	"slices"
)

// Schema is the version of the schema whose rows are written, and the highest
// that is read. It rises with every table, column and value of an enum that
// tasktwin gains; testdata/schema1.txt and its successors have all of them.
const Schema = 1

// ErrSchema says that a file has rows of a schema that this program cannot load.
var ErrSchema = errors.New("the dump was made by another schema")

// schema is a version of the schema.
type schema struct {
	version int
	tables  []table
	// added has what came after version 1, by version.
	added []addition
}

// addition is a column or a table that a version of the schema added.
type addition struct {
	version int
	table   string
	column  string // the whole table if it is empty
	// value is the column's in the rows of older dumps, as JSON in a row. Such
	// dumps are refused if it is empty. A generated column may have any value of
	// its type here: a store generates it when it loads the row.
	value string
}

// current is the schema of the rows of a Dump.
var current = schema{version: Schema, tables: tables}

// at returns the tables as a dump of a version of the schema has them.
func (s *schema) at(version int) ([]table, error) {
	if version > s.version {
		return nil, fmt.Errorf("%w (version %d): this tasktwin knows version %d", ErrSchema, version, s.version)
	}
	tables := slices.Clone(s.tables)
	for _, a := range s.added {
		i := tableNumber(tables, a.table)
		switch {
		case a.version <= version || i < 0: // the table may be newer than the dump, too
		case a.column == "":
			tables = slices.Delete(tables, i, i+1)
		case a.value == "":
			return nil, fmt.Errorf("%w (version %d): the column %s of the table %s is in the schema since version %d, and has no default",
				ErrSchema, version, a.column, a.table, a.version)
		default:
			if err := tables[i].fill(a.column, a.value); err != nil {
				return nil, fmt.Errorf("dumpfile: the default of the column %s of the table %s: %w", a.column, a.table, err)
			}
		}
	}
	return tables, nil
}

// fill takes a column out of a dump's rows, and gives it a value in the rows
// that are read.
func (t *table) fill(column, text string) error {
	n := slices.Index(t.columns, column)
	if n < 0 {
		return errors.New("there is no such column")
	}
	blank := reflect.New(t.row).Elem()
	if t.blank.IsValid() {
		blank.Set(t.blank)
	}
	s := scanner{line: []byte(text)}
	if err := value(blank.Field(t.fields[n]).Addr().Interface())(&s); err != nil {
		return err
	}
	t.blank = blank
	t.columns = slices.Delete(slices.Clone(t.columns), n, n+1)
	t.fields = slices.Delete(slices.Clone(t.fields), n, n+1)
	return nil
}
