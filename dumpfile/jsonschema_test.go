package dumpfile

import (
	"bytes"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/tasktwin/tasktwin"
)

type object = map[string]any

func ref(name string) object { return object{"$ref": "#/$defs/" + name} }

const clock = `-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])T([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](\.[0-9]{0,8}[1-9])?Z$`

// jsonSchema returns the JSON Schema of the lines of a dump and of a Dump's JSON.
func jsonSchema() object {
	defs := object{
		"uuid": object{"type": "string", "pattern": "^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$"},
		"time": object{
			"type":        "string",
			"description": "a timestamptz in UTC; days must be those of their month",
			"pattern":     `^([0-9]{4}|\+[1-9][0-9]{4,6}|-(000[1-9]|00[1-9][0-9]|0[1-9][0-9]{2}|[1-9][0-9]{3,6}))` + clock,
		},
		"jsonb": object{"type": "string", "description": "the text form of a jsonb, as PostgreSQL prints it"},
		"header": object{
			"type": "object", "additionalProperties": false, "required": []string{"format", "version", "created_by"},
			"properties": object{
				"format": object{"const": name}, "version": object{"const": Version}, "schema": object{"const": Schema},
				"created_by": object{"type": "string"},
			},
		},
	}
	counts := object{}
	lines := []any{ref("header"), ref("end")}
	dump := object{}
	var names []string
	for i := range tables {
		t := &tables[i]
		var values []any
		fields := object{}
		for n, column := range t.columns {
			field := t.row.Field(n).Type
			values = append(values, typeSchema(defs, field, false))
			fields[column] = typeSchema(defs, field, true)
		}
		defs[t.name+"_header"] = object{"const": object{"table": t.name, "columns": t.columns}}
		defs[t.name+"_row"] = object{"type": "array", "prefixItems": values, "minItems": len(values), "maxItems": len(values)}
		defs[t.name+"_object"] = object{"type": "object", "properties": fields, "required": t.columns, "additionalProperties": false}
		lines = append(lines, ref(t.name+"_header"), ref(t.name+"_row"))
		dump[t.name] = object{"type": "array", "items": ref(t.name + "_object")}
		counts[t.name] = object{"type": "integer", "minimum": 0}
		names = append(names, t.name)
	}
	sha256 := object{"type": "string", "pattern": "^[0-9a-f]{64}$"}
	end := object{
		"type": "object", "additionalProperties": false, "required": []string{"rows", "sha256"},
		"properties": object{
			"rows":   object{"type": "object", "properties": counts, "required": names, "additionalProperties": false},
			"sha256": sha256,
		},
	}
	defs["end"] = object{
		"type": "object", "additionalProperties": false, "required": []string{"end"}, "properties": object{"end": end},
	}
	defs["dump"] = object{
		"type": "object", "properties": dump, "required": names, "additionalProperties": false,
		"description": "the JSON of a tasktwin.Dump",
	}
	return object{
		"$schema": "https://json-schema.org/draft/2020-12/schema",
		"title":   fmt.Sprintf("A line of a tasktwin dump of format %d, schema %d", Version, Schema),
		"anyOf":   lines, "$defs": defs,
	}
}

// typeSchema returns the schema of a field's values: in the lines of a dump, or in the
// JSON of its row. Enums become definitions.
func typeSchema(defs object, field reflect.Type, ofRow bool) object {
	nullable := func(name string) object { return object{"anyOf": []any{ref(name), object{"type": "null"}}} }
	switch value := reflect.New(field).Interface().(type) {
	case *uuid.UUID:
		return ref("uuid")
	case *uuid.NullUUID:
		return nullable("uuid")
	case *time.Time:
		return ref("time")
	case *sql.NullTime:
		return nullable("time")
	case *json.RawMessage:
		if ofRow {
			return object{"description": "a jsonb"}
		}
		return nullable("jsonb")
	case *string:
		return object{"type": "string"}
	case *sql.NullString:
		return object{"type": []string{"string", "null"}}
	case *bool:
		return object{"type": "boolean"}
	case *int32:
		return object{"type": "integer", "minimum": -1 << 31, "maximum": 1<<31 - 1}
	case enum:
		name := value.TypeName()
		for line := range strings.Lines(enums()) {
			if list, ok := strings.CutPrefix(strings.TrimSpace(line), name+": "); ok {
				defs[name] = object{"enum": strings.Split(list, ", ")}
				return ref(name)
			}
		}
	}
	panic("there is no schema for a " + field.String())
}

