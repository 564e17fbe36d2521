package conformance

import (
	"reflect"
	"testing"

	"github.com/tasktwin/tasktwin/conformance/internal/lockstep"
)

// A field that is zero in every generated operation is one that an engine can
// leave out unnoticed.
func TestEveryParameterIsGenerated(t *testing.T) {
	t.Parallel()
	seen := map[string]map[string]bool{} // fields that were not zero, by method
	for _, op := range Generate(1, PresetMixed, 5000) {
		if seen[op.Name] == nil {
			seen[op.Name] = map[string]bool{}
		}
		for _, field := range op.Fields() {
			if !reflect.ValueOf(op.Arg).FieldByIndex(field.Index).IsZero() {
				seen[op.Name][field.Name] = true
			}
		}
	}
	for method := range lockstep.QuerierType.Methods() {
		for _, field := range (Op{Arg: reflect.Zero(method.Type.In(1)).Interface()}).Fields() {
			if !seen[method.Name][field.Name] {
				t.Errorf("%s of %s is zero in every generated operation: set it in generate_choices.go", field.Name, method.Name)
			}
		}
	}
}

// Rows that are loaded in the cases have a value in each column, and each table
// has rows.
func TestEveryColumnIsLoaded(t *testing.T) {
	t.Parallel()
	rows := reflect.ValueOf(everyColumn()).Elem()
	for table, list := range rows.Fields() {
		for column := range table.Type.Elem().Fields() {
			found := false
			for i := range list.Len() {
				found = found || !list.Index(i).FieldByIndex(column.Index).IsZero()
			}
			if !found {
				t.Errorf("%s of %s is zero in all rows: set it in rowsToLoad, in cases_load_rows.go", column.Name, table.Name)
			}
		}
	}
}
