package program

import (
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/tasktwin/tasktwin/internal/optext"
)

// Each line of a program's text is an operation's name and its argument: either a
// single value, or the fields that are not zero as Name=value. Text is quoted as
// in Go, which makes every byte visible. A list is its elements in brackets, with a
// comma and no space between them. Empty lines and lines that begin with #
// are ignored. In a program of several sessions, each line begins with a session's
// name and a colon.

const nullText = "null"

// String returns the operation as a line of text.
func (o Op) String() string {
	var session string
	if o.Session != "" {
		session = o.Session + ": "
	}
	text := optext.Argument(o.Arg)
	if text == "" {
		return session + o.Name
	}
	return session + o.Name + " " + text
}

// ValueText returns the text of one value, such as a row's column.
func ValueText(v reflect.Value) string { return optext.Value(v) }

// TimeText returns a time in RFC 3339 if that format can represent it, or else as
// seconds and nanoseconds since 1970.
func TimeText(t time.Time) string { return optext.Time(t) }

// Parse reads a program's text. The error names the line.
func (i Interface) Parse(text string) (Program, error) {
	var p Program
	for n, line := range strings.Split(text, "\n") {
		line = strings.TrimSpace(line)
		if line == "" || line[0] == '#' {
			continue
		}
		op, err := i.ParseOp(line)
		if err != nil {
			return nil, fmt.Errorf("line %d: %w", n+1, err)
		}
		p = append(p, op)
	}
	if p.Sessions() != nil && slices.ContainsFunc(p, func(op Op) bool { return op.Session == "" }) {
		return nil, errors.New("some operations of the program have a session, and some have none")
	}
	if balanced := p.Balanced(); !reflect.DeepEqual(balanced, p) && len(p) > 0 {
		return nil, errors.New("the program does not end what it begins, or ends what it did not begin")
	}
	return p, nil
}

// sessionPrefix is what a line begins with in a program of several sessions.
var sessionPrefix = regexp.MustCompile(`^([A-Za-z]\w*):\s+`)

// ParseOp reads one line of a program's text.
func (i Interface) ParseOp(line string) (Op, error) {
	prefix := sessionPrefix.FindStringSubmatch(line)
	if prefix == nil {
		return i.parseOp(line)
	}
	op, err := i.parseOp(line[len(prefix[0]):])
	op.Session = prefix[1]
	return op, err
}

func (i Interface) parseOp(line string) (Op, error) {
	name, rest, _ := strings.Cut(line, " ")
	t, ok := i.argType(name)
	if !ok {
		return Op{}, fmt.Errorf("there is no operation %q", name)
	}
	words, err := splitWords(i.withIDs(rest))
	if err != nil {
		return Op{}, err
	}
	if t == nil {
		if len(words) > 0 {
			return Op{}, fmt.Errorf("%s takes no argument, and has %s", name, rest)
		}
		return Op{Name: name}, nil
	}
	if t == i.options && len(words) == 0 {
		return Op{Name: name}, nil
	}
	arg := reflect.New(t).Elem()
	if err := parseArg(arg, words); err != nil {
		return Op{}, fmt.Errorf("%s: %w", name, err)
	}
	return Op{Name: name, Arg: arg.Interface()}, nil
}

// withIDs returns a line with ids in place of their names, outside of quotes.
func (i Interface) withIDs(line string) string {
	if i.names == nil {
		return line
	}
	return quotedOrWord.ReplaceAllStringFunc(line, func(word string) string {
		if id, ok := i.names[word]; ok {
			return id.String()
		}
		return word
	})
}

var quotedOrWord = regexp.MustCompile(`"(?:[^"\\]|\\.)*"|[\w-]+`)

// IsEnum reports whether a type is an enum: a string type other than string
// itself.
func IsEnum(t reflect.Type) bool {
	return t.Kind() == reflect.String && t != reflect.TypeFor[string]()
}

// Fields returns the fields of the operation's argument, or nil if it is a single
// value.
func (o Op) Fields() []reflect.StructField {
	t := reflect.TypeOf(o.Arg)
	if t == nil || isScalar(t) {
		return nil
	}
	return slices.Collect(t.Fields())
}

// With returns a copy of the operation with another value in a field of its
// argument.
func (o Op) With(field int, value reflect.Value) Op {
	arg := reflect.New(reflect.TypeOf(o.Arg)).Elem()
	arg.Set(reflect.ValueOf(o.Arg))
	arg.Field(field).Set(value)
	o.Arg = arg.Interface()
	return o
}

// splitWords splits a line at the spaces outside of quotes.
func splitWords(line string) ([]string, error) { return split(line, ' ') }

