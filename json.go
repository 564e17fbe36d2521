package tasktwin

import (
	"bytes"
	"database/sql"
	"encoding/json"
	"reflect"
	"sync"
)

// In the JSON of a row NULL is null. encoding/json would write the fields of
// sql.NullString and the like, so the row is converted to a struct with pointers. A
// jsonb column is embedded. Such columns are NOT NULL, and null is a jsonb value, so a
// nil RawMessage is omitted.

var (
	rawType     = reflect.TypeFor[json.RawMessage]()
	nullPackage = reflect.TypeFor[sql.NullString]().PkgPath()
)

// jsonForms caches jsonForm: it maps a row's type to the type of the struct for its JSON.
// Both are reflect.Types.
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

// isNull reports whether a type is a nullable type of package sql. Its fields are a value
// and Valid.
func isNull(t reflect.Type) bool { return t.PkgPath() == nullPackage }

// newJSONForm returns a pointer to the struct for a row's JSON, with the row's values.
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

// marshalRow returns the JSON of a row.
func marshalRow(row any) ([]byte, error) {
	var text bytes.Buffer
	enc := json.NewEncoder(&text)
	enc.SetEscapeHTML(false) // the caller's encoder escapes it, depending on its own setting
	if err := enc.Encode(newJSONForm(reflect.ValueOf(row)).Interface()); err != nil {
		return nil, err
	}
	return bytes.TrimSuffix(text.Bytes(), []byte("\n")), nil
}

// unmarshalRow sets the fields of the row that are in the JSON. On an error it changes
// nothing.
func unmarshalRow(text []byte, row any) error {
	to := reflect.ValueOf(row).Elem()
	form := newJSONForm(to)
	for _, field := range form.Elem().Fields() {
		if field.Type() == rawType { // UnmarshalJSON would reuse its memory
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

// goEscapes maps the escapes of characters that encoding/json escapes and PostgreSQL does
// not.
var goEscapes = map[string]string{
	`\u003c`: "<", `\u003e`: ">", `\u0026`: "&", `\u2028`: "\u2028", `\u2029`: "\u2029",
}

// jsonbText formats JSON like PostgreSQL's jsonb, with a space after each colon and comma.
// encoding/json removes these spaces. So a value from a store is restored exactly.
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
