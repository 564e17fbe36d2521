package main

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
)

// doc is the comment of a type in Go. It comes from a comment in SQL: a paragraph
// that begins with the type's name, and, by three spaces, those of fields.
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

// docOf returns the first paragraph of a comment that begins with an exported name
// which is wanted, and the name.
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
				return d, name // another type's
			default:
				d.lines = append(d.lines, strings.TrimPrefix(line, " "))
			}
		}
		return d, name
	}
	return d, ""
}

// endsSentence reports whether a type's comment can follow a line.
func endsSentence(line string) bool {
	return strings.TrimSpace(line) == "" || strings.HasSuffix(line, ".")
}

// order returns the fields as the comment has them: those that it describes stand
// in its order, at the places that they have among all.
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

// unknown returns the fields that the comment describes and that are not there.
func (d doc) unknown(fields []field) []string {
	var out []string
	for _, f := range d.fields {
		if !slices.ContainsFunc(fields, func(there field) bool { return there.name == f.field }) {
			out = append(out, f.field)
		}
	}
	return out
}

var queryPattern = regexp.MustCompile(`(?m)^-- name: (\w+) :\w+\n((?:--.*\n)*)`)

// readQueryComments returns the lines of the comment of each query in a folder.
func readQueryComments(folder string) (map[string][]string, error) {
	files, err := filepath.Glob(filepath.Join(folder, "*.sql"))
	if err != nil {
		return nil, err
	}
	out := map[string][]string{}
	for _, file := range files {
		text, err := os.ReadFile(file) //nolint:gosec // the folder is the caller's
		if err != nil {
			return nil, err
		}
		for _, match := range queryPattern.FindAllStringSubmatch(string(text), -1) {
			for line := range strings.Lines(match[2]) {
				out[match[1]] = append(out[match[1]], strings.TrimSuffix(strings.TrimPrefix(line, "--"), "\n"))
			}
		}
	}
	return out, nil
}
