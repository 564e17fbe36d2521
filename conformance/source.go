package conformance

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

// source prints an argument as Go would write it, without the fields that are
// zero.
func source(v any) string {
	var b strings.Builder
	writeSource(&b, reflect.ValueOf(v))
	return b.String()
}

func writeSource(b *strings.Builder, v reflect.Value) {
	if !v.IsValid() {
		b.WriteString("nil")
		return
	}
	switch x := v.Interface().(type) {
	case uuid.UUID:
		fmt.Fprintf(b, "uuid.MustParse(%q)", x)
		return
	case time.Time:
		fmt.Fprintf(b, "at(%q)", x.Format(time.RFC3339Nano))
		return
	case json.RawMessage:
		if x == nil {
			b.WriteString("nil")
			return
		}
		fmt.Fprintf(b, "json.RawMessage(%q)", string(x))
		return
	case sql.NullTime, sql.NullString, sql.NullInt32, uuid.NullUUID:
		if !v.FieldByName("Valid").Bool() {
			b.WriteString("NULL")
			return
		}
		writeSource(b, v.Field(0))
		return
	}
	switch v.Kind() {
	case reflect.Pointer:
		if v.IsNil() {
			b.WriteString("nil")
			return
		}
		b.WriteByte('&')
		writeSource(b, v.Elem())
	case reflect.Struct:
		if v.NumField() == 0 {
			return
		}
		b.WriteString(v.Type().String())
		b.WriteByte('{')
		first := true
		for i := range v.NumField() {
			if v.Field(i).IsZero() {
				continue
			}
			if !first {
				b.WriteString(", ")
			}
			first = false
			b.WriteString(v.Type().Field(i).Name)
			b.WriteString(": ")
			writeSource(b, v.Field(i))
		}
		b.WriteByte('}')
	case reflect.String:
		b.WriteString(strconv.Quote(v.String()))
	default:
		fmt.Fprintf(b, "%v", v.Interface())
	}
}
