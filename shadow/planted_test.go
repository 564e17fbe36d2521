package shadow_test

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/tasktwin/tasktwin"
	"github.com/tasktwin/tasktwin/internal/intercept"
	"github.com/tasktwin/tasktwin/memdb"
	"github.com/tasktwin/tasktwin/shadow"
)

// A difference in any field of any method's answer is found and named. Writes do not reach
// the secondary.
func TestEveryMethod(t *testing.T) {
	t.Parallel()
	for method := range reflect.TypeFor[tasktwin.Querier]().Methods() {
		t.Run(method.Name, func(t *testing.T) {
			t.Parallel()
			if intercept.Writes(method.Name) {
				isNotMirrored(t, method)
				return
			}
			value := reflect.New(method.Type.Out(0)).Elem()
			plantIn(t, method, value, value.Addr().Elem(), "")
		})
	}
}

func isNotMirrored(t *testing.T, method reflect.Method) {
	t.Helper()
	secondary := answering(func(_ context.Context, method string, _ any) (any, error) {
		t.Error("the secondary is asked for " + method)
		return nil, nil
	})
	s := open(t, always(nil, nil), secondary, shadow.Options{})
	if err := call(t, s, method); err != nil {
		t.Fatal(err)
	}
	if got := settled(t, s); got != (shadow.Stats{Writes: 1}) {
		t.Errorf("counted %+v", got)
	}
}

// plantIn plants a difference in each field of part, which is a part of a method's answer.
func plantIn(t *testing.T, method reflect.Method, value, part reflect.Value, path string) {
	t.Helper()
	switch {
	case part.Kind() == reflect.Slice && part.Type() != reflect.TypeFor[json.RawMessage]():
		before := copied(value)
		part.Set(reflect.MakeSlice(part.Type(), 1, 1))
		isFound(t, method, before, copied(value), "[0]") // a row more
		plantIn(t, method, value, part.Index(0), path+"[0]")
	case part.Kind() == reflect.Struct && part.NumMethod() == 0 || part.Kind() == reflect.Struct && isRow(part.Type()):
		for field, of := range part.Fields() {
			name := strings.TrimPrefix(path+"."+field.Name, ".")
			plantIn(t, method, value, of, name)
		}
	default:
		before := copied(value)
		change(t, part)
		isFound(t, method, before, copied(value), path)
	}
}

// isRow reports whether a type is one of the module's structs.
func isRow(typ reflect.Type) bool { return typ.PkgPath() == "github.com/tasktwin/tasktwin" }

// copied returns a copy of a value, whose slices are copied, too.
func copied(value reflect.Value) any {
	out := reflect.New(value.Type()).Elem()
	out.Set(value)
	if value.Kind() == reflect.Slice && !value.IsNil() {
		out.Set(reflect.MakeSlice(value.Type(), value.Len(), value.Len()))
		reflect.Copy(out, value)
	}
	return out.Interface()
}

// change changes a value.
func change(t *testing.T, v reflect.Value) {
	t.Helper()
	switch p := v.Addr().Interface().(type) {
	case *time.Time:
		*p = p.Add(time.Microsecond)
		return
	case *json.RawMessage:
		*p = json.RawMessage("{}")
		return
	}
	switch v.Kind() {
	case reflect.Bool:
		v.SetBool(!v.Bool())
	case reflect.Int32, reflect.Int64:
		v.SetInt(v.Int() + 1)
	case reflect.String:
		v.SetString(v.String() + "x")
	case reflect.Array:
		change(t, v.Index(0))
	case reflect.Uint8:
		v.SetUint(v.Uint() + 1)
	case reflect.Struct: // a nullable value
		v.FieldByName("Valid").SetBool(true)
	default:
		t.Fatalf("a %s cannot be changed", v.Type())
	}
}

