package scripts

import (
	"regexp"
	"strings"
)

// waitsFor is a line that says for whom a session waits: that of the step above it
// where it names none.
var waitsFor = regexp.MustCompile(`^  (?:(\w+) )?waits for .*$`)

// answers is a line with the answer to an earlier step of another session.
var answers = regexp.MustCompile(`^  (\w+): \w+ -> `)

// reasons are those that errors 40001 have in PostgreSQL's messages.
var reasons = regexp.MustCompile(`(error 40001) \(.*\)`)

// Comparable returns what engines have to agree on of a file with answers: all but for
// whom a session waits, where it waits for several one after the other, and the words
// of messages.
func Comparable(text string) string {
	var b strings.Builder
	waiting := map[string]bool{}
	session := ""
	for line := range strings.Lines(text) {
		line = strings.TrimSuffix(line, "\n")
		if match := waitsFor.FindStringSubmatch(line); match != nil {
			name := match[1]
			if name == "" {
				name = session
			}
			if waiting[name] {
				continue
			}
			waiting[name] = true
			line = "  " + name + " waits"
		}
		if name, _, ok := strings.Cut(strings.TrimSpace(line), ": "); ok {
			if match := answers.FindStringSubmatch(line); match != nil {
				waiting[match[1]] = false
			} else {
				session = name
			}
		}
		b.WriteString(reasons.ReplaceAllString(line, "$1") + "\n")
	}
	return b.String()
}

// ofVersion returns what a major of PostgreSQL has in common with those with which the files were
// recorded. From 19 on a 40001 for a parent that was deleted says so, and not that it was updated.
func ofVersion(major int, text string) string {
	if major < 19 {
		return text
	}
	return reasons.ReplaceAllString(text, "$1")
}

// restricted is a refusal by ON DELETE RESTRICT as PostgreSQL has it from 18 on.
var restricted = regexp.MustCompile(`error 23001 (.*) is referenced from`)

// asRecorded returns the answers of a newer PostgreSQL as that with which the files
// were recorded gives them.
func asRecorded(text string) string {
	return restricted.ReplaceAllString(text, "error 23503 $1 is still referenced from")
}
