package answer

import (
	"bytes"
	"database/sql"
	"encoding/json"
	"fmt"
	"reflect"
	"strings"
	"time"

	"github.com/google/uuid"
)

// maxDifferences is how many fields Diff names.
const maxDifferences = 20

// Diff returns the fields in which two values of the same type differ, each with two
// lines, that of a with a minus and that of b with a plus, and "" where they are
// identical. Times are compared including their zone, and nil differs from empty. The
// types are those of the answers of a [tasktwin.Querier]; values that have an Error or
// other unexported fields are compared as a whole.
func Diff(a, b any) string {
	if reflect.DeepEqual(a, b) {
		return ""
	}
	d := differ{}
	d.compare("", reflect.ValueOf(a), reflect.ValueOf(b))
	if d.more > 0 {
		fmt.Fprintf(&d.out, "… and %d more\n", d.more)
	}
	return strings.TrimSuffix(d.out.String(), "\n")
}

type differ struct {
	out         strings.Builder
	found, more int
}

// compare compares two values at a path.
func (d *differ) compare(path string, a, b reflect.Value) {
	switch {
	case !a.IsValid() || !b.IsValid() || a.Type() != b.Type():
		if a.IsValid() || b.IsValid() {
			d.add(path, show(a), show(b))
		}
	case a.Kind() == reflect.Slice && !isText(a):
		d.slice(path, a, b)
	case a.Kind() == reflect.Struct && !isLeaf(a):
		for field, from := range a.Fields() {
			d.compare(join(path, field.Name), from, b.FieldByIndex(field.Index))
		}
	case (a.Kind() == reflect.Pointer || a.Kind() == reflect.Interface) && !a.IsNil() && !b.IsNil():
		d.compare(path, a.Elem(), b.Elem())
	case !same(a, b):
		d.add(path, show(a), show(b))
	}
}

func (d *differ) slice(path string, a, b reflect.Value) {
	if a.IsNil() != b.IsNil() && a.Len() == b.Len() {
		d.add(path, show(a), show(b))
	}
	for i := range max(a.Len(), b.Len()) {
		at := fmt.Sprintf("%s[%d]", path, i)
		switch {
		case i >= a.Len():
			d.add(at, "none", show(b.Index(i)))
		case i >= b.Len():
			d.add(at, show(a.Index(i)), "none")
		default:
			d.compare(at, a.Index(i), b.Index(i))
		}
	}
}

func (d *differ) add(path, a, b string) {
	if d.found == maxDifferences {
		d.more++
		return
	}
	d.found++
	if path != "" {
		path += ": "
	}
	fmt.Fprintf(&d.out, "- %s%s\n+ %s%s\n", path, a, path, b)
}

func join(path, field string) string {
	if path == "" {
		return field
	}
	return path + "." + field
}

// isText reports whether a value is a slice of bytes.
func isText(v reflect.Value) bool {
	return v.Kind() == reflect.Slice && v.Type().Elem().Kind() == reflect.Uint8
}

// isLeaf reports whether a struct is compared as a whole: a time, a nullable value, or
// one whose fields are not all exported.
func isLeaf(v reflect.Value) bool {
	if _, ok := nullable(v); ok {
		return true
	}
	for i := range v.NumField() {
		if !v.Type().Field(i).IsExported() {
			return true
		}
	}
	return false
}

// nullable returns the value of a type of package sql or of uuid.NullUUID, which is
// invalid for NULL.
func nullable(v reflect.Value) (value reflect.Value, ok bool) {
	t := v.Type()
	if t != reflect.TypeFor[uuid.NullUUID]() && t.PkgPath() != reflect.TypeFor[sql.NullTime]().PkgPath() {
		return reflect.Value{}, false
	}
	if !v.FieldByName("Valid").Bool() {
		return reflect.Value{}, true
	}
	return v.Field(0), true
}

// same reports whether two leaves are identical.
func same(a, b reflect.Value) bool {
	if x, ok := reflect.TypeAssert[time.Time](a); ok {
		y, _ := reflect.TypeAssert[time.Time](b)
		return x.Equal(y) && x.Location() == y.Location()
	}
	if isText(a) {
		return a.IsNil() == b.IsNil() && bytes.Equal(a.Bytes(), b.Bytes())
	}
	if a.Kind() == reflect.Struct {
		x, nullA := nullable(a)
		y, nullB := nullable(b)
		if nullA && nullB && x.IsValid() && y.IsValid() {
			return same(x, y)
		}
	}
	return reflect.DeepEqual(a.Interface(), b.Interface())
}

// Text returns a value as text for people, such as a row with its fields, or the rows of
// a list.
func Text(v any) string {
	value := reflect.ValueOf(v)
	if value.Kind() != reflect.Slice || isText(value) || value.Len() == 0 {
		return show(value)
	}
	var rows []string
	for i := range min(value.Len(), maxDifferences) {
		rows = append(rows, show(value.Index(i)))
	}
	if more := value.Len() - len(rows); more > 0 {
		rows = append(rows, fmt.Sprintf("… and %d more", more))
	}
	return "[" + strings.Join(rows, ", ") + "]"
}

// show returns a value as text for people.
func show(v reflect.Value) string {
	if !v.IsValid() {
		return "nothing"
	}
	if v.Kind() == reflect.Struct {
		if value, ok := nullable(v); ok {
			if !value.IsValid() {
				return "NULL"
			}
			return show(value)
		}
	}
	switch value := v.Interface().(type) {
	case time.Time:
		return value.Format(time.RFC3339Nano)
	case uuid.UUID:
		return value.String()
	case json.RawMessage:
		if value == nil {
			return "NULL"
		}
		return string(value)
	case error:
		return value.Error()
	}
	switch {
	case v.Kind() == reflect.String:
		return fmt.Sprintf("%q", v.String())
	case v.Kind() == reflect.Slice && v.IsNil():
		return "nil"
	case v.Kind() == reflect.Slice && v.Len() == 0:
		return "empty"
	case v.Kind() == reflect.Slice && !isText(v):
		return fmt.Sprintf("%d rows", v.Len())
	case v.Kind() == reflect.Struct && !isLeaf(v):
		var parts []string
		for field, value := range v.Fields() {
			parts = append(parts, field.Name+": "+show(value))
		}
		return "{" + strings.Join(parts, ", ") + "}"
	}
	return fmt.Sprint(v.Interface())
}
