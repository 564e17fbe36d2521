package tasktwin_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// command runs a program in a folder and returns what it prints. git takes its
// settings from nowhere else.
func command(t *testing.T, dir string, name string, args ...string) (string, error) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), name, args...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "VERSION=v0.98.7", "GOFLAGS=-buildvcs=false", "GOWORK=",
		"GIT_CONFIG_GLOBAL=/dev/null", "GIT_AUTHOR_NAME=a", "GIT_AUTHOR_EMAIL=a@example.com",
		"GIT_COMMITTER_NAME=a", "GIT_COMMITTER_EMAIL=a@example.com")
	out, err := cmd.CombinedOutput()
	return string(out), err
}

func mustRun(t *testing.T, dir string, name string, args ...string) string {
	t.Helper()
	out, err := command(t, dir, name, args...)
	if err != nil {
		t.Fatalf("%s %s: %v\n%s", name, strings.Join(args, " "), err, out)
	}
	return out
}

// cloned returns a clone of the repository.
func cloned(t *testing.T) string {
	t.Helper()
	if _, err := os.Stat(".git"); err != nil {
		t.Skip("this is not a clone of the repository")
	}
	dir := filepath.Join(t.TempDir(), "clone")
	mustRun(t, ".", "git", "clone", "--quiet", "--no-tags", ".", dir)
	return dir
}

// The module tools is for maintainers only: it gets no tag.
var releaseTags = []string{"bench/v0.98.7", "cmd/v0.98.7", "conformance/pgdocker/v0.98.7", "conformance/v0.98.7", "examples/v0.98.7", "pgdb/v0.98.7", "v0.98.7"}

func TestReleaseDryRunChangesNothing(t *testing.T) {
	t.Parallel()
	dir := cloned(t)
	out := mustRun(t, dir, "env", "DRY_RUN=1", "scripts/release.sh")
	for _, tag := range releaseTags {
		if !strings.Contains(out, "tag "+tag+"\n") {
			t.Errorf("the tag %s is not announced:\n%s", tag, out)
		}
	}
	if !strings.Contains(out, "-replace github.com/tasktwin/tasktwin => ../") {
		t.Errorf("the dropped replaces are not shown:\n%s", out)
	}
	if strings.Contains(out, "tools/"+releaseTags[len(releaseTags)-1]+"\n") {
		t.Errorf("the module tools is tagged:\n%s", out)
	}
	if out := mustRun(t, dir, "git", "status", "--porcelain") + mustRun(t, dir, "git", "tag"); out != "" {
		t.Errorf("the dry run left:\n%s", out)
	}
}

func TestRelease(t *testing.T) {
	t.Parallel()
	dir := cloned(t)
	mustRun(t, dir, "scripts/release.sh")
	if tags := strings.Fields(mustRun(t, dir, "git", "tag")); strings.Join(tags, " ") != strings.Join(releaseTags, " ") {
		t.Errorf("tags are %v, want %v", tags, releaseTags)
	}
	if out := mustRun(t, dir, "git", "status", "--porcelain"); out != "" {
		t.Errorf("left uncommitted:\n%s", out)
	}
	for _, module := range []string{".", "bench", "cmd", "conformance", "conformance/pgdocker", "examples", "pgdb"} {
		mod, err := os.ReadFile(filepath.Join(dir, module, "go.mod"))
		if err != nil {
			t.Fatal(err)
		}
		if strings.Contains(string(mod), "replace") {
			t.Errorf("%s has replaces:\n%s", module, mod)
		}
		if module != "." && !strings.Contains(string(mod), "github.com/tasktwin/tasktwin v0.98.7") {
			t.Errorf("%s does not require the release:\n%s", module, mod)
		}
	}
	// What is not released follows its siblings in the same folder.
	tools, err := os.ReadFile(filepath.Join(dir, "tools", "go.mod"))
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"tasktwin/conformance => ../conformance", "tasktwin/conformance v0.98.7"} {
		if !strings.Contains(string(tools), want) {
			t.Errorf("tools does not have %q:\n%s", want, tools)
		}
	}
	changelog, err := os.ReadFile(filepath.Join(dir, "CHANGELOG.md"))
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(changelog), "## [Unreleased]\n\n## [0.98.7] - 2") {
		t.Errorf("the changelog is not dated:\n%s", changelog)
	}

	if out, err := command(t, dir, "scripts/release.sh"); err == nil || !strings.Contains(out, "is there already") {
		t.Errorf("a second release of the same version: %v\n%s", err, out)
	}
}

func TestReleaseRefusesVersions(t *testing.T) {
	t.Parallel()
	for _, version := range []string{"", "1.2.3", "v1.2", "v2.0.0", "v1.2.3; rm -rf /"} {
		out, err := command(t, ".", "env", "DRY_RUN=1", "VERSION="+version, "scripts/release.sh")
		if err == nil || !strings.Contains(out, "it must be like v1.2.3") {
			t.Errorf("version %q: %v\n%s", version, err, out)
		}
	}
}
