package tasktest

import (
	"reflect"
	"testing"
	"time"

	"github.com/google/uuid"
)

// A row becomes parameters, and parameters a row, with every column that both have, those
// that are added later included.
func TestEveryColumnIsCopied(t *testing.T) {
	t.Parallel()
	copies(t, insertProvisionerJobParams)
	copies(t, insertTaskParams)
	copies(t, upsertTaskWorkspaceAppParams)
	copies(t, upsertTaskSnapshotParams)
	copies(t, taskOf)
	copies(t, jobOf)
	copies(t, taskIn)
	copies(t, updateOf)
}

// copies fails if a function does not copy a field that its argument and its result have.
func copies[A, B any](t *testing.T, convert func(A) B) {
	t.Helper()
	var a A
	from := reflect.ValueOf(&a).Elem()
	for _, field := range from.Fields() {
		fill(t, field)
	}
	to := reflect.ValueOf(convert(a))
	for field, value := range to.Fields() {
		other := from.FieldByName(field.Name)
		if other.IsValid() && !reflect.DeepEqual(value.Interface(), other.Interface()) {
			t.Errorf("%T of %T has not its %s", to.Interface(), a, field.Name)
		}
	}
}

// fill sets a value to one that is not zero.
func fill(t *testing.T, v reflect.Value) {
	t.Helper()
	switch v.Interface().(type) {
	case uuid.UUID:
		v.Set(reflect.ValueOf(uuid.Max))
		return
	case time.Time:
		v.Set(reflect.ValueOf(Epoch))
		return
	}
	switch v.Kind() {
	case reflect.String:
		v.SetString("text")
	case reflect.Bool:
		v.SetBool(true)
	case reflect.Int32, reflect.Int64:
		v.SetInt(7)
	case reflect.Slice:
		v.SetBytes([]byte("{}"))
	case reflect.Struct:
		for _, field := range v.Fields() {
			fill(t, field)
		}
	default:
		t.Fatalf("no value of %s is known", v.Type())
	}
}
