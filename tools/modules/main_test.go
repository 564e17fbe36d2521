package main

import (
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// small is a workspace of three modules, which are not in the order of their
// requirements. The last one has a replace and no requirement yet.
var small = map[string]string{
	"go.work": "go 1.26.0\n\nuse (\n\t./b\n\t.\n\t./b/c\n)\n\n" +
		"replace example.test/a/b v0.1.0 => ./b\n\nreplace example.test/a v0.1.0 => .\n",
	"go.mod":     "module example.test/a\n\ngo 1.26.0\n",
	"a.go":       "package a\n\nconst A = 1\n",
	"LICENSE":    "everybody may\n",
	"b/go.mod":   "module example.test/a/b\n\ngo 1.26.0\n\nrequire example.test/a v0.1.0\n",
	"b/go.sum":   "example.test/a v0.1.0 h1:old\nexample.test/a v0.1.0/go.mod h1:old\n",
	"b/b.go":     "package b\n\nimport \"example.test/a\"\n\nconst B = a.A\n",
	"b/c/go.mod": "module example.test/a/b/c\n\ngo 1.26.0\n\nreplace example.test/a => ../..\n",
	"b/c/c.go":   "package c\n\nimport \"example.test/a/b\"\n\nconst C = b.B\n",
}

// open writes files and returns them as a workspace that is tracked by git.
func open(t *testing.T, files map[string]string) *workspace {
	t.Helper()
	root := t.TempDir()
	for name, text := range files {
		name = filepath.Join(root, name)
		require.NoError(t, os.MkdirAll(filepath.Dir(name), 0o755))
		require.NoError(t, os.WriteFile(name, []byte(text), 0o600))
	}
	for _, args := range [][]string{{"init", "--quiet"}, {"add", "."}} {
		out, err := exec.CommandContext(t.Context(), "git", append([]string{"-C", root}, args...)...).CombinedOutput()
		require.NoError(t, err, string(out))
	}
	w, err := readWorkspace(root)
	require.NoError(t, err)
	return w
}

func read(t *testing.T, w *workspace, name string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(w.root, name))
	require.NoError(t, err)
	return string(text)
}

const tidied = "module example.test/a/b/c\n\ngo 1.26.0\n\nrequire example.test/a/b v0.1.0\n\nrequire example.test/a v0.1.0 // indirect\n"

func TestTidyRequiresSiblingsAtTheVersionOfTheWorkspace(t *testing.T) {
	t.Parallel()
	w := open(t, small)
	require.Error(t, w.alone(t.Context(), "b/c", false, []string{"mod", "tidy", "-diff"}))
	assert.Equal(t, small["b/c/go.mod"], read(t, w, "b/c/go.mod"), "nothing is kept without -write")

	w = open(t, small)
	require.NoError(t, w.alone(t.Context(), "", true, []string{"mod", "tidy"}))
	assert.Equal(t, tidied, read(t, w, "b/c/go.mod"))
	assert.Equal(t, small["b/go.mod"], read(t, w, "b/go.mod"))
	assert.Equal(t, small["b/go.sum"], read(t, w, "b/go.sum"), "the sums of a release stay")
	assert.Equal(t, small["go.work"], read(t, w, "go.work"))
	for _, name := range []string{"go.sum", "b/c/go.sum"} {
		assert.NoFileExists(t, filepath.Join(w.root, name))
	}

	w, err := readWorkspace(w.root)
	require.NoError(t, err)
	require.NoError(t, w.alone(t.Context(), "", false, []string{"mod", "tidy", "-diff"}))
}

func TestAloneUsesNoWorkspace(t *testing.T) {
	t.Parallel()
	w := open(t, small)
	require.NoError(t, w.alone(t.Context(), "b", false, []string{"build", "./..."}))
	require.Error(t, w.alone(t.Context(), "b/c", false, []string{"build", "./..."}), "it does not require what it imports")
	require.EqualError(t, w.alone(t.Context(), "d", false, []string{"build"}), `-in is "d": no module of go.work is there`)
}

func TestVersion(t *testing.T) {
	t.Parallel()
	files := maps.Clone(small)
	files["b/c/go.mod"] = tidied
	w := open(t, files)
	require.NoError(t, w.setVersion(t.Context(), "v0.2.0"))

	for name := range small {
		if base := filepath.Base(name); base == "go.mod" || base == "go.work" {
			assert.Equal(t, strings.ReplaceAll(files[name], "v0.1.0", "v0.2.0"), read(t, w, name), name)
		}
	}
	assert.NoFileExists(t, filepath.Join(w.root, "go.sum"))
	b, err := readSums(filepath.Join(w.root, "b/go.sum"))
	require.NoError(t, err)
	c, err := readSums(filepath.Join(w.root, "b/c/go.sum"))
	require.NoError(t, err)
	assert.Len(t, b, 2)
	assert.Len(t, c, 4)
	for v, sum := range b {
		assert.Contains(t, v.Version, "v0.2.0")
		assert.Equal(t, sum, c[v])
	}
}

// A change of any file of a module changes the sums of the module and of those
// that require it.
func TestVersionSumsWhatIsCommitted(t *testing.T) {
	t.Parallel()
	all := map[string]bool{}
	for _, changed := range []string{"", "a.go", "LICENSE", "b/b.go", "b/c/c.go"} {
		files := maps.Clone(small)
		files["b/c/go.mod"] = tidied
		if changed != "" {
			files[changed] += "\n"
		}
		w := open(t, files)
		require.NoError(t, os.WriteFile(filepath.Join(w.root, "untracked.go"), []byte(t.Name()), 0o600))
		require.NoError(t, w.setVersion(t.Context(), "v0.2.0"))
		all[read(t, w, "b/c/go.sum")] = true
	}
	assert.Len(t, all, 4, "only c itself is in no sum")
}

func TestRefuses(t *testing.T) {
	t.Parallel()
	for version, want := range map[string]string{
		"1.2.3": `the version is "1.2.3": it must be like v1.2.3`,
		"v1.2":  `the version is "v1.2": it must be like v1.2.3`,
	} {
		require.EqualError(t, open(t, small).setVersion(t.Context(), version), want)
	}
	circle := map[string]string{
		"go.work":  small["go.work"],
		"go.mod":   small["go.mod"] + "\nrequire example.test/a/b v0.1.0\n",
		"b/go.mod": small["b/go.mod"], "b/c/go.mod": small["b/c/go.mod"],
	}
	require.ErrorContains(t, open(t, circle).setVersion(t.Context(), "v0.2.0"), "requires itself through its siblings")

	name := filepath.Join(t.TempDir(), "go.sum")
	require.NoError(t, os.WriteFile(name, []byte("a b\n"), 0o600))
	_, err := readSums(name)
	require.ErrorContains(t, err, `has the line "a b\n", which is no sum`)
}
