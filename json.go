package tasktwin

import (
	"bytes"
	"database/sql"
	"encoding/json"
	"reflect"
	"sync"
)

// The JSON of a row has one form of NULL, null, where encoding/json would write
// the fields of sql.NullString and the like. It is that of a struct of the row's
// fields with pointers in their place. A jsonb column is embedded. No such
// column has NULL, and null is a value of it: a nil RawMessage is left out.

var (
	rawType     = reflect.TypeFor[json.RawMessage]()
	nullPackage = reflect.TypeFor[sql.NullString]().PkgPath()
)

// jsonForms has the struct for each type of rows: a reflect.Type.
var jsonForms sync.Map

func jsonForm(row reflect.Type) reflect.Type {
	if form, ok := jsonForms.Load(row); ok {
		return form.(reflect.Type)
	}
	var fields []reflect.StructField
	for f := range row.Fields() {
		form := reflect.StructField{Name: f.Name, Type: f.Type, Tag: f.Tag}
		switch name := f.Tag.Get("json"); {
		case isNull(f.Type):
			form.Type = reflect.PointerTo(f.Type.Field(0).Type)
		case f.Type == rawType:
			form.Tag = reflect.StructTag(`json:"` + name + `,omitzero"`)
		}
		fields = append(fields, form)
	}
	form, _ := jsonForms.LoadOrStore(row, reflect.StructOf(fields))
	return form.(reflect.Type)
}

// isNull reports whether a type is one of package sql's, which are all a value
// and then whether it is valid.
func isNull(t reflect.Type) bool { return t.PkgPath() == nullPackage }

// newJSONForm returns a pointer to the struct for a row, with the row's values.
func newJSONForm(row reflect.Value) reflect.Value {
	form := reflect.New(jsonForm(row.Type()))
	for i := range row.NumField() {
		from, to := row.Field(i), form.Elem().Field(i)
		switch {
		case !isNull(from.Type()):
			to.Set(from)
		case from.Field(1).Bool():
			to.Set(reflect.New(to.Type().Elem()))
			to.Elem().Set(from.Field(0))
		}
	}
	return form
}

// marshalRow returns the JSON of a row, which is a struct.
func marshalRow(row any) ([]byte, error) {
	var text bytes.Buffer
	enc := json.NewEncoder(&text)
	enc.SetEscapeHTML(false) // the encoder that asks for this text escapes it, unless it was told not to
	if err := enc.Encode(newJSONForm(reflect.ValueOf(row)).Interface()); err != nil {
		return nil, err
	}
	return bytes.TrimSuffix(text.Bytes(), []byte("\n")), nil
}

// unmarshalRow sets what the JSON has of the row that is pointed to, or nothing.
func unmarshalRow(text []byte, row any) error {
	to := reflect.ValueOf(row).Elem()
	form := newJSONForm(to)
	for _, field := range form.Elem().Fields() {
		if field.Type() == rawType { // which is read into the memory that it has
			field.SetBytes(bytes.Clone(field.Bytes()))
		}
	}
	if err := json.Unmarshal(text, form.Interface()); err != nil {
		return err
	}
	for i := range to.NumField() {
		from, to := form.Elem().Field(i), to.Field(i)
		switch {
		case from.Type() == rawType && !from.IsNil():
			to.SetBytes(jsonbText(from.Bytes()))
		case !isNull(to.Type()):
			to.Set(from)
		case from.IsNil():
			to.SetZero()
		default:
			to.Field(0).Set(from.Elem())
			to.Field(1).SetBool(true)
		}
	}
	return nil
}

// goEscapes are the characters that encoding/json escapes and PostgreSQL does
// not.
var goEscapes = map[string]string{`\u003c`: "<", `\u003e`: ">", `\u0026`: "&", `\u2028`: "\u2028", `\u2029`: "\u2029"}

// jsonbText returns JSON as PostgreSQL writes jsonb: with a space after each
// colon and comma, which encoding/json takes out. A value from a store so comes
// back as it was.
func jsonbText(text []byte) []byte {
	out := make([]byte, 0, len(text)+len(text)/8)
	quoted := false
	for i := 0; i < len(text); i++ {
		switch c := text[i]; {
		case quoted && c == '\\':
			escape := text[i:min(i+6, len(text))]
			if plain, ok := goEscapes[string(escape)]; ok {
				out = append(out, plain...)
				i += len(escape) - 1
				break
			}
			i++
			out = append(out, c, text[i])
		case c == '"':
			quoted = !quoted
			out = append(out, c)
		case !quoted && (c == ' ' || c == '\t' || c == '\n' || c == '\r'):
		case !quoted && (c == ':' || c == ','):
			out = append(out, c, ' ')
		default:
			out = append(out, c)
		}
	}
	return out
}
