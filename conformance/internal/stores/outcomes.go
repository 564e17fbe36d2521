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

// Exceptions lists where the rules are wrong: outcomes that a method can have
// although no rule says so (true), and outcomes that it cannot have although a
// rule says so (false).
var Exceptions = map[string]map[string]bool{
	"UpdateTaskWorkspaceID": {"23503 tasks_workspace_id_fkey": false}, // without the workspace it finds no rows
}

// valueOutcomes are the outcomes for values that the Go type can hold and the
// database's type cannot.
var valueOutcomes = map[reflect.Type][]string{
	reflect.TypeFor[string]():          {"22021"},
	reflect.TypeFor[sql.NullString]():  {"22021"},
	reflect.TypeFor[time.Time]():       {"22008"},
	reflect.TypeFor[sql.NullTime]():    {"22008"},
	reflect.TypeFor[json.RawMessage](): {"22003", "22021", "22P02", "22P05", "54001"},
}

// Outcomes returns the possible outcomes of each method of Querier, by its name.
func Outcomes() map[string][]string {
	out := map[string][]string{}
	for method := range Methods.Type().Methods() {
		out[method.Name] = OutcomesOf(method)
	}
	return out
}

// OutcomesOf returns the possible outcomes of a method of Querier, except for
// 40001 and 40P01, which need two concurrent transactions, and 54000, which needs
// a larger name or document than a run should have.
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

// RuleOutcomes returns the outcomes that follow from a method's name, its types
// and the constraints of the tables that it writes.
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

// findsOneRow reports whether a method of Querier returns one row, which has to
// exist already.
func findsOneRow(method reflect.Method) bool {
	makesRow := strings.HasPrefix(method.Name, "Insert") || strings.HasPrefix(method.Name, "Upsert")
	return !makesRow && method.Type.NumOut() == 2 && method.Type.Out(0).Kind() != reflect.Slice
}
