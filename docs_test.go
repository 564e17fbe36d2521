package tasktwin_test

import (
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/tasktwin/tasktwin"
)

// documents returns the text of each Markdown file, by its path.
func documents(t *testing.T) map[string]string {
	t.Helper()
	texts := map[string]string{}
	for _, pattern := range []string{"*.md", "docs/*.md"} {
		files, err := filepath.Glob(pattern)
		if err != nil {
			t.Fatal(err)
		}
		for _, file := range files {
			texts[file] = mustRead(t, file)
		}
	}
	if len(texts) == 0 {
		t.Skip("there are no documents")
	}
	return texts
}

var linkPattern = regexp.MustCompile(`\]\(([^)#:]+)(#[^)]*)?\)`)

func TestLinksLeadSomewhere(t *testing.T) {
	t.Parallel()
	for file, text := range documents(t) {
		for _, link := range linkPattern.FindAllStringSubmatch(text, -1) {
			if _, err := os.Stat(filepath.Join(filepath.Dir(file), link[1])); err != nil {
				t.Errorf("%s links to %s: %v", file, link[1], err)
			}
		}
	}
}

var (
	makePattern   = regexp.MustCompile("`make ([a-z-]+)")
	targetPattern = regexp.MustCompile(`(?m)^([a-z-]+):.*## `)
)

func TestMakeTargetsExist(t *testing.T) {
	t.Parallel()
	makefile, err := os.ReadFile("Makefile")
	if err != nil {
		t.Skip(err)
	}
	var targets []string
	for _, target := range targetPattern.FindAllStringSubmatch(string(makefile), -1) {
		targets = append(targets, target[1])
	}
	for file, text := range documents(t) {
		for _, use := range makePattern.FindAllStringSubmatch(text, -1) {
			if !slices.Contains(targets, use[1]) {
				t.Errorf("%s mentions make %s, which is not a target with help", file, use[1])
			}
		}
	}
}

// maxLine is the length of a line, in characters, from which on text is hard to read and to
// review.
const maxLine = 140

// The lines of text end in time. Tables and blocks of code cannot be wrapped.
func TestLinesEndInTime(t *testing.T) {
	t.Parallel()
	for file, text := range documents(t) {
		inCode := false
		for i, line := range strings.Split(text, "\n") {
			if strings.HasPrefix(strings.TrimSpace(line), "```") {
				inCode = !inCode
			}
			if length := utf8.RuneCountInString(line); length > maxLine && !inCode && !strings.HasPrefix(line, "|") {
				t.Errorf("%s:%d has %d characters: wrap it at %d", file, i+1, length, maxLine)
			}
		}
	}
}

var codePattern = regexp.MustCompile("(?s)<!-- ([^ ]+) -->\n```go\n(.*?)```")

// Each block of Go in a document is part of the test file that the comment above it names.
func TestCodeInDocumentsRuns(t *testing.T) {
	t.Parallel()
	for file, text := range documents(t) {
		if all, named := strings.Count(text, "```go\n"), len(codePattern.FindAllString(text, -1)); all != named {
			t.Errorf("%d of %d blocks of code in %s name their file", named, all, file)
		}
		for _, block := range codePattern.FindAllStringSubmatch(text, -1) {
			if !strings.Contains(mustRead(t, block[1]), block[2]) {
				t.Errorf("%s does not have this code of %s:\n%s", block[1], file, block[2])
			}
		}
	}
}

// go doc does not show methods that are embedded from an unexported interface.
func TestGoDocShowsEveryMethod(t *testing.T) {
	t.Parallel()
	for _, typ := range []reflect.Type{
		reflect.TypeFor[tasktwin.Querier](), reflect.TypeFor[tasktwin.Dumper](), reflect.TypeFor[tasktwin.Loader](),
		reflect.TypeFor[tasktwin.TaskIterator](), reflect.TypeFor[tasktwin.BatchInserter](),
	} {
		out := maintainer.run(t, ".", "go", "doc", ".", typ.Name())
		for method := range typ.Methods() {
			comment := regexp.MustCompile(`(?m)^\s+// ` + method.Name + ` .*\n(\s+//.*\n)*\s+` + method.Name + `\(`)
			if !comment.MatchString(out) {
				t.Errorf("go doc %s does not show %s with its comment", typ.Name(), method.Name)
			}
		}
	}
}
