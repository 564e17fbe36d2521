package tasktwin_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"reflect"
	"regexp"
	"strings"
	"testing"

	"github.com/tasktwin/tasktwin"
)

var queryName = regexp.MustCompile(`(?m)^-- name: (\w+) :`)

// The SQL of a query, its implementation in memdb and its handwritten part in pgdb, if any,
// are in files with the same name.
func TestImplementationsOfAQueryHaveTheSameFileName(t *testing.T) {
	t.Parallel()
	sql := map[string]string{}
	for _, path := range glob(t, "pgdb/queries/*.sql") {
		for _, match := range queryName.FindAllStringSubmatch(mustRead(t, path), -1) {
			sql[match[1]] = baseName(path)
		}
	}
	memdb, pgdb := methodFiles(t, "memdb/*.go"), methodFiles(t, "pgdb/*.go")
	for method := range reflect.TypeFor[tasktwin.Querier]().Methods() {
		name := method.Name
		if sql[name] == "" || sql[name] != memdb[name] {
			t.Errorf("%s: its SQL is in %q, and its implementation in memdb in %q", name, sql[name], memdb[name])
		}
		if byHand := pgdb[name]; byHand != "forward" && byHand != sql[name] {
			t.Errorf("%s: its SQL is in %q, and its implementation in pgdb in %q", name, sql[name], byHand)
		}
	}
}

func glob(t *testing.T, pattern string) []string {
	t.Helper()
	paths, err := filepath.Glob(pattern)
	if err != nil {
		t.Fatal(err)
	}
	if len(paths) == 0 {
		t.Skipf("no files match %s: this is the root module alone", pattern)
	}
	return paths
}

func baseName(path string) string {
	return strings.TrimSuffix(filepath.Base(path), filepath.Ext(path))
}

// methodFiles returns, for each method of the type queries, the name of its file.
func methodFiles(t *testing.T, pattern string) map[string]string {
	t.Helper()
	files := map[string]string{}
	for _, path := range glob(t, pattern) {
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		for _, decl := range file.Decls {
			if fn, ok := decl.(*ast.FuncDecl); ok && fn.Recv != nil {
				if of, ok := fn.Recv.List[0].Type.(*ast.Ident); ok && of.Name == "queries" {
					files[fn.Name.Name] = baseName(path)
				}
			}
		}
	}
	return files
}
