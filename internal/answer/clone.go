package answer

import "reflect"

// Clone returns a copy of a value that shares no memory with it that could be changed.
// The types are those of the parameters and the answers of a [tasktwin.Querier]: structs,
// slices and pointers of them. Unexported fields are copied as they are.
func Clone(v any) any {
	if v == nil {
		return nil
	}
	from := reflect.ValueOf(v)
	to := reflect.New(from.Type()).Elem()
	to.Set(clone(from))
	return to.Interface()
}

func clone(from reflect.Value) reflect.Value {
	if !mutable(from.Type()) {
		return from
	}
	switch from.Kind() {
	case reflect.Slice:
		if from.IsNil() {
			return from
		}
		to := reflect.MakeSlice(from.Type(), from.Len(), from.Len())
		reflect.Copy(to, from)
		if mutable(from.Type().Elem()) {
			for i := range from.Len() {
				to.Index(i).Set(clone(from.Index(i)))
			}
		}
		return to
	case reflect.Struct:
		to := reflect.New(from.Type()).Elem()
		to.Set(from)
		for i := range from.NumField() {
			if from.Type().Field(i).IsExported() && mutable(from.Type().Field(i).Type) {
				to.Field(i).Set(clone(from.Field(i)))
			}
		}
		return to
	case reflect.Pointer:
		if from.IsNil() {
			return from
		}
		to := reflect.New(from.Type().Elem())
		to.Elem().Set(clone(from.Elem()))
		return to
	default:
		return from
	}
}

// mutable reports whether values of a type refer to memory that could be changed.
func mutable(t reflect.Type) bool {
	switch t.Kind() {
	case reflect.Slice, reflect.Pointer:
		return true
	case reflect.Struct:
		for f := range t.Fields() {
			if f.IsExported() && mutable(f.Type) {
				return true
			}
		}
		return false
	default:
		return false
	}
}
