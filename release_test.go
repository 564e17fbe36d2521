package tasktwin_test

import (
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// cloned returns a clone of the repository. With -short the test is skipped: programs
// do its work, which neither the race detector nor a module on its own changes.
func cloned(t *testing.T) string {
	t.Helper()
	if testing.Short() {
		t.Skip("make test, without -short, makes releases")
	}
	if _, err := os.Stat(".git"); err != nil {
		t.Skip("this is not a clone of the repository")
	}
	dir := filepath.Join(t.TempDir(), "clone")
	maintainer.run(t, ".", "git", "clone", "--quiet", "--no-tags", ".", dir)
	return dir
}

// released returns the folders of the modules that users require or install.
func released(t *testing.T) []string {
	t.Helper()
	unreleased := []string{"bench", "bench/unittests", "examples", "tools"}
	return slices.DeleteFunc(modules(t), func(dir string) bool { return slices.Contains(unreleased, dir) })
}

// releaseTags returns the tags of a release, as git sorts them.
func releaseTags(t *testing.T) []string {
	t.Helper()
	var tags []string
	for _, dir := range released(t) {
		tags = append(tags, path.Join(dir, "v0.98.7"))
	}
	slices.Sort(tags)
	return tags
}

func TestReleaseDryRunChangesNothing(t *testing.T) {
	t.Parallel()
	dir := cloned(t)
	out := maintainer.run(t, dir, "env", "DRY_RUN=1", "scripts/release.sh")
	var tags []string
	for _, tag := range regexp.MustCompile(`(?m)^tag (.*)$`).FindAllStringSubmatch(out, -1) {
		tags = append(tags, tag[1])
	}
	slices.Sort(tags)
	if !slices.Equal(tags, releaseTags(t)) {
		t.Errorf("announces the tags %v, want %v", tags, releaseTags(t))
	}
	for _, want := range []string{
		"+\tgithub.com/tasktwin/tasktwin v0.98.7\n", "+github.com/tasktwin/tasktwin v0.98.7 h1:", "+## [0.98.7] - 2",
	} {
		if !strings.Contains(out, want) {
			t.Errorf("%q is not shown:\n%s", want, out)
		}
	}
	if out := maintainer.run(t, dir, "git", "status", "--porcelain") + maintainer.run(t, dir, "git", "tag"); out != "" {
		t.Errorf("the dry run left:\n%s", out)
	}
}

func TestRelease(t *testing.T) {
	t.Parallel()
	dir := cloned(t)
	maintainer.run(t, dir, "scripts/release.sh")
	if tags := strings.Fields(maintainer.run(t, dir, "git", "tag")); !slices.Equal(tags, releaseTags(t)) {
		t.Errorf("tags are %v, want %v", tags, releaseTags(t))
	}
	if out := maintainer.run(t, dir, "git", "status", "--porcelain"); out != "" {
		t.Errorf("left uncommitted:\n%s", out)
	}
	for _, module := range modules(t) {
		mod := mustRead(t, filepath.Join(dir, module, "go.mod"))
		if module != "." && !strings.Contains(mod, "github.com/tasktwin/tasktwin v0.98.7") {
			t.Errorf("%s does not require the release:\n%s", module, mod)
		}
	}
	if changelog := mustRead(t, filepath.Join(dir, "CHANGELOG.md")); !strings.Contains(changelog, "## [Unreleased]\n\n## [0.98.7] - 2") {
		t.Errorf("the changelog is not dated:\n%s", changelog)
	}

	// Until the tags are pushed, nobody has the version. go list needs the modules
	// that go build needs.
	maintainer.run(t, dir, "env", append(slices.Clone(nothingPublished), "go", "list", "-deps", "./cmd/...", "./tools/...")...)
	maintainer.run(t, dir, "make", "check-mod")
	maintainer.run(t, dir, "go", "run", "./tools/modules", "alone", "-in", "pgdb", "build", "./...")

	if out, err := maintainer.try(t, dir, "scripts/release.sh"); err == nil || !strings.Contains(out, "is there already") {
		t.Errorf("a second release of the same version: %v\n%s", err, out)
	}
}

func TestReleaseRefusesVersions(t *testing.T) {
	t.Parallel()
	for _, version := range []string{"", "1.2.3", "v1.2", "v2.0.0", "v1.2.3; rm -rf /"} {
		out, err := maintainer.try(t, ".", "env", "DRY_RUN=1", "VERSION="+version, "scripts/release.sh")
		if err == nil || !strings.Contains(out, "it must be like v1.2.3") {
			t.Errorf("version %q: %v\n%s", version, err, out)
		}
	}
}
