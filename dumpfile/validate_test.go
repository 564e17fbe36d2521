package dumpfile

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"reflect"
	"regexp"
	"strings"
	"testing"
)

// validator checks values against a JSON Schema. It knows the keywords that the schema of
// dumps has, and panics for others.
type validator struct{ root object }

func loadSchema(t *testing.T) validator {
	t.Helper()
	text, err := os.ReadFile(fmt.Sprintf("schema%d.json", Schema))
	noError(t, err)
	return validator{parseJSON(t, text).(object)}
}

func parseJSON(t *testing.T, text []byte) (v any) {
	t.Helper()
	d := json.NewDecoder(bytes.NewReader(text))
	d.UseNumber()
	noError(t, d.Decode(&v), string(text))
	return v
}

// check returns an error if a value is not one of the schema's.
func (v validator) check(schema object, value any) error {
	for keyword, want := range schema {
		if err := v.keyword(schema, keyword, want, value); err != nil {
			return fmt.Errorf("%s: %w", keyword, err)
		}
	}
	return nil
}

func (v validator) keyword(schema object, keyword string, want, value any) error {
	text, isText := value.(string)
	list, isList := value.([]any)
	members, isObject := value.(object)
	number, isNumber := value.(json.Number)
	fail := fmt.Errorf("%v is not %v", value, want)
	is := func(ok bool) error {
		if ok {
			return nil
		}
		return fail
	}
	switch keyword {
	case "$schema", "title", "description", "$defs":
		return nil
	case "$ref":
		name := strings.TrimPrefix(want.(string), "#/$defs/")
		return v.check(v.root["$defs"].(object)[name].(object), value)
	case "anyOf":
		var errs []error
		for _, one := range want.([]any) {
			err := v.check(one.(object), value)
			if err == nil {
				return nil
			}
			errs = append(errs, err)
		}
		return errors.Join(errs...)
	case "const":
		return is(reflect.DeepEqual(want, value))
	case "enum":
		for _, one := range want.([]any) {
			if reflect.DeepEqual(one, value) {
				return nil
			}
		}
		return fail
	case "type":
		types, ok := want.([]any)
		if !ok {
			types = []any{want}
		}
		for _, one := range types {
			if one == typeOf(value) {
				return nil
			}
		}
		return fail
	case "pattern":
		return is(!isText || regexp.MustCompile(want.(string)).MatchString(text))
	case "minimum", "maximum":
		limit, _ := want.(json.Number).Float64()
		got, _ := number.Float64()
		return is(!isNumber || got == limit || (got < limit) == (keyword == "maximum"))
	case "minItems", "maxItems":
		limit, _ := want.(json.Number).Int64()
		return is(!isList || len(list) == int(limit) || (len(list) < int(limit)) == (keyword == "maxItems"))
	case "prefixItems":
		for i, one := range want.([]any) {
			if isList && i < len(list) {
				if err := v.check(one.(object), list[i]); err != nil {
					return fmt.Errorf("%d: %w", i, err)
				}
			}
		}
		return nil
	case "items":
		for _, item := range list {
			if err := v.check(want.(object), item); err != nil {
				return err
			}
		}
		return nil
	case "required":
		for _, key := range want.([]any) {
			if _, ok := members[key.(string)]; isObject && !ok {
				return fmt.Errorf("%s is missing", key)
			}
		}
		return nil
	case "properties":
		for key, one := range want.(object) {
			if member, ok := members[key]; ok {
				if err := v.check(one.(object), member); err != nil {
					return fmt.Errorf("%s: %w", key, err)
				}
			}
		}
		return nil
	case "additionalProperties":
		for key := range members {
			if _, ok := schema["properties"].(object)[key]; !ok {
				return fmt.Errorf("there is no %s", key)
			}
		}
		return nil
	}
	panic("unknown keyword " + keyword)
}

// typeOf returns the name of a value's type in JSON Schema.
func typeOf(value any) string {
	switch v := value.(type) {
	case nil:
		return "null"
	case bool:
		return "boolean"
	case string:
		return "string"
	case json.Number:
		if strings.ContainsAny(v.String(), ".eE") {
			return "number"
		}
		return "integer"
	case []any:
		return "array"
	}
	return "object"
}
