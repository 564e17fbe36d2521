// Package optext writes the arguments and the answers of calls as text.
package optext

import (
	"database/sql"
	"encoding/json"
	"fmt"
	"reflect"
	"strconv"
	"strings"
	"time"

	"github.com/google/uuid"
)

const nullText = "null"

// valueText returns a value's text. A struct's text has several words, so a struct
// is allowed only as a whole argument.
func valueText(v reflect.Value, whole bool) string {
	if !v.IsValid() {
		return ""
	}
	switch x := v.Interface().(type) {
	case uuid.UUID:
		return x.String()
	case uuid.NullUUID:
		if !x.Valid {
			return nullText
		}
		return x.UUID.String()
	case time.Time:
		return Time(x)
	case sql.NullTime:
		if !x.Valid {
			return nullText
		}
		return Time(x.Time)
	case sql.NullString:
		if !x.Valid {
			return nullText
		}
		return strconv.Quote(x.String)
	case json.RawMessage:
		if x == nil {
			return nullText
		}
		return strconv.Quote(string(x))
	}
	switch v.Kind() {
	case reflect.String:
		return strconv.Quote(v.String())
	case reflect.Pointer:
		if v.IsNil() {
			return ""
		}
		return valueText(v.Elem(), whole)
	case reflect.Slice:
		if v.IsNil() {
			return nullText
		}
		elements := make([]string, v.Len())
		for i := range elements {
			elements[i] = valueText(v.Index(i), false)
		}
		return "[" + strings.Join(elements, ",") + "]"
	case reflect.Struct:
		if !whole {
			break
		}
		var fields []string
		for i := range v.NumField() {
			if !v.Field(i).IsZero() {
				fields = append(fields, v.Type().Field(i).Name+"="+valueText(v.Field(i), false))
			}
		}
		return strings.Join(fields, " ")
	default:
	}
	return fmt.Sprint(v.Interface())
}

// Argument returns the text of a call's argument: a single value, or the fields that are not
// zero as Name=value.
func Argument(arg any) string { return valueText(reflect.ValueOf(arg), true) }

// Value returns the text of one value, such as a row's column.
func Value(v reflect.Value) string { return valueText(v, false) }

// Time returns a time in RFC 3339 if that format can represent it, or else as
// seconds and nanoseconds since 1970.
func Time(t time.Time) string {
	if y := t.Year(); y >= 0 && y <= 9999 {
		if _, offset := t.Zone(); offset%60 == 0 {
			return t.Format(time.RFC3339Nano)
		}
	}
	return fmt.Sprintf("@%d.%09d", t.Unix(), t.Nanosecond())
}

// Answer returns the text of an answer: a row on a line, its key before the other
// columns, without those that are zero and those that omit names.
func Answer(value any, omit func(row reflect.Value, column string, text string) bool) string {
	v := reflect.ValueOf(value)
	if v.Kind() != reflect.Slice || v.Type().Elem().Kind() == reflect.Uint8 {
		return Row(v, omit)
	}
	lines := []string{fmt.Sprintf("%d rows", v.Len())}
	if v.Len() == 1 {
		lines[0] = "1 row"
	}
	for i := range v.Len() {
		lines = append(lines, "  "+Row(v.Index(i), omit))
	}
	return strings.Join(lines, "\n")
}

// Row returns the text of a row.
func Row(v reflect.Value, omit func(row reflect.Value, column string, text string) bool) string {
	if _, ok := reflect.TypeAssert[uuid.UUID](v); ok || v.Kind() != reflect.Struct {
		return Column(v)
	}
	var words []string
	for i := range v.NumField() {
		name, text := v.Type().Field(i).Name, Column(v.Field(i))
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

// Column returns the text of a column's value.
func Column(v reflect.Value) string {
	if _, ok := reflect.TypeAssert[time.Time](v); !ok && v.Kind() == reflect.Struct && v.NumField() == 2 && v.FieldByName("Valid").IsValid() {
		if !v.FieldByName("Valid").Bool() {
			return nullText
		}
		return Column(v.Field(0))
	}
	return Value(v)
}
