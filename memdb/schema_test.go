package memdb_test

import (
	"reflect"
	"testing"

	"github.com/tasktwin/tasktwin/memdb"
)

// A table that is not defined has no rows in a dump, not even an empty list.
func TestEveryTableIsDefined(t *testing.T) {
	t.Parallel()
	dump, err := memdb.New(memdb.Options{}).Dump(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for table, rows := range reflect.ValueOf(dump).Elem().Fields() {
		if rows.IsNil() {
			t.Errorf("%s is not in the list of init in schema.go", table.Name)
		}
	}
}
