package tasktwin_test

import (
	"os"
	"os/exec"
	"strings"
	"testing"
)

// environment has the variables that programs are run with.
type environment []string

// maintainer is the environment of those who make releases. git takes its settings
// from nowhere else.
var maintainer = environment(append(os.Environ(), "VERSION=v0.98.7", "GOFLAGS=-buildvcs=false", "GOWORK=",
	"GIT_CONFIG_GLOBAL=/dev/null", "GIT_AUTHOR_NAME=a", "GIT_AUTHOR_EMAIL=a@example.com",
	"GIT_COMMITTER_NAME=a", "GIT_COMMITTER_EMAIL=a@example.com"))

// try runs a program in a folder and returns what it prints.
func (e environment) try(t *testing.T, dir, name string, args ...string) (string, error) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), name, args...)
	cmd.Dir = dir
	cmd.Env = e
	out, err := cmd.CombinedOutput()
	return string(out), err
}

// run is try for programs that must succeed.
func (e environment) run(t *testing.T, dir, name string, args ...string) string {
	t.Helper()
	out, err := e.try(t, dir, name, args...)
	if err != nil {
		t.Fatalf("%s %s: %v\n%s", name, strings.Join(args, " "), err, out)
	}
	return out
}

// mustRead returns the text of a file.
func mustRead(t *testing.T, name string) string {
	t.Helper()
	text, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}
