package tasktwin_test

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/json"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/tasktwin/tasktwin"
)

// rowTypes are the types of all rows and parameters.
func rowTypes() []reflect.Type {
	var types []reflect.Type
	add := func(t reflect.Type) {
		if t.Kind() == reflect.Slice {
			t = t.Elem()
		}
		if t.PkgPath() == reflect.TypeFor[tasktwin.Task]().PkgPath() && t.Kind() == reflect.Struct && !slices.Contains(types, t) {
			types = append(types, t)
		}
	}
	for field := range reflect.TypeFor[tasktwin.Dump]().Fields() {
		add(field.Type)
	}
	for method := range reflect.TypeFor[tasktwin.Querier]().Methods() {
		if method.Type.NumIn() > 1 && method.Type.In(0) == reflect.TypeFor[context.Context]() {
			add(method.Type.In(1))
		}
		add(method.Type.Out(0))
	}
	return types
}

// isNullable reports whether a column's type is nullable.
func isNullable(t reflect.Type) bool {
	return t.PkgPath() == "database/sql" || t == reflect.TypeFor[uuid.NullUUID]()
}

// fill sets a field to a value that is not zero.
func fill(t *testing.T, field reflect.Value) {
	t.Helper()
	switch p := field.Addr().Interface().(type) {
	case *uuid.UUID:
		*p = uuid.UUID{1, 2, 15: 3}
	case *time.Time:
		*p = time.Date(2024, 2, 29, 12, 0, 0, 1000, time.UTC)
	case *json.RawMessage:
		*p = json.RawMessage(`{"a": [1, 1.50, null], "<&>\u0001\\u003c\": ,": {}, "b": {"ü ": "\u0000 :,"}}`)
	default:
		switch field.Kind() {
		case reflect.String:
			field.SetString("a <&> \u2028 \x01")
		case reflect.Bool:
			field.SetBool(true)
		case reflect.Int32, reflect.Int64:
			field.SetInt(-7)
		case reflect.Struct: // a value and Valid
			fill(t, field.Field(0))
			fill(t, field.Field(1))
		default:
			t.Fatalf("no value for a %s", field.Type())
		}
	}
}

// roundTrip returns a row's JSON and the row that is decoded from it.
func roundTrip(t *testing.T, row reflect.Value) (string, reflect.Value) {
	t.Helper()
	text, err := json.Marshal(row.Interface())
	if err != nil {
		t.Fatalf("%s: %v", row.Type(), err)
	}
	back := reflect.New(row.Type())
	if err := json.Unmarshal(text, back.Interface()); err != nil {
		t.Fatalf("%s: %s: %v", row.Type(), text, err)
	}
	return string(text), back.Elem()
}

// Every row is restored exactly from its JSON. NULL is null in the JSON.
func TestRowsComeBackFromJSON(t *testing.T) {
	t.Parallel()
	types := rowTypes()
	if len(types) < 30 {
		t.Fatalf("only %d types", len(types))
	}
	for _, typ := range types {
		t.Run(typ.Name(), func(t *testing.T) {
			t.Parallel()
			zero, full := reflect.New(typ).Elem(), reflect.New(typ).Elem()
			for i := range typ.NumField() {
				fill(t, full.Field(i))
			}
			for _, row := range []reflect.Value{zero, full} {
				text, back := roundTrip(t, row)
				if !reflect.DeepEqual(row.Interface(), back.Interface()) {
					t.Errorf("%s\nmakes %+v\nand not %+v", text, back, row)
				}
			}
			text, _ := roundTrip(t, zero)
			var members map[string]json.RawMessage
			if err := json.Unmarshal([]byte(text), &members); err != nil {
				t.Fatal(err)
			}
			for field := range typ.Fields() {
				got, ok := members[field.Tag.Get("json")]
				if isNullable(field.Type) != (string(got) == "null") {
					t.Errorf("the column %s is %s", field.Tag.Get("json"), got)
				}
				if jsonb := field.Type == reflect.TypeFor[json.RawMessage](); jsonb == ok {
					t.Errorf("the column %s is there: %v", field.Tag.Get("json"), ok)
				}
			}
		})
	}
}

