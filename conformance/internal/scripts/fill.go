package scripts

import (
	"encoding/json"
	"reflect"
	"strconv"
	"strings"

	"github.com/google/uuid"

	"github.com/tasktwin/tasktwin"
	"github.com/tasktwin/tasktwin/conformance/internal/program"
	"github.com/tasktwin/tasktwin/conformance/internal/sessions"
)

// defaults are the values of columns that scripts do not give.
var defaults = map[string]any{
	"OrganizationID":     id("acme"),
	"OwnerID":            id("ada"),
	"CreatedBy":          id("ada"),
	"TemplateID":         id("go"),
	"TemplateVersionID":  id("v1"),
	"ActiveVersionID":    id("v1"),
	"TemplateParameters": json.RawMessage(`{}`),
	"GroupACL":           json.RawMessage(`{}`),
	"UserACL":            json.RawMessage(`{}`),
	"LogSnapshot":        json.RawMessage(`{}`),
	"Transition":         tasktwin.WorkspaceTransitionStart,
	"Reason":             tasktwin.BuildReasonInitiator,
	"LifecycleState":     tasktwin.WorkspaceAgentLifecycleStateReady,
	"Health":             tasktwin.WorkspaceAppHealthHealthy,
	"State":              tasktwin.WorkspaceAppStatusStateWorking,
	// Those of answers only.
	"WorkspaceGroupACL":            json.RawMessage(`{}`),
	"WorkspaceUserACL":             json.RawMessage(`{}`),
	"JobStatus":                    tasktwin.ProvisionerJobStatusPending,
	"Status":                       tasktwin.TaskStatusPending,
	"WorkspaceAgentLifecycleState": tasktwin.WorkspaceAgentLifecycleStateReady,
	"WorkspaceAppHealth":           tasktwin.WorkspaceAppHealthHealthy,
}

// named are the columns with the name of their row, where scripts do not give them.
var named = map[string]bool{"Name": true, "Username": true, "Slug": true}

// hidden are the columns that no transcript has.
var hidden = map[string]bool{"StatusDebug": true}

// filled returns an operation that inserts or upserts a row, with the columns that
// are not given.
func filled(op program.Op) program.Op {
	if !strings.HasPrefix(op.Name, "Insert") && !strings.HasPrefix(op.Name, "Upsert") {
		return op
	}
	for i, field := range op.Fields() {
		if !reflect.ValueOf(op.Arg).Field(i).IsZero() {
			continue
		}
		value, ok := defaults[field.Name]
		if field.Type == reflect.TypeFor[uuid.NullUUID]() && ok {
			value = program.Null(value.(uuid.UUID))
		}
		if named[field.Name] {
			value = nameOf(reflect.ValueOf(op.Arg))
		}
		if value != nil && reflect.TypeOf(value).AssignableTo(field.Type) {
			op = op.With(i, reflect.ValueOf(value))
		}
	}
	return op
}

// omitted reports whether a column of a row is left out.
func omitted(row reflect.Value, column, text string) bool {
	if owner := row.FieldByName("OwnerID"); column == "OwnerUsername" && text == strconv.Quote(withNames.Replace(sessions.ScalarText(owner))) {
		return true
	}
	if hidden[column] || named[column] && text == program.ValueText(reflect.ValueOf(nameOf(row))) {
		return true
	}
	value, ok := defaults[column]
	return ok && text == program.ValueText(reflect.ValueOf(value))
}

// nameOf returns the name of a row.
func nameOf(row reflect.Value) string {
	key := row.FieldByName("ID")
	if !key.IsValid() {
		return ""
	}
	return withNames.Replace(key.Interface().(uuid.UUID).String())
}
