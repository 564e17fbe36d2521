package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// schema has the objects that the migrations create, in the order of their
// creation.
type schema struct {
	enums  []*enum
	tables []*table
	views  []*table
}

type enum struct {
	name, goName string
	doc          doc
	values       []string
}

// table is a table or a view.
type table struct {
	name, goName string
	doc          doc
	columns      []column
	constraints  []constraint
}

type column struct {
	name, typ string
	notNull   bool
	generated bool
}

type constraintKind int

const (
	unique constraintKind = iota
	foreignKey
	check
)

type constraint struct {
	name    string
	kind    constraintKind
	columns []string // for a check, every word in it
	// refersTo is the table to which a foreign key refers. A foreign key may cascade
	// deletions from it, or restrict them, which is another error than NO ACTION's.
	refersTo  string
	cascades  bool
	restricts bool
}

// readSchema applies the SQL of folders: the migrations and the views.
func readSchema(folders ...string) (*schema, error) {
	var files []string
	for _, folder := range folders {
		more, err := filepath.Glob(filepath.Join(folder, "*.sql"))
		if err != nil {
			return nil, err
		}
		files = append(files, more...)
	}
	s := &schema{}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			return nil, err
		}
		if err := s.migrate(string(text)); err != nil {
			return nil, fmt.Errorf("%s: %w", file, err)
		}
	}
	return s, nil
}

// migrate applies the Up part of a migration.
func (s *schema) migrate(text string) error {
	up, _, _ := strings.Cut(text, "-- +goose Down")
	all, err := statements(up)
	if err != nil {
		return err
	}
	for _, st := range all {
		if err := s.apply(st); err != nil {
			return fmt.Errorf("%s: %w", strings.Join(st.tokens[:min(len(st.tokens), 3)], " "), err)
		}
	}
	return nil
}

var errUnknown = errors.New("tools/gen does not know what this statement does: teach it in schema.go")

// apply applies a statement. It also knows statements that change no name and no
// type, so that an unknown statement, which might have an effect, is an error.
func (s *schema) apply(st statement) error {
	t := st.tokens
	switch {
	case starts(t, "CREATE TYPE"):
		return s.createEnum(st)
	case starts(t, "ALTER TYPE"):
		return s.addValue(t)
	case starts(t, "CREATE TABLE"):
		created, err := newTable(skip(t[2:], "IF NOT EXISTS")[0], st.comment)
		if err != nil {
			return err
		}
		s.tables = append(s.tables, created)
		for _, item := range parts(inParentheses(t)) {
			if err := created.add(item); err != nil {
				return err
			}
		}
		return nil
	case starts(t, "ALTER TABLE"):
		return s.alterTable(skip(t[2:], "ONLY"))
	case starts(t, "CREATE VIEW"):
		return s.createView(t[2], st.comment)
	case starts(t, "CREATE OR REPLACE VIEW"):
		return s.createView(t[4], st.comment)
	case starts(t, "CREATE UNIQUE INDEX"):
		t = skip(t[3:], "CONCURRENTLY", "IF NOT EXISTS")
		on := s.table(skip(t[2:], "ONLY")[0])
		if on == nil {
			return errUnknown
		}
		on.constraints = append(on.constraints, constraint{name: unquote(t[0]), kind: unique, columns: inParentheses(t)})
		return nil
	case starts(t, "DROP INDEX"):
		for _, t := range s.tables {
			for _, name := range parts(skip(st.tokens[2:], "CONCURRENTLY", "IF EXISTS")) {
				t.drop(unquote(name[0]))
			}
		}
		return nil
	case starts(t, "DROP VIEW"), starts(t, "CREATE INDEX"), starts(t, "UPDATE"), starts(t, "INSERT"), starts(t, "DELETE"):
		return nil // a view is dropped to be created again
	}
	return errUnknown
}

func (s *schema) createEnum(st statement) error {
	if !starts(st.tokens[3:], "AS ENUM") {
		return errUnknown
	}
	d, name := docOf(st.comment, func(string) bool { return true })
	if name == "" {
		return noComment(unquote(st.tokens[2]))
	}
	e := &enum{name: unquote(st.tokens[2]), goName: name, doc: d}
	for _, value := range parts(inParentheses(st.tokens)) {
		e.values = append(e.values, unquote(value[0]))
	}
	s.enums = append(s.enums, e)
	return nil
}

// addValue applies ALTER TYPE e ADD VALUE 'v' BEFORE 'w'.
func (s *schema) addValue(t []string) error {
	i := slices.IndexFunc(s.enums, func(e *enum) bool { return e.name == unquote(t[2]) })
	if i < 0 || !starts(t[3:], "ADD VALUE") {
		return errUnknown
	}
	e := s.enums[i]
	t = skip(t[5:], "IF NOT EXISTS")
	at := len(e.values)
	if len(t) == 3 {
		at = slices.Index(e.values, unquote(t[2]))
		if at < 0 {
			return fmt.Errorf("%s has no value %s", e.name, t[2])
		}
		if starts(t[1:], "AFTER") {
			at++
		}
	}
	e.values = slices.Insert(e.values, at, unquote(t[0]))
	return nil
}

func (s *schema) alterTable(t []string) error {
	changed := s.table(t[0])
	if changed == nil {
		return errUnknown
	}
	for _, action := range parts(t[1:]) {
		switch {
		case starts(action, "ADD"):
			if err := changed.add(skip(action[1:], "COLUMN", "IF NOT EXISTS")); err != nil {
				return err
			}
		case starts(action, "DROP CONSTRAINT"):
			changed.drop(unquote(skip(action[2:], "IF EXISTS")[0]))
		case starts(action, "DROP COLUMN"):
			changed.dropColumn(unquote(skip(action[2:], "IF EXISTS")[0]))
		case starts(action, "ALTER COLUMN"):
			if !changed.alterColumn(unquote(action[2]), action[3:]) {
				return errUnknown
			}
		default:
			return errUnknown
		}
	}
	return nil
}

func (s *schema) createView(name string, comment []string) error {
	created, err := newTable(name, comment)
	if i := slices.IndexFunc(s.views, func(v *table) bool { return v.name == unquote(name) }); i >= 0 {
		if err == nil {
			s.views[i] = created
		}
		return nil // one that is made again keeps its comment
	}
	s.views = append(s.views, created)
	return err
}

func (s *schema) table(name string) *table {
	for _, t := range s.tables {
		if t.name == unquote(name) {
			return t
		}
	}
	return nil
}

func newTable(name string, comment []string) (*table, error) {
	name = unquote(name)
	d, goName := docOf(comment, func(string) bool { return true })
	if goName == "" {
		return nil, noComment(name)
	}
	return &table{name: name, goName: goName, doc: d}, nil
}

func noComment(name string) error {
	example := goName(strings.TrimSuffix(name, "s"))
	return fmt.Errorf("no comment above it begins with its name in Go, such as -- %s is a row of %s", example, name)
}