// isFound asserts that the difference of two answers is reported, with its field.
func isFound(t *testing.T, method reflect.Method, primary, secondary any, field string) {
	t.Helper()
	var got reports
	s, err := shadow.New(always(primary, nil), always(secondary, nil), shadow.Options{Report: got.add, Workers: 1})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if err := call(t, s, method); err != nil {
		t.Fatal(err)
	}
	counted := settled(t, s)
	if want := (shadow.Stats{Reads: 1, Sampled: 1, Compared: 1, Different: 1}); counted != want {
		t.Fatalf("%s: counted %+v, want %+v", field, counted, want)
	}
	d := got.list[0]
	lines := strings.Split(d.Diff, "\n")
	prefix := field + ": "
	if field == "" { // the answer is the value
		prefix = ""
	}
	if d.Method != method.Name || len(lines) != 2 || !strings.HasPrefix(lines[0], "- "+prefix) || !strings.HasPrefix(lines[1], "+ "+prefix) ||
		!reflect.DeepEqual(d.Primary.Value, primary) || !reflect.DeepEqual(d.Secondary.Value, secondary) ||
		!strings.Contains(d.String(), method.Name+"(") || !strings.HasSuffix(d.String(), d.Diff) {
		t.Errorf("%s: reported as %s", field, d)
	}

	// The same answers are not reported.
	same := open(t, always(primary, nil), always(primary, nil), shadow.Options{Report: func(d shadow.Difference) { t.Error(d) }})
	if err := call(t, same, method); err != nil {
		t.Fatal(err)
	}
	if counted := settled(t, same); counted != (shadow.Stats{Reads: 1, Sampled: 1, Compared: 1}) {
		t.Errorf("%s: the same answer is counted as %+v", field, counted)
	}
}

// Errors are compared by what tasktwin promises about them.
func TestErrorsAreCompared(t *testing.T) {
	t.Parallel()
	refused := tasktwin.Error{Code: tasktwin.CheckViolation, Table: "tasks", Column: "name", Constraint: "c", Detail: "d", Message: "m"}
	with := func(change func(*tasktwin.Error)) error {
		e := refused
		change(&e)
		return &e
	}
	for name, c := range map[string]struct {
		primary, secondary error
		want               string // "" for no difference
	}{
		"the same":           {&refused, fmt.Errorf("wrapped: %w", &refused), ""},
		"message":            {&refused, with(func(e *tasktwin.Error) { e.Message = "other" }), ""},
		"code":               {&refused, with(func(e *tasktwin.Error) { e.Code = "22000" }), "- Code: \"23514\"\n+ Code: \"22000\""},
		"table":              {&refused, with(func(e *tasktwin.Error) { e.Table = "users" }), "- Table: \"tasks\"\n+ Table: \"users\""},
		"column":             {&refused, with(func(e *tasktwin.Error) { e.Column = "" }), "- Column: \"name\"\n+ Column: \"\""},
		"constraint":         {&refused, with(func(e *tasktwin.Error) { e.Constraint = "e" }), "- Constraint: \"c\"\n+ Constraint: \"e\""},
		"detail":             {&refused, with(func(e *tasktwin.Error) { e.Detail = "e" }), "- Detail: \"d\"\n+ Detail: \"e\""},
		"no rows":            {sql.ErrNoRows, sql.ErrNoRows, ""},
		"a row, not no rows": {sql.ErrNoRows, nil, "- sql: no rows in result set\n+ {ID: "},
		"no rows, not a row": {nil, sql.ErrNoRows, "+ sql: no rows in result set"},
		"another kind":       {sql.ErrNoRows, &refused, "- sql: no rows in result set\n+ "},
		"another error":      {sql.ErrNoRows, errors.New("out of order"), "- sql: no rows in result set\n+ out of order"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var got reports
			s := open(t, always(tasktwin.Workspace{}, c.primary), always(tasktwin.Workspace{}, c.secondary), shadow.Options{Report: got.add})
			_, err := s.GetWorkspaceByID(t.Context(), [16]byte{})
			if !errors.Is(err, c.primary) {
				t.Errorf("the caller got %v, want %v", err, c.primary)
			}
			counted := settled(t, s)
			switch {
			case c.want == "" && (counted.Compared != 1 || len(got.list) > 0):
				t.Errorf("counted %+v, reported %v", counted, got.list)
			case c.want != "" && (len(got.list) != 1 || !strings.Contains(got.list[0].Diff, c.want)):
				t.Errorf("reported %v, want %q", got.list, c.want)
			}
		})
	}
}

// An error that says nothing about rows is not compared.
func TestNoAnswerIsNotCompared(t *testing.T) {
	t.Parallel()
	for _, err := range []error{context.Canceled, context.DeadlineExceeded, errors.New("connection lost"), tasktwin.ErrClosed} {
		s := open(t, always(nil, err), memdb.New(memdb.Options{}), shadow.Options{Report: func(d shadow.Difference) { t.Error(d) }})
		if _, got := s.GetWorkspaceByID(t.Context(), [16]byte{}); !errors.Is(got, err) {
			t.Errorf("error %v, want %v", got, err)
		}
		if got := settled(t, s); got != (shadow.Stats{Reads: 1, Sampled: 1, Unanswered: 1}) {
			t.Errorf("%v is counted as %+v", err, got)
		}
	}
}
