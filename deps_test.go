package tasktwin_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

const modulePath = "github.com/tasktwin/tasktwin"

// goList runs go list in a module, without the workspace, and returns its lines.
func goList(t *testing.T, dir string, args ...string) []string {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "go", append([]string{"list"}, args...)...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "GOWORK=off")
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%v in %s: %v", cmd.Args, dir, err)
	}
	return strings.Split(strings.TrimSpace(string(out)), "\n")
}

// Who imports memdb into a unit test gets no driver, no test framework and no
// Docker client.
func TestDependencies(t *testing.T) {
	t.Parallel()
	for _, dep := range goList(t, ".", "-deps", "-f", "{{if not .Standard}}{{.ImportPath}}{{end}}", "./...") {
		if dep != "" && !within(dep, modulePath) && dep != "github.com/google/uuid" {
			t.Errorf("the root module depends on %s", dep)
		}
	}
}

// The command is no test, and starts PostgreSQL without Docker.
func TestCommandLinksNeitherTestingNorDocker(t *testing.T) {
	t.Parallel()
	modules(t)
	for _, dep := range goList(t, "cmd", "-deps", "./tasktwin") {
		if within(dep, "testing") || isDocker(dep) {
			t.Errorf("the command links %s", dep)
		}
	}
}

// Whoever tests against PostgreSQL without Docker does not get Docker's modules.
func TestOnlyPgdockerRequiresDocker(t *testing.T) {
	t.Parallel()
	const pgdocker = "conformance/pgdocker"
	for _, dir := range modules(t) {
		mod, err := os.ReadFile(filepath.Join(dir, "go.mod"))
		if err != nil {
			t.Fatal(err)
		}
		docker := slices.ContainsFunc(strings.Fields(string(mod)), isDocker)
		if docker != (dir == pgdocker) {
			t.Errorf("%s requires Docker: %v, want %v", dir, docker, dir == pgdocker)
		}
	}
}

// isDocker reports whether a package or module is a client of Docker's.
func isDocker(path string) bool {
	return within(path, "github.com/docker") || within(path, "github.com/moby") || within(path, "github.com/ory/dockertest/v3")
}

// within reports whether a package is one or below it.
func within(pkg, root string) bool { return pkg == root || strings.HasPrefix(pkg, root+"/") }

// The modules form layers; see docs/architecture.md. Tests are held to it, too,
// but for examples, which may show an engine.
func TestImportRules(t *testing.T) {
	t.Parallel()
	const (
		root        = modulePath
		memdb       = modulePath + "/memdb"
		pgdb        = modulePath + "/pgdb"
		telemetry   = modulePath + "/telemetry"
		internal    = modulePath + "/internal"
		conformance = modulePath + "/conformance"
		pgdocker    = conformance + "/pgdocker"
		cmd         = modulePath + "/cmd"
		bench       = modulePath + "/bench"
		sim         = modulePath + "/sim"
		examples    = modulePath + "/examples"
		tools       = modulePath + "/tools"
	)
	// The packages that each part may import besides its own.
	rules := map[string][]string{
		root:        {},
		internal:    {root},
		telemetry:   {root},
		memdb:       {root, internal},
		pgdb:        {root, internal},
		sim:         {root, telemetry},
		conformance: {root, internal, memdb, pgdb, telemetry, sim},
		pgdocker:    {root, memdb, pgdb, conformance},
		cmd:         {root, memdb, pgdb, telemetry, sim, conformance},
		bench:       {root, memdb, pgdb, telemetry, conformance},
		examples:    {root, memdb, pgdb, sim, conformance},
		tools:       {conformance},
	}
	part := func(pkg string) string {
		longest := ""
		for p := range rules {
			if within(pkg, p) && len(p) > len(longest) {
				longest = p
			}
		}
		return longest
	}
	for _, dir := range modules(t) {
		for _, line := range goList(t, dir, "-f", `{{.ImportPath}} {{join .Imports " "}} {{join .TestImports " "}}`, "./...") {
			pkg, imports, _ := strings.Cut(line, " ")
			for imported := range strings.FieldsSeq(imports) {
				from, to := part(pkg), part(imported)
				if within(imported, modulePath) && from != to && !slices.Contains(rules[from], to) {
					t.Errorf("%s must not import %s", pkg, imported)
				}
			}
		}
	}
}

// The suite's packages form layers, too, and know no engine; see
// docs/architecture.md. Tests may import any.
func TestConformanceImportRules(t *testing.T) {
	t.Parallel()
	const (
		suite     = modulePath + "/conformance"
		program   = suite + "/internal/program"
		lockstep  = suite + "/internal/lockstep"
		generator = suite + "/internal/generator"
		stores    = suite + "/internal/stores"
		workload  = suite + "/internal/workload"
		cases     = suite + "/internal/cases"
		parity    = suite + "/parity"
		twin      = suite + "/twin"
	)
	rules := map[string][]string{
		program:   {},
		lockstep:  {program},
		generator: {program},
		stores:    {program, lockstep},
		workload:  {program, generator, stores},
		cases:     {program, lockstep, stores, workload},
		parity:    {program, lockstep, stores, workload},
		suite:     {program, lockstep, stores, workload, cases, parity},
		twin:      {parity, modulePath + "/memdb", modulePath + "/pgdb"},
	}
	if !slices.Contains(modules(t), "conformance") {
		t.Skip("this is without the suite")
	}
	for _, line := range goList(t, "conformance", "-f", `{{.ImportPath}} {{join .Imports " "}}`, "./...") {
		pkg, imports, _ := strings.Cut(line, " ")
		allowed, ok := rules[pkg]
		for imported := range strings.FieldsSeq(imports) {
			if ok && within(imported, modulePath) && imported != modulePath && !slices.Contains(allowed, imported) {
				t.Errorf("%s must not import %s", pkg, imported)
			}
		}
		delete(rules, pkg)
	}
	for pkg := range rules {
		t.Errorf("there is no package %s", pkg)
	}
}

// modules returns the folders of the workspace's modules.
func modules(t *testing.T) []string {
	t.Helper()
	dirs := []string{"."}
	for _, pattern := range []string{"*/go.mod", "*/*/go.mod"} {
		files, err := filepath.Glob(pattern)
		if err != nil {
			t.Fatal(err)
		}
		for _, file := range files {
			dirs = append(dirs, filepath.Dir(file))
		}
	}
	if len(dirs) == 1 {
		t.Skip("this is the root module alone")
	}
	return dirs
}
