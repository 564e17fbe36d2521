package dumpfile

import (
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"strconv"
	"time"
	"unicode/utf8"

	"github.com/google/uuid"
)

// enum is implemented by pointers to any of the enums.
type enum interface {
	Valid() bool
	TypeName() string
}

// appendValue appends the value to which p points.
func appendValue(dst []byte, p any) ([]byte, error) {
	switch v := p.(type) {
	case *uuid.UUID:
		return appendUUID(dst, *v), nil
	case *uuid.NullUUID:
		if v.Valid {
			return appendUUID(dst, v.UUID), nil
		}
	case *time.Time:
		return appendTime(dst, *v), nil
	case *sql.NullTime:
		if v.Valid {
			return appendTime(dst, v.Time), nil
		}
	case *string:
		return appendString(dst, *v)
	case *sql.NullString:
		if v.Valid {
			return appendString(dst, v.String)
		}
	case *json.RawMessage:
		if *v != nil {
			return appendString(dst, string(*v))
		}
	case *bool:
		return strconv.AppendBool(dst, *v), nil
	case *int32:
		return strconv.AppendInt(dst, int64(*v), 10), nil
	case enum:
		text := reflect.ValueOf(p).Elem().String()
		if !v.Valid() {
			return dst, fmt.Errorf("%q is not a value of %s that tasktwin knows", text, v.TypeName())
		}
		return appendText(dst, text), nil
	default:
		return dst, fmt.Errorf("a %T cannot be written", p)
	}
	return append(dst, "null"...), nil
}

func appendUUID(dst []byte, id uuid.UUID) []byte {
	var text [36]byte
	_ = encodeUUID(&text, id)
	dst = append(dst, '"')
	dst = append(dst, text[:]...)
	return append(dst, '"')
}

func encodeUUID(text *[36]byte, id uuid.UUID) []byte {
	const hex = "0123456789abcdef"
	at := 0
	for i, b := range id {
		if i == 4 || i == 6 || i == 8 || i == 10 {
			text[at] = '-'
			at++
		}
		text[at], text[at+1] = hex[b>>4], hex[b&15]
		at += 2
	}
	return text[:]
}

func appendTime(dst []byte, t time.Time) []byte {
	return append(appendInstant(append(dst, '"'), t), '"')
}

func appendString(dst []byte, s string) ([]byte, error) {
	if !utf8.ValidString(s) {
		return dst, fmt.Errorf("it is not valid UTF-8: %s", quoted([]byte(s)))
	}
	return appendText(dst, s), nil
}

// parser reads values.
type parser struct {
	// enums has the enum values seen so far, so that equal ones share their memory.
	enums map[string]string
}

// parse parses a value into what p points to, which must be zero.
func (r *parser) parse(k kind, text []byte, p any) error {
	if k == kindWord && string(text) == "null" {
		switch p.(type) {
		case *uuid.NullUUID, *sql.NullTime, *sql.NullString, *json.RawMessage:
			return nil
		}
	}
	switch v := p.(type) {
	case *bool:
		*v = string(text) == "true"
		return expect(k, kindWord, *v || string(text) == "false", "true or false")
	case *int32:
		n, err := strconv.ParseInt(string(text), 10, 32)
		*v = int32(n)
		return expect(k, kindNumber, err == nil && strconv.FormatInt(n, 10) == string(text), "an integer of 32 bits")
	case *int:
		n, err := strconv.Atoi(string(text))
		*v = n
		return expect(k, kindNumber, err == nil && strconv.Itoa(n) == string(text), "an integer")
	case *uuid.UUID:
		return expect(k, kindText, parseUUID(text, v), "a uuid in lower case")
	case *uuid.NullUUID:
		v.Valid = true
		return expect(k, kindText, parseUUID(text, &v.UUID), "a uuid in lower case, or null")
	case *time.Time:
		t, ok := parseInstant(text)
		*v = t
		return expect(k, kindText, ok, "a time such as 2024-01-02T03:04:05.000006Z")
	case *sql.NullTime:
		t, ok := parseInstant(text)
		v.Time, v.Valid = t, true
		return expect(k, kindText, ok, "a time such as 2024-01-02T03:04:05.000006Z, or null")
	case *string:
		*v = string(text)
		return expect(k, kindText, true, "a string")
	case *sql.NullString:
		v.String, v.Valid = string(text), true
		return expect(k, kindText, true, "a string, or null")
	case *json.RawMessage:
		*v = append(json.RawMessage{}, text...)
		return expect(k, kindText, true, "a string, or null")
	case enum:
		return r.parseEnum(k, text, v)
	default:
		return fmt.Errorf("a %T cannot be read", p)
	}
}

func (r *parser) parseEnum(k kind, text []byte, v enum) error {
	value, known := r.enums[string(text)]
	if !known {
		value = string(text)
	}
	reflect.ValueOf(v).Elem().SetString(value)
	if k != kindText || !v.Valid() {
		return fmt.Errorf("it is not a value of %s that tasktwin knows", v.TypeName())
	}
	if !known {
		if r.enums == nil {
			r.enums = map[string]string{}
		}
		r.enums[value] = value
	}
	return nil
}

func expect(got, want kind, ok bool, what string) error {
	if got == want && ok {
		return nil
	}
	return errors.New("it is not " + what)
}

// parseUUID parses only the form that appendUUID writes.
func parseUUID(text []byte, id *uuid.UUID) bool {
	parsed, err := uuid.ParseBytes(text)
	if err != nil {
		return false
	}
	*id = parsed
	var again [36]byte
	return string(encodeUUID(&again, parsed)) == string(text)
}