// The JSON Schema of the newest version follows from the models, and those of the older
// ones stay as they are.
func TestJSONSchemaIsCurrent(t *testing.T) {
	t.Parallel()
	text, err := json.MarshalIndent(jsonSchema(), "", "  ")
	noError(t, err)
	text = append(text, '\n')
	for version := 1; version <= Schema; version++ {
		file := fmt.Sprintf("schema%d.json", version)
		if _, err := os.Stat(file); *update && version == Schema && errors.Is(err, fs.ErrNotExist) {
			noError(t, os.WriteFile(file, text, 0o644))
		}
		kept, err := os.ReadFile(file)
		noError(t, err, "run go test -update: ")
		holds(t, json.Valid(kept))
		if version == Schema {
			holds(t, bytes.Equal(text, kept), file+" is not that of the models: increment Schema, and run go test -update")
		}
	}
}

// candidates are values that some columns may have and others may not.
func candidates() []string {
	out := []string{
		`null`, `true`, `false`, `0`, `-1`, `2147483647`, `-2147483648`, `2147483648`, `1.5`, `""`, `"x"`, `"😀"`, `"{}"`,
		`"00000000-0000-0000-0000-00000000000a"`, `"00000000-0000-0000-0000-00000000000A"`, `"{00000000-0000-0000-0000-00000000000a}"`,
		`"0000000000000000000000000000000a"`, `"00000000-0000-0000-0000-00000000000a\n"`,
		`"2024-02-29T12:00:00Z"`, `"2024-02-29T12:00:00.000001Z"`, `"2024-02-29T12:00:00.10Z"`, `"2024-02-29T12:00:00.Z"`,
		`"2024-02-29T12:00:00.1234567891Z"`, `"2024-02-29T12:00:00+00:00"`, `"2024-02-29 12:00:00Z"`, `"2024-02-29T24:00:00Z"`,
		`"2024-02-29T12:60:00Z"`, `"2024-02-29T12:00:60Z"`, `"2024-13-01T12:00:00Z"`, `"2024-00-01T12:00:00Z"`, `"2024-01-00T12:00:00Z"`,
		`"2024-01-32T12:00:00Z"`, `"0000-01-01T00:00:00Z"`, `"-0000-01-01T00:00:00Z"`, `"-0001-01-01T00:00:00Z"`, `"-4713-11-24T00:00:00Z"`,
		`"-10000-01-01T00:00:00Z"`, `"-01000-01-01T00:00:00Z"`, `"+294276-12-31T23:59:59.999999Z"`, `"+2024-01-01T00:00:00Z"`,
		`"+02024-01-01T00:00:00Z"`, `"+9999999-01-01T00:00:00Z"`, `"+10000000-01-01T00:00:00Z"`, `"infinity"`, `{}`, `[]`, `[null]`,
	}
	for line := range strings.Lines(enums()) {
		_, list, _ := strings.Cut(strings.TrimSpace(line), ": ")
		for value := range strings.SplitSeq(list, ", ") {
			out = append(out, `"`+value+`"`)
		}
	}
	return out
}

