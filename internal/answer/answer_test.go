package answer

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
)

func TestDiff(t *testing.T) {
	t.Parallel()
	noon := time.Date(2024, 2, 29, 12, 0, 0, 1000, time.UTC)
	elsewhere := noon.In(time.FixedZone("", 3600))
	task := func(change func(*tasktwin.Task)) tasktwin.Task {
		row := tasktwin.Task{ID: [16]byte{15: 1}, Name: "a", CreatedAt: noon, TemplateParameters: json.RawMessage("{}")}
		change(&row)
		return row
	}
	same := task(func(*tasktwin.Task) {})
	for name, c := range map[string]struct {
		a, b any
		want string
	}{
		"the same": {same, task(func(*tasktwin.Task) {}), ""},
		"text":     {same, task(func(r *tasktwin.Task) { r.Name = "b" }), "- Name: \"a\"\n+ Name: \"b\""},
		"a zone": {
			same, task(func(r *tasktwin.Task) { r.CreatedAt = elsewhere }),
			"- CreatedAt: 2024-02-29T12:00:00.000001Z\n+ CreatedAt: 2024-02-29T13:00:00.000001+01:00",
		},
		"NULL": {
			same, task(func(r *tasktwin.Task) { r.DeletedAt = sql.NullTime{Time: noon, Valid: true} }),
			"- DeletedAt: NULL\n+ DeletedAt: 2024-02-29T12:00:00.000001Z",
		},
		"NULL and zero": {
			same, task(func(r *tasktwin.Task) { r.WorkspaceID.Valid = true }),
			"- WorkspaceID: NULL\n+ WorkspaceID: 00000000-0000-0000-0000-000000000000",
		},
		"JSON": {
			same, task(func(r *tasktwin.Task) { r.TemplateParameters = json.RawMessage("[]") }),
			"- TemplateParameters: {}\n+ TemplateParameters: []",
		},
		"no JSON": {
			same, task(func(r *tasktwin.Task) { r.TemplateParameters = nil }),
			"- TemplateParameters: {}\n+ TemplateParameters: NULL",
		},
		"nil and empty": {[]tasktwin.Task(nil), []tasktwin.Task{}, "- nil\n+ empty"},
		"a row less":    {[]tasktwin.Task{same}, []tasktwin.Task{}, "- [0]: " + Text(same) + "\n+ [0]: none"},
		"one row": {
			[]tasktwin.Task{same, same},
			[]tasktwin.Task{same, task(func(r *tasktwin.Task) { r.Name = "b" })},
			"- [1].Name: \"a\"\n+ [1].Name: \"b\"",
		},
		"other types": {1, "x", "- 1\n+ \"x\""},
		"nothing":     {nil, 1, "- nothing\n+ 1"},
	} {
		if got := Diff(c.a, c.b); got != c.want {
			t.Errorf("%s:\n%s\nwant\n%s", name, got, c.want)
		}
	}
	// A long one is cut off.
	got := Diff(make([]tasktwin.Task, 0), make([]tasktwin.Task, 100))
	if lines := strings.Split(got, "\n"); len(lines) != 2*maxDifferences+1 || lines[len(lines)-1] != "… and 80 more" {
		t.Errorf("of 100 differences: %s", got)
	}
}

func TestDescribe(t *testing.T) {
	t.Parallel()
	at := tasktwin.Error{
		Code: tasktwin.CheckViolation, Table: "t", Column: "c", Constraint: "k", Message: "m",
		Detail: "Failing row contains (2024-02-29 13:00:00+01).",
	}
	for want, err := range map[Facts]error{
		{Kind: Success}:                  nil,
		{Kind: NoRows}:                   fmt.Errorf("get: %w", sql.ErrNoRows),
		{Kind: Canceled}:                 fmt.Errorf("%w: %w", tasktwin.ErrCommitUnknown, context.Canceled),
		{Kind: CommitUnknown}:            tasktwin.ErrCommitUnknown,
		{Kind: Other, Message: "a line"}: errors.New("a line"),
		{
			Kind: Failure, Code: "23514", Table: "t", Column: "c", Constraint: "k",
			Detail: "Failing row contains (2024-02-29 12:00:00+00).",
		}: &at,
	} {
		if got := Describe(err); got != want {
			t.Errorf("%v is %+v, want %+v", err, got, want)
		}
	}
}

// A copy shares nothing that can be changed.
func TestClone(t *testing.T) {
	t.Parallel()
	rows := []tasktwin.Task{{Name: "a", TemplateParameters: json.RawMessage(`{"a": 1}`)}}
	text := Text(rows)
	copied := Clone(rows)
	if !reflect.DeepEqual(copied, rows) {
		t.Fatalf("%v is not %v", copied, rows)
	}
	rows[0].TemplateParameters[1] = 'x'
	rows[0].Name = "b"
	if Text(copied) != text {
		t.Errorf("the copy has changed: %s", Text(copied))
	}
	for _, v := range []any{nil, 1, [16]byte{1}, [][16]byte(nil), tasktwin.ListTasksParams{}, &rows[0], (*tasktwin.Task)(nil)} {
		if got := Clone(v); !reflect.DeepEqual(got, v) {
			t.Errorf("%#v is copied as %#v", v, got)
		}
	}
}
