package main

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
)

// doc is the comment of a Go type. It comes from an SQL comment: a paragraph that
// begins with the name of the type, and the comments of fields, which are
// indented by three spaces.
type doc struct {
	lines  []string
	fields []fieldDoc
}

type fieldDoc struct {
	field string
	lines []string
}

const (
	fieldIndent    = "   "
	continueIndent = "     "
)

var typePattern = regexp.MustCompile(`^ ([A-Z]\w*)`)

// docOf returns the first paragraph of a comment that begins with a wanted
// exported name, and that name.
func docOf(comment []string, wanted func(name string) bool) (d doc, name string) {
	for i, line := range comment {
		match := typePattern.FindStringSubmatch(line)
		if match == nil || !wanted(match[1]) || i > 0 && !endsSentence(comment[i-1]) {
			continue
		}
		name = match[1]
		for _, line := range comment[i:] {
			switch {
			case strings.TrimSpace(line) == "":
				return d, name
			case strings.HasPrefix(line, continueIndent) && len(d.fields) > 0:
				last := &d.fields[len(d.fields)-1]
				last.lines = append(last.lines, strings.TrimSpace(line))
			case strings.HasPrefix(line, fieldIndent):
				line = strings.TrimSpace(line)
				word, _, _ := strings.Cut(line, " ")
				d.fields = append(d.fields, fieldDoc{strings.TrimRight(word, ":,"), []string{line}})
			case len(d.fields) > 0:
				return d, name // another type begins
			default:
				d.lines = append(d.lines, strings.TrimPrefix(line, " "))
			}
		}
		return d, name
	}
	return d, ""
}

// endsSentence reports whether the comment of a type can begin after a line.
func endsSentence(line string) bool {
	return strings.TrimSpace(line) == "" || strings.HasSuffix(line, ".")
}

// order returns the fields in the order of the comment. Fields that the comment
// does not describe keep their places.
func (d doc) order(fields []field) []field {
	place := func(f field) int {
		return slices.IndexFunc(d.fields, func(described fieldDoc) bool { return described.field == f.name })
	}
	var described []field
	for _, f := range fields {
		if place(f) >= 0 {
			described = append(described, f)
		}
	}
	slices.SortFunc(described, func(a, b field) int { return place(a) - place(b) })
	out := slices.Clone(fields)
	for i, f := range fields {
		if place(f) >= 0 {
			out[i], described = described[0], described[1:]
		}
	}
	return out
}

// unknown returns the fields that the comment describes but that do not exist.
func (d doc) unknown(fields []field) []string {
	var out []string
	for _, f := range d.fields {
		if !slices.ContainsFunc(fields, func(there field) bool { return there.name == f.field }) {
			out = append(out, f.field)
		}
	}
	return out
}

// query is a query of pgdb/queries.
type query struct {
	comment []string
	tokens  []string
}

// readQueries returns the queries of a folder by name.
func readQueries(folder string) (map[string]query, error) {
	files, err := filepath.Glob(filepath.Join(folder, "*.sql"))
	if err != nil {
		return nil, err
	}
	out := map[string]query{}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			return nil, err
		}
		all, err := statements(string(text))
		if err != nil {
			return nil, fmt.Errorf("%s: %w", file, err)
		}
		for _, st := range all {
			if len(st.comment) == 0 || !strings.HasPrefix(st.comment[0], " name: ") {
				return nil, fmt.Errorf("%s: no comment such as -- name: ListTasks :many is directly above %q", file, strings.Join(st.tokens, " "))
			}
			out[strings.Fields(st.comment[0])[1]] = query{st.comment[1:], st.tokens}
		}
	}
	return out, nil
}