// The reader takes the values that the JSON Schema allows, and no others.
func TestReaderAgreesWithJSONSchema(t *testing.T) {
	t.Parallel()
	schema := loadSchema(t)
	values := candidates()
	for i := range tables {
		table := &tables[i]
		row := sampleLine(t, table)
		accepted := 0
		check := func(row []json.RawMessage, about string) {
			t.Helper()
			text, err := json.Marshal(row)
			noError(t, err)
			r := newReader(strings.NewReader(string(text)+"\n{\n"), &current)
			_, readErr := r.rows(table, &oneDest{reflect.New(table.row).Elem()})
			schemaErr := schema.check(ref(table.name+"_row"), parseJSON(t, text))
			holds(t, (readErr == nil) == (schemaErr == nil), table.name, about, ": the reader says ", readErr, ", the schema ", schemaErr)
			if readErr == nil {
				accepted++
			}
		}
		check(row, "")
		holds(t, accepted == 1, "the sample is refused")
		check(row[1:], " with a value less")
		check(append(slices.Clip(row), json.RawMessage("null")), " with a value more")
		for n, column := range table.columns {
			before := accepted
			for _, value := range values {
				changed := slices.Clone(row)
				changed[n] = json.RawMessage(value)
				check(changed, "."+column+" = "+value)
			}
			holds(t, before < accepted && accepted < before+len(values), "all or no values are possible for ", table.name, ".", column)
		}
	}
}

// Each line that is written is one of the schema's, and a changed one is not.
func TestLinesAreOfTheJSONSchema(t *testing.T) {
	t.Parallel()
	schema := loadSchema(t)
	for n, line := range strings.Split(strings.TrimSpace(string(file(t, sampleRows()))), "\n") {
		noError(t, schema.check(schema.root, parseJSON(t, []byte(line))), "line ", n+1, ": ")
		if line[0] == '{' {
			bad := strings.Replace(line, `{"`, `{"colour":1,"`, 1)
			holds(t, schema.check(schema.root, parseJSON(t, []byte(bad))) != nil, "not refused: ", bad)
		}
	}
}

// So is the JSON of a Dump.
func TestDumpIsOfTheJSONSchema(t *testing.T) {
	t.Parallel()
	schema := loadSchema(t)
	d := sampleRows()
	// encoding/json has no years before 0 and after 9999.
	d.Organizations[0].CreatedAt, d.Organizations[0].UpdatedAt = d.Tasks[0].CreatedAt, d.Tasks[0].CreatedAt
	d.ProvisionerJobs[1].StartedAt, d.ProvisionerJobs[1].CompletedAt = sql.NullTime{}, at(d.Tasks[0].CreatedAt)
	text, err := json.Marshal(d)
	noError(t, err)
	noError(t, schema.check(ref("dump"), parseJSON(t, text)))
	var back tasktwin.Dump
	noError(t, json.Unmarshal(text, &back))
	equal(t, d, &back)
	for old, with := range map[string]string{
		`"users":`: `"user":`, `"email":`: `"mail":`, `"deleted":true`: `"deleted":1`, `"reason":"task_auto_pause"`: `"reason":"whim"`,
	} {
		bad := strings.Replace(string(text), old, with, 1)
		holds(t, bad != string(text), old)
		holds(t, schema.check(ref("dump"), parseJSON(t, []byte(bad))) != nil, "not refused: ", with)
	}
}

// sampleLine returns a row of a table, as in a dump: one of sampleRows, or, of a newer
// table, one that has in each column the first of the candidates that can be read.
func sampleLine(t *testing.T, of *table) []json.RawMessage {
	t.Helper()
	if reflect.ValueOf(sampleRows()).Elem().Field(of.field).Len() == 0 {
		return firstReadable(of)
	}
	all := lines(t, sampleRows())
	at := slices.IndexFunc(all, func(line string) bool { return strings.HasPrefix(line, `{"table":"`+of.name+`"`) })
	var row []json.RawMessage
	noError(t, json.Unmarshal([]byte(all[at+1]), &row), of.name)
	return row
}

func firstReadable(of *table) []json.RawMessage {
	row := make([]json.RawMessage, len(of.columns))
	for n, field := range of.fields {
		for _, value := range candidates() {
			dest := reflect.New(of.row.Field(field).Type)
			if valueReader(dest.Interface())(&scanner{line: []byte(value)}) == nil {
				row[n] = json.RawMessage(value)
				break
			}
		}
	}
	return row
}
