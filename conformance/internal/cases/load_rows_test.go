package cases

import (
	"reflect"
	"testing"
)

// The rows that cases load have a value in each column, and each table has rows.
func TestEveryColumnIsLoaded(t *testing.T) {
	t.Parallel()
	rows := reflect.ValueOf(EveryColumn()).Elem()
	for table, list := range rows.Fields() {
		for column := range table.Type.Elem().Fields() {
			found := false
			for i := range list.Len() {
				found = found || !list.Index(i).FieldByIndex(column.Index).IsZero()
			}
			if !found {
				t.Errorf("%s of %s is zero in all rows: set it in RowsToLoad, in cases/load_rows.go", column.Name, table.Name)
			}
		}
	}
}
