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

// nothingPublished makes the go command use the workspace, and fail if it looks for one of
// our modules elsewhere.
var nothingPublished = []string{"GOWORK=", "GOPRIVATE=" + modulePath, "GOVCS=private:off"}

// goList runs go list in a module and returns its lines.
func goList(t *testing.T, dir string, args ...string) []string {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "go", append([]string{"list"}, args...)...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), nothingPublished...)
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%v in %s: %v", cmd.Args, dir, err)
	}
	return strings.Split(strings.TrimSpace(string(out)), "\n")
}

// Importing memdb pulls in no driver, no test framework and no Docker client.
func TestDependencies(t *testing.T) {
	t.Parallel()
	for _, dep := range goList(t, ".", "-deps", "-f", "{{if not .Standard}}{{.ImportPath}}{{end}}", "./...") {
		if dep != "" && !within(dep, modulePath) && dep != "github.com/google/uuid" {
			t.Errorf("the root module depends on %s", dep)
		}
	}
}

// Tests of each engine can import tasktest, and programs that are no tests as well.
func TestTasktestDependsOnNoEngine(t *testing.T) {
	t.Parallel()
	ours := []string{modulePath, modulePath + "/tasktest", modulePath + "/internal/pgvalue"}
	for _, dep := range goList(t, ".", "-deps", "./tasktest") {
		if within(dep, "testing") || within(dep, modulePath) && !slices.Contains(ours, dep) {
			t.Errorf("tasktest depends on %s", dep)
		}
	}
}

// The command links neither package testing nor tasktest, and starts PostgreSQL without Docker.
func TestCommandLinksNeitherTestingNorDocker(t *testing.T) {
	t.Parallel()
	modules(t)
	for _, dep := range goList(t, "cmd", "-deps", "./tasktwin") {
		if within(dep, "testing") || dep == modulePath+"/tasktest" || isDocker(dep) {
			t.Errorf("the command links %s", dep)
		}
	}
}

// Tests against PostgreSQL without Docker do not require Docker's modules, nor do the other
// benchmarks.
func TestOnlyTwoModulesRequireDocker(t *testing.T) {
	t.Parallel()
	may := []string{"conformance/pgdocker", "bench/unittests"}
	for _, dir := range modules(t) {
		mod := mustRead(t, filepath.Join(dir, "go.mod"))
		docker := slices.ContainsFunc(strings.Fields(mod), isDocker)
		if want := slices.Contains(may, dir); docker != want {
			t.Errorf("%s requires Docker: %v, want %v", dir, docker, want)
		}
	}
}

// isDocker reports whether a package or module is a Docker client.
func isDocker(path string) bool {
	return within(path, "github.com/docker") || within(path, "github.com/moby") || within(path, "github.com/ory/dockertest/v3")
}

// within reports whether a package is root or below it.
func within(pkg, root string) bool { return pkg == root || strings.HasPrefix(pkg, root+"/") }

// The go command does not install programs from a module with replace directives. All
// sibling modules are required at the same version, which make tidy sets. go.work takes
// them from their folders. See docs/releasing.md.
func TestSiblings(t *testing.T) {
	t.Parallel()
	dirs := modules(t)
	work := mustRead(t, "go.work")
	for _, dir := range dirs {
		mod := mustRead(t, filepath.Join(dir, "go.mod"))
		for line := range strings.Lines(mod) {
			if strings.HasPrefix(line, "replace") {
				t.Errorf("%s/go.mod has a replace: %s", dir, line)
			}
			required := strings.Fields(strings.TrimPrefix(line, "require"))
			if len(required) < 2 || !within(required[0], modulePath) || strings.HasPrefix(line, "replace") {
				continue
			}
			if want := "replace " + required[0] + " " + required[1] + " => ."; !strings.Contains(work, want) {
				t.Errorf("%s/go.mod requires %s, and go.work has no %q", dir, required[0], want)
			}
		}
	}
	versions := map[string]bool{}
	for line := range strings.Lines(work) {
		if fields := strings.Fields(line); len(fields) > 3 && fields[0] == "replace" {
			versions[fields[2]] = true
		}
	}
	if len(versions) != 1 {
		t.Errorf("go.work has siblings of the versions %v", versions)
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
