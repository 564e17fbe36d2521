package main

import (
	"fmt"
	"slices"
	"strings"
)

// add adds a column or a constraint. Constraints, including those of a column,
// must have names.
func (t *table) add(item []string) error {
	var columns []string // the column itself
	switch strings.ToUpper(item[0]) {
	case "CONSTRAINT", "PRIMARY", "UNIQUE", "FOREIGN", "CHECK":
	default:
		columns = []string{unquote(item[0])}
		t.columns = append(t.columns, column{columns[0], item[1], contains(item, "NOT NULL"), contains(item, "GENERATED")})
	}
	name, depth, foreign := "", 0, false
	for i, token := range item {
		switch token {
		case "(":
			depth++
		case ")":
			depth--
		}
		if depth > 0 {
			continue
		}
		var kind constraintKind
		switch strings.ToUpper(token) {
		case "CONSTRAINT":
			name = unquote(item[i+1])
			continue
		case "PRIMARY", "UNIQUE":
			kind = unique
		case "FOREIGN":
			kind, foreign = foreignKey, true
		case "REFERENCES":
			if foreign {
				continue
			}
			kind = foreignKey
		case "CHECK":
			kind = check
		default:
			continue
		}
		if name == "" {
			return fmt.Errorf("%q has no name: write CONSTRAINT and a name before %s", strings.Join(item, " "), token)
		}
		t.constraints = append(t.constraints, newConstraint(name, kind, columns, item[i:]))
		name = ""
	}
	return nil
}

// newConstraint returns a constraint of a column, or of the columns in its text.
func newConstraint(name string, kind constraintKind, columns, text []string) constraint {
	c := constraint{name: name, kind: kind, columns: columns}
	if columns == nil {
		c.columns = inParentheses(text)
	}
	if i := slices.Index(text, "REFERENCES"); kind == foreignKey && i >= 0 {
		c.refersTo = unquote(text[i+1])
		c.cascades = contains(text[i:], "ON DELETE CASCADE")
		c.restricts = contains(text[i:], "ON DELETE RESTRICT")
	}
	return c
}

// alterColumn applies a change of a column. It returns false if it does not know
// the change.
func (t *table) alterColumn(name string, change []string) bool {
	i := slices.IndexFunc(t.columns, func(c column) bool { return c.name == name })
	if i < 0 {
		return false
	}
	switch c := &t.columns[i]; {
	case starts(change, "SET NOT NULL"):
		c.notNull = true
	case starts(change, "DROP NOT NULL"):
		c.notNull = false
	case starts(change, "TYPE"):
		c.typ = change[1]
	case starts(change, "SET DEFAULT"), starts(change, "DROP DEFAULT"):
	default:
		return false
	}
	return true
}

// dropColumn drops a column and the constraints on it.
func (t *table) dropColumn(name string) {
	t.columns = slices.DeleteFunc(t.columns, func(c column) bool { return c.name == name })
	t.constraints = slices.DeleteFunc(t.constraints, func(c constraint) bool { return slices.Contains(c.columns, name) })
}

func (t *table) drop(name string) {
	t.constraints = slices.DeleteFunc(t.constraints, func(c constraint) bool { return c.name == name })
}
