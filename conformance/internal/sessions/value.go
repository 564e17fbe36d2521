package sessions

import (
	"fmt"
	"reflect"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/tasktwin/tasktwin/conformance/internal/program"
)

// ValueText returns the text of an answer: a row on a line, its key before the other
// columns, without those that are zero and those that omit names.
func ValueText(value any, omit func(row reflect.Value, column string, text string) bool) string {
	v := reflect.ValueOf(value)
	if v.Kind() != reflect.Slice || v.Type().Elem().Kind() == reflect.Uint8 {
		return RowText(v, omit)
	}
	lines := []string{fmt.Sprintf("%d rows", v.Len())}
	if v.Len() == 1 {
		lines[0] = "1 row"
	}
	for i := range v.Len() {
		lines = append(lines, "  "+RowText(v.Index(i), omit))
	}
	return strings.Join(lines, "\n")
}

// RowText returns the text of a row.
func RowText(v reflect.Value, omit func(row reflect.Value, column string, text string) bool) string {
	if _, ok := reflect.TypeAssert[uuid.UUID](v); ok || v.Kind() != reflect.Struct {
		return ScalarText(v)
	}
	var words []string
	for i := range v.NumField() {
		name, text := v.Type().Field(i).Name, ScalarText(v.Field(i))
		switch {
		case i == 0 && v.Field(i).Type() == reflect.TypeFor[uuid.UUID]():
			words = append(words, text)
		case v.Field(i).IsZero() || isZeroTime(v.Field(i)) || omit != nil && omit(v, name, text):
		default:
			words = append(words, name+"="+text)
		}
	}
	return strings.Join(words, " ")
}

func isZeroTime(v reflect.Value) bool {
	t, ok := reflect.TypeAssert[time.Time](v)
	return ok && t.IsZero()
}

// ScalarText returns the text of a column's value.
func ScalarText(v reflect.Value) string {
	if _, ok := reflect.TypeAssert[time.Time](v); !ok && v.Kind() == reflect.Struct && v.NumField() == 2 && v.FieldByName("Valid").IsValid() {
		if !v.FieldByName("Valid").Bool() {
			return "null"
		}
		return ScalarText(v.Field(0))
	}
	return program.ValueText(v)
}
