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

// Importing memdb pulls in no driver, no test framework and no Docker client.
func TestDependencies(t *testing.T) {
	t.Parallel()
	for _, dep := range goList(t, ".", "-deps", "-f", "{{if not .Standard}}{{.ImportPath}}{{end}}", "./...") {
		if dep != "" && !within(dep, modulePath) && dep != "github.com/google/uuid" {
			t.Errorf("the root module depends on %s", dep)
		}
	}
}

// The command does not link package testing, and starts PostgreSQL without Docker.
func TestCommandLinksNeitherTestingNorDocker(t *testing.T) {
	t.Parallel()
	modules(t)
	for _, dep := range goList(t, "cmd", "-deps", "./tasktwin") {
		if within(dep, "testing") || isDocker(dep) {
			t.Errorf("the command links %s", dep)
		}
	}
}

// Tests against PostgreSQL without Docker do not require Docker's modules.
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

// isDocker reports whether a package or module is a Docker client.
func isDocker(path string) bool {
	return within(path, "github.com/docker") || within(path, "github.com/moby") || within(path, "github.com/ory/dockertest/v3")
}

// within reports whether a package is root or below it.
func within(pkg, root string) bool { return pkg == root || strings.HasPrefix(pkg, root+"/") }

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
