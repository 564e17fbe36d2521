package workload_test

import (
	"reflect"
	"testing"

	"github.com/tasktwin/tasktwin/conformance/internal/stores"
	"github.com/tasktwin/tasktwin/conformance/parity"
	"github.com/tasktwin/tasktwin/memdb"
)

// A field that is zero in every generated operation is one that an engine can
// leave out unnoticed.
func TestEveryParameterIsGenerated(t *testing.T) {
	t.Parallel()
	seen := map[string]map[string]bool{} // fields that were not zero, by method
	for _, op := range parity.Generate(memdb.New(memdb.Options{}), 1, parity.PresetMixed, 5000) {
		if seen[op.Name] == nil {
			seen[op.Name] = map[string]bool{}
		}
		for _, field := range op.Fields() {
			if !reflect.ValueOf(op.Arg).FieldByIndex(field.Index).IsZero() {
				seen[op.Name][field.Name] = true
			}
		}
	}
	for method := range stores.Methods.Type().Methods() {
		for _, field := range (parity.Op{Arg: reflect.Zero(method.Type.In(1)).Interface()}).Fields() {
			if !seen[method.Name][field.Name] {
				t.Errorf("%s of %s is zero in every generated operation: set it in workload/choices.go", field.Name, method.Name)
			}
		}
	}
}
