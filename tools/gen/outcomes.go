package main

import (
	"slices"
	"strings"
)

// queryOutcomes returns the outcomes of a query that are possible because of the
// constraints on what it writes, in conformance's notation: a SQLSTATE with a
// constraint or a column.
func (p *project) queryOutcomes(t []string) []string {
	switch {
	case starts(t, "INSERT INTO"):
		return p.schema.insertOutcomes(p.schema.table(t[2]), t)
	case starts(t, "UPDATE"):
		return p.schema.updateOutcomes(p.schema.table(t[1]), t)
	case starts(t, "DELETE FROM"):
		return p.schema.deleteOutcomes(p.schema.table(t[2]), map[*table]bool{})
	}
	return nil
}

// insertOutcomes returns the outcomes of inserting a row with values in the
// columns that the statement names. The constraint of ON CONFLICT cannot be
// violated.
func (s *schema) insertOutcomes(t *table, statement []string) []string {
	if t == nil {
		return nil
	}
	written := inParentheses(statement)
	var conflict []string
	if i := slices.Index(statement, "CONFLICT"); i >= 0 {
		conflict = inParentheses(statement[i:])
	}
	out := t.valueOutcomes(written)
	for _, c := range t.constraints {
		if c.kind != unique || !slices.Equal(c.columns, conflict) {
			out = append(out, c.outcome())
		}
	}
	return out
}

// updateOutcomes returns the outcomes of setting the columns that the statement
// names.
func (s *schema) updateOutcomes(t *table, statement []string) []string {
	if t == nil {
		return nil
	}
	end := slices.IndexFunc(statement, func(token string) bool {
		return strings.EqualFold(token, "FROM") || strings.EqualFold(token, "WHERE") || strings.EqualFold(token, "RETURNING")
	})
	if end < 0 {
		end = len(statement)
	}
	var written []string
	for _, set := range parts(statement[3:end]) {
		written = append(written, unquote(set[0]))
	}
	out := t.valueOutcomes(written)
	for _, c := range t.constraints {
		if slices.ContainsFunc(c.columns, func(column string) bool { return slices.Contains(written, column) }) {
			out = append(out, c.outcome())
		}
	}
	return out
}

// deleteOutcomes returns the outcomes that are caused by rows that refer to a
// table, or to rows that are deleted with its rows.
func (s *schema) deleteOutcomes(t *table, seen map[*table]bool) []string {
	if t == nil || seen[t] {
		return nil
	}
	seen[t] = true
	var out []string
	for _, child := range s.tables {
		for _, c := range child.constraints {
			switch {
			case c.refersTo != t.name:
			case c.cascades:
				out = append(out, s.deleteOutcomes(child, seen)...)
			case c.restricts: // from PostgreSQL 18 on with a code of its own
				out = append(out, "23001/"+c.outcome())
			default:
				out = append(out, c.outcome())
			}
		}
	}
	return out
}

// valueOutcomes returns the outcomes of invalid values: text that is too long,
// and NULL. For a column that is NOT NULL, the only Go type that can hold NULL is
// that of JSON.
func (t *table) valueOutcomes(written []string) []string {
	var out []string
	for _, c := range t.columns {
		switch {
		case !slices.Contains(written, c.name):
		case strings.EqualFold(c.typ, "varchar"):
			out = append(out, "22001")
		case strings.EqualFold(c.typ, "jsonb") && c.notNull:
			out = append(out, "23502 "+c.name)
		}
	}
	return out
}

func (c constraint) outcome() string {
	return [...]string{unique: "23505 ", foreignKey: "23503 ", check: "23514 "}[c.kind] + c.name
}
