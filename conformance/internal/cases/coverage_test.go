package cases_test

import (
	"path"
	"reflect"
	"runtime"
	"slices"
	"strings"
	"testing"
	"unicode"

	"github.com/tasktwin/tasktwin"
	"github.com/tasktwin/tasktwin/conformance/internal/cases"
	"github.com/tasktwin/tasktwin/conformance/internal/workload"
)

// TestEveryMethodIsCovered fails for a method that no case asserts, or that no
// generated operation calls.
func TestEveryMethodIsCovered(t *testing.T) {
	t.Parallel()
	var inCases []string
	for _, c := range cases.All() {
		inCases = append(inCases, strings.Fields(c.Methods)...)
	}
	querier := reflect.TypeFor[tasktwin.Querier]()
	var methods []string
	for method := range querier.Methods() {
		name := method.Name
		methods = append(methods, name)
		if !slices.Contains(inCases, name) {
			t.Errorf("%s has no case", name)
		}
		if !slices.ContainsFunc(workload.Choices(), func(c workload.Choice) bool { return c.Method == name && c.Weight > 0 }) {
			t.Errorf("%s is not among the generated operations", name)
		}
	}
	for _, name := range inCases {
		if !slices.Contains(methods, name) {
			t.Errorf("a case claims to assert %s, which is not a method of Querier", name)
		}
	}
}

// A case and its function have the same name, except for characters that a
// function's name cannot have.
func TestCasesHaveNames(t *testing.T) {
	t.Parallel()
	plain := func(name string) string {
		return strings.Map(func(r rune) rune {
			if unicode.IsLetter(r) || unicode.IsDigit(r) {
				return unicode.ToLower(r)
			}
			return -1
		}, name)
	}
	seen := map[string]bool{}
	for _, c := range cases.All() {
		if c.Name == "" || seen[c.Name] {
			t.Errorf("name %q is empty or used twice", c.Name)
		}
		seen[c.Name] = true
		function := runtime.FuncForPC(reflect.ValueOf(c.Run).Pointer()).Name()
		if _, name, _ := strings.Cut(path.Base(function), "."); plain(name) != plain(c.Name) {
			t.Errorf("%q is the function %s", c.Name, name)
		}
	}
}