// split returns the parts between separators outside of quotes that are not empty.
func split(line string, separator byte) ([]string, error) {
	var words []string
	start, quoted := -1, false
	for i := 0; i < len(line); i++ {
		switch c := line[i]; {
		case quoted && c == '\\':
			i++
		case c == '"':
			quoted = !quoted
			if start < 0 {
				start = i
			}
		case c == separator && !quoted:
			if start >= 0 {
				words = append(words, line[start:i])
			}
			start = -1
		case start < 0:
			start = i
		}
	}
	if quoted {
		return nil, fmt.Errorf("a quote is not closed in %s", line)
	}
	if start >= 0 {
		words = append(words, line[start:])
	}
	return words, nil
}

func parseArg(v reflect.Value, words []string) error {
	t := v.Type()
	if t.Kind() == reflect.Pointer {
		v.Set(reflect.New(t.Elem()))
		v = v.Elem()
	} else if isScalar(t) {
		if len(words) != 1 {
			return fmt.Errorf("takes one value, and has %d", len(words))
		}
		return parseValue(v, words[0])
	}
	for _, word := range words {
		name, text, ok := strings.Cut(word, "=")
		field := v.FieldByName(name)
		if !ok || !field.IsValid() {
			return fmt.Errorf("%q is no field of it with a value", word)
		}
		if err := parseValue(field, text); err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
	}
	return nil
}

// isScalar reports whether a value of the type is written as one word.
func isScalar(t reflect.Type) bool {
	switch t {
	case reflect.TypeFor[uuid.UUID](), reflect.TypeFor[uuid.NullUUID](), reflect.TypeFor[time.Time]():
		return true
	}
	return t.Kind() != reflect.Struct
}

func parseValue(v reflect.Value, text string) error {
	isNull := text == nullText
	switch x := v.Addr().Interface().(type) {
	case *uuid.UUID:
		return parseInto(x, text, uuid.Parse)
	case *uuid.NullUUID:
		x.Valid = !isNull
		if isNull {
			return nil
		}
		return parseInto(&x.UUID, text, uuid.Parse)
	case *time.Time:
		return parseInto(x, text, ParseTime)
	case *sql.NullTime:
		x.Valid = !isNull
		if isNull {
			return nil
		}
		return parseInto(&x.Time, text, ParseTime)
	case *sql.NullString:
		x.Valid = !isNull
		if isNull {
			return nil
		}
		return parseInto(&x.String, text, strconv.Unquote)
	case *json.RawMessage:
		if isNull {
			return nil
		}
		var s string
		err := parseInto(&s, text, strconv.Unquote)
		*x = json.RawMessage(s)
		return err
	}
	switch v.Kind() {
	case reflect.String:
		s, err := strconv.Unquote(text)
		if err != nil {
			return fmt.Errorf("%s is no quoted text", text)
		}
		v.SetString(s)
	case reflect.Bool:
		b, err := strconv.ParseBool(text)
		if err != nil {
			return fmt.Errorf("%s is neither true nor false", text)
		}
		v.SetBool(b)
	case reflect.Int32:
		n, err := strconv.ParseInt(text, 10, 32)
		if err != nil {
			return fmt.Errorf("%s is no integer of 32 bits", text)
		}
		v.SetInt(n)
	case reflect.Slice:
		return parseList(v, text)
	default:
		return fmt.Errorf("a %s cannot be read", v.Type())
	}
	return nil
}

// parseList reads a list.
func parseList(v reflect.Value, text string) error {
	if text == nullText {
		v.SetZero()
		return nil
	}
	inside, opened := strings.CutPrefix(text, "[")
	inside, closed := strings.CutSuffix(inside, "]")
	if !opened || !closed {
		return fmt.Errorf("%s is no list in brackets", text)
	}
	words, err := split(inside, ',')
	if err != nil {
		return err
	}
	if strings.Join(words, ",") != inside {
		return fmt.Errorf("%s has an empty element", text)
	}
	v.Set(reflect.MakeSlice(v.Type(), len(words), len(words)))
	for i, word := range words {
		if err := parseValue(v.Index(i), word); err != nil {
			return fmt.Errorf("element %d: %w", i+1, err)
		}
	}
	return nil
}

func parseInto[T any](into *T, text string, parse func(string) (T, error)) error {
	v, err := parse(text)
	if err != nil {
		return fmt.Errorf("%s: %w", text, err)
	}
	*into = v
	return nil
}

// ParseTime reads a time in the format of TimeText.
func ParseTime(text string) (time.Time, error) {
	if text == "" || text[0] != '@' {
		return time.Parse(time.RFC3339Nano, text)
	}
	seconds, nanos, _ := strings.Cut(text[1:], ".")
	s, err := strconv.ParseInt(seconds, 10, 64)
	if err != nil {
		return time.Time{}, err
	}
	n, err := strconv.ParseInt(nanos, 10, 64)
	if err != nil {
		return time.Time{}, err
	}
	return time.Unix(s, n).UTC(), nil
}
