package stores

import (
	"database/sql"
	"encoding/json"
	"reflect"
	"slices"
	"strings"
	"time"

	"github.com/tasktwin/tasktwin/conformance/internal/program"
)

// Exceptions are the answers that a method can give although no rule says so
// (true), and cannot although one does (false).
var Exceptions = map[string]map[string]bool{
	"UpdateTaskWorkspaceID": {"23503 tasks_workspace_id_fkey": false}, // it finds no rows where the workspace is not there
}

// valueOutcomes are the answers to values that a type of Go can hold and the type
// of the database cannot.
var valueOutcomes = map[reflect.Type][]string{
	reflect.TypeFor[string]():          {"22021"},
	reflect.TypeFor[sql.NullString]():  {"22021"},
	reflect.TypeFor[time.Time]():       {"22008"},
	reflect.TypeFor[sql.NullTime]():    {"22008"},
	reflect.TypeFor[json.RawMessage](): {"22003", "22021", "22P02", "22P05", "54001"},
}

// Outcomes returns the answers that the methods of Querier can give, by name.
func Outcomes() map[string][]string {
	out := map[string][]string{}
	for method := range Methods.Type().Methods() {
		out[method.Name] = OutcomesOf(method)
	}
	return out
}

// OutcomesOf returns the answers that a method of Querier can give, besides 40001
// and 40P01, which take two transactions at a time, and 54000, which takes a name
// or a document of a size that no run should have.
func OutcomesOf(method reflect.Method) []string {
	out := RuleOutcomes(method)
	for o, can := range Exceptions[method.Name] {
		if can {
			out = append(out, o)
		} else {
			out = slices.DeleteFunc(out, func(other string) bool { return other == o })
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// RuleOutcomes are those that follow from a method's name, its types and the
// constraints of the tables that it writes.
func RuleOutcomes(method reflect.Method) []string {
	out := []string{"ok", "25P02", "canceled"}
	if !program.IsRead(method.Name) {
		out = append(out, "25006")
	}
	if findsOneRow(method) {
		out = append(out, "no rows")
	}
	arg := method.Type.In(1) // after the context
	types := []reflect.Type{arg}
	if arg.Kind() == reflect.Struct {
		for field := range arg.Fields() {
			types = append(types, field.Type)
		}
	}
	for _, t := range types {
		out = append(out, valueOutcomes[t]...)
		if program.IsEnum(t) {
			out = append(out, "22P02")
		}
	}
	return append(out, constraintOutcomes[method.Name]...)
}

// findsOneRow reports whether a method of Querier returns a row that has to be
// there before.
func findsOneRow(method reflect.Method) bool {
	makesRow := strings.HasPrefix(method.Name, "Insert") || strings.HasPrefix(method.Name, "Upsert")
	return !makesRow && method.Type.NumOut() == 2 && method.Type.Out(0).Kind() != reflect.Slice
}