// In a jsonb column null is a value, not NULL. All jsonb columns are NOT NULL.
func TestNullInJSONBIsAValue(t *testing.T) {
	t.Parallel()
	for _, value := range []json.RawMessage{json.RawMessage(`null`), nil} {
		text, back := roundTrip(t, reflect.ValueOf(tasktwin.Task{TemplateParameters: value}))
		if got := back.Interface().(tasktwin.Task).TemplateParameters; !bytes.Equal(got, value) || (got == nil) != (value == nil) {
			t.Errorf("%#v is %s, which makes %#v", value, text, got)
		}
	}
}

func TestJSONOfARow(t *testing.T) {
	t.Parallel()
	row := tasktwin.ProvisionerJob{
		CreatedAt: time.Date(2024, 2, 29, 12, 0, 0, 1000, time.UTC),
		StartedAt: sql.NullTime{Time: time.Date(2024, 2, 29, 12, 0, 0, 0, time.UTC), Valid: true},
		Error:     sql.NullString{String: "<", Valid: true},
		JobStatus: tasktwin.ProvisionerJobStatusFailed,
	}
	const nilID = `"00000000-0000-0000-0000-000000000000"`
	want := `{"id":` + nilID + `,"created_at":"2024-02-29T12:00:00.000001Z","updated_at":"0001-01-01T00:00:00Z",` +
		`"started_at":"2024-02-29T12:00:00Z","canceled_at":null,"completed_at":null,"error":"<",` +
		`"organization_id":` + nilID + `,"initiator_id":` + nilID + `,"job_status":"failed"}`
	var text strings.Builder
	enc := json.NewEncoder(&text)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(row); err != nil || text.String() != want+"\n" {
		t.Errorf("%v\n%s\n%s", err, text.String(), want)
	}
	got, err := json.Marshal([]*tasktwin.ProvisionerJob{&row, nil})
	if want := "[" + strings.Replace(want, "<", `\u003c`, 1) + ",null]"; err != nil || string(got) != want {
		t.Errorf("%v\n%s\n%s", err, got, want)
	}
}

// As with any struct, fields that are missing in the JSON are unchanged.
func TestJSONLeavesTheRest(t *testing.T) {
	t.Parallel()
	row := tasktwin.Task{
		Name: "a", DeletedAt: sql.NullTime{Time: time.Unix(0, 0).UTC(), Valid: true}, TemplateParameters: json.RawMessage(`{"a": 1}`),
	}
	want, parameters := row, row.TemplateParameters
	for _, text := range []string{`null`, `{}`, `{"prompt":"p"}`, `{"deleted_at":null}`, `{"template_parameters":{"b":2,"c":[]}}`} {
		switch {
		case strings.Contains(text, "prompt"):
			want.Prompt = "p"
		case strings.Contains(text, "deleted_at"):
			want.DeletedAt = sql.NullTime{}
		case strings.Contains(text, "template_parameters"):
			want.TemplateParameters = json.RawMessage(`{"b": 2, "c": []}`)
		}
		if err := json.Unmarshal([]byte(text), &row); err != nil || !reflect.DeepEqual(row, want) {
			t.Errorf("%s: %v\n%+v\n%+v", text, err, row, want)
		}
	}
	if string(parameters) != `{"a": 1}` {
		t.Errorf("the old value was overwritten: %s", parameters)
	}
}

func TestBadJSONOfARow(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		`{"started_at":{"Time":"2024-02-29T12:00:00Z","Valid":true}}`, `{"error":1}`, `{"started_at":"noon"}`, `[]`,
	} {
		row := tasktwin.ProvisionerJob{Error: sql.NullString{String: "before", Valid: true}}
		before := row
		if err := json.Unmarshal([]byte(text), &row); err == nil || row != before {
			t.Errorf("%s: %v, %+v", text, err, row)
		}
	}
	for name, row := range map[string]any{
		"text that is not JSON": tasktwin.Task{TemplateParameters: json.RawMessage(`{`)},
		"no text":               tasktwin.Task{TemplateParameters: json.RawMessage{}},
		"the year 10000":        tasktwin.Task{DeletedAt: sql.NullTime{Time: time.Date(10000, 1, 1, 0, 0, 0, 0, time.UTC), Valid: true}},
	} {
		if text, err := json.Marshal(row); err == nil {
			t.Errorf("%s: %s", name, text)
		}
	}
}
