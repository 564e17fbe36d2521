package main

import (
	"fmt"
	"slices"
	"strings"
)

const (
	fromSchema  = "pgdb/migrations"
	fromQueries = "pgdb/migrations and pgdb/queries"
	fromQuerier = "querier.go"
	fromAll     = "pgdb/migrations, pgdb/queries and querier.go"
)

func (p *project) enumsFile() string {
	var f file
	for _, e := range p.schema.enums {
		p.enum(&f, e)
	}
	return source("", "tasktwin", fromSchema, f.String())
}

func (p *project) enum(f *file, e *enum) {
	name, values := e.goName, lowerFirst(e.goName)+"Values"
	f.comment(e.doc.lines...)
	f.printf("type %s string\n\n// The values of %s, in the enum's order.\nconst (\n", name, name)
	for _, v := range e.values {
		f.printf("%s%s %s = %q\n", name, goName(v), name, v)
	}
	f.printf(")\n\nvar %s = []%s{\n", values, name)
	for _, v := range e.values {
		f.printf("%s%s,\n", name, goName(v))
	}
	f.printf(`}

// All%[1]sValues returns the values of %[1]s in the enum's order, in a new slice.
func All%[1]sValues() []%[1]s { return slices.Clone(%[2]s) }

// Valid reports whether e is one of the enum's values.
func (e %[1]s) Valid() bool { return slices.Contains(%[2]s, e) }

// TypeName returns the name of the PostgreSQL type: %[3]s.
func (%[1]s) TypeName() string { return %[3]q }

`, name, values, e.name)
}

// constraintTypes describes the kinds of constraints, indexed by constraintKind.
var constraintTypes = [...]struct{ typ, prefix, doc string }{
	unique:     {"UniqueConstraint", "Unique", "is the name of a primary key, a unique constraint or a unique index."},
	foreignKey: {"ForeignKeyConstraint", "FK", "is the name of a foreign key."},
	check:      {"CheckConstraint", "Check", "is the name of a check constraint."},
}

func (p *project) constraintsFile() string {
	var f file
	for kind, c := range constraintTypes {
		f.comment(c.typ + " " + c.doc)
		f.printf("type %s string\n\n", c.typ)
		f.comment(fmt.Sprintf("The values of %s, in the schema's order, which is the order of detection.", c.typ))
		f.printf("const (\n")
		for _, t := range p.schema.tables {
			for _, has := range t.constraints {
				if has.kind == constraintKind(kind) {
					f.printf("%s%s %s = %q\n", c.prefix, goName(has.name), c.typ, has.name)
				}
			}
		}
		f.printf(")\n\n")
	}
	return source("", "tasktwin", fromSchema, f.String())
}

func (p *project) modelsFile() string {
	var f file
	for _, m := range p.models {
		m.write(&f)
	}
	f.comment("Dump is every row of every table, each table by its primary key.")
	f.printf("type Dump struct {\n")
	for _, t := range p.schema.tables {
		f.printf("%s []%s `json:%q`\n", goName(t.name), t.goName, t.name)
	}
	f.printf("}\n")
	return source("", "tasktwin", fromQueries, f.String())
}

func (p *project) paramsFile() string {
	var f file
	for _, m := range p.params {
		m.write(&f)
	}
	return source("", "tasktwin", fromQueries, f.String())
}

func (m model) write(f *file) {
	f.comment(m.doc...)
	f.printf("type %s struct {\n", m.name)
	for _, field := range m.fields {
		f.comment(m.docs[field.name]...)
		f.printf("%s %s %s\n", field.name, field.typ, field.tag)
	}
	f.printf("}\n\n")
	if slices.ContainsFunc(m.fields, ownJSON) {
		f.printf("// MarshalJSON returns the row as JSON, NULL as null.\n"+
			"func (r %[1]s) MarshalJSON() ([]byte, error) { return marshalRow(r) }\n\n"+
			"// UnmarshalJSON reads what MarshalJSON returns.\n"+
			"func (r *%[1]s) UnmarshalJSON(text []byte) error { return unmarshalRow(text, r) }\n\n", m.name)
	}
}

// ownJSON reports whether the values of a field have a JSON form in rows that
// encoding/json does not produce: fields that may be NULL, and jsonb.
func ownJSON(f field) bool { return strings.HasPrefix(f.typ, "sql.Null") || f.typ == "json.RawMessage" }
