package main

import (
	"fmt"
	"slices"
	"strings"
)

func (p *project) nullFile() string {
	var f file
	f.printf("// The nullable enums, by the enums' names.\ntype (\n")
	for _, e := range p.schema.enums {
		f.printf("%s = sql.Null[tasktwin.%s]\n", e.goName, e.goName)
	}
	f.printf(")\n")
	doc := "// Package null names the instances of sql.Null that sqlc's code needs, which\n// cannot spell a generic type.\n"
	return source(doc, "null", fromSchema, f.String())
}

// forwardFile returns a file with the methods that call sqlc's code and convert
// the rows.
func (p *project) forwardFile() string {
	var f file
	for _, m := range p.querier {
		if p.pgdb.has(m.name) || len(m.params) != 1 {
			continue
		}
		f.comment(m.name + " implements [tasktwin.Querier].")
		f.printf("func (q queries) %s(ctx context.Context, %s %s) ", m.name, m.names[0], outside(m.params[0]))
		arg, check, access := p.argument(m), p.valid(m), p.access(m)
		if len(m.results) == 0 {
			f.printf("error {\nreturn q.run(ctx, %s, %s, func(s *sqlc.Queries) error { return s.%s(ctx, %s) })\n}\n\n", access, check, m.name, arg)
			continue
		}
		rows, row := "one", m.results[0]
		if element, ok := strings.CutPrefix(row, "[]"); ok {
			rows, row = "many", element
		}
		convert := "same"
		if fieldsIn(p.models, row) != nil {
			convert = "to" + row
		}
		f.printf("(%s, error) {\nreturn %s(ctx, q, %s, %s, (*sqlc.Queries).%s, %s, %s)\n}\n\n",
			outside(m.results[0]), rows, access, check, m.name, arg, convert)
	}
	return source("", "pgdb", fromQuerier, f.String())
}

// access returns whether a method's query may change rows, in pgdb's words. A query
// that begins with WITH may change rows anywhere.
func (p *project) access(m method) string {
	for _, word := range []string{"INSERT INTO", "UPDATE", "DELETE FROM", "MERGE INTO"} {
		if contains(p.queries[m.name].tokens, word) {
			return "writes"
		}
	}
	return "reads"
}

// fieldsIn returns the fields of the model with that name, or nil.
func fieldsIn(models []model, name string) []field {
	for _, m := range models {
		if m.name == name {
			return m.fields
		}
	}
	return nil
}

// fieldsOf returns the fields of a method's argument as the root package has
// them, or nil if it is not a struct.
func (p *project) fieldsOf(m method) []field { return p.fieldsNamed(m.params[0]) }

// fieldsNamed returns the fields of a type as the root package has them, or nil if
// it is not a struct.
func (p *project) fieldsNamed(typ string) []field {
	for _, models := range [][]model{p.params, p.models} {
		if fields := fieldsIn(models, typ); fields != nil {
			return fields
		}
	}
	return p.root.structs[typ]
}

// argument returns the expression that converts a method's argument for sqlc. A
// plain conversion is enough if the fields have the same order.
func (p *project) argument(m method) string {
	name, typ := m.names[0], m.params[0]
	fields, ok := p.sqlc.structs[typ]
	switch {
	case !ok:
		return name
	case slices.EqualFunc(fields, p.fieldsOf(m), func(a, b field) bool { return a.name == b.name }):
		return fmt.Sprintf("sqlc.%s(%s)", typ, name)
	}
	var values []string
	for _, f := range fields {
		values = append(values, fmt.Sprintf("%s: %s.%s", f.name, name, f.name))
	}
	return fmt.Sprintf("sqlc.%s{%s}", typ, strings.Join(values, ", "))
}

// valid returns the code that checks the enums of a method's argument.
func (p *project) valid(m method) string {
	values := []field{{name: m.names[0], typ: m.params[0]}}
	for _, f := range p.fieldsOf(m) {
		values = append(values, field{name: m.names[0] + "." + f.name, typ: f.typ})
	}
	var calls []string
	for _, v := range values {
		if p.enums[v.typ] {
			calls = append(calls, fmt.Sprintf("enums.Check(%s)", v.name))
		}
		if nullable, ok := strings.CutPrefix(v.typ, "sql.Null["); ok && p.enums[strings.TrimSuffix(nullable, "]")] {
			p.problem("%s: %s is an enum that may be NULL: write the method of pgdb by hand", m.name, v.name)
		}
	}
	switch len(calls) {
	case 0:
		return "nothing"
	case 1:
		return fmt.Sprintf("func() error { return %s }", calls[0])
	default:
		return fmt.Sprintf("func() error { return cmp.Or(%s) }", strings.Join(calls, ", "))
	}
}

func (p *project) rowsFile() string {
	var f file
	f.printf("// The rows, from sqlc's types to public ones: a plain conversion, and times in\n" +
		"// UTC, where pgx gives them in the local zone.\n\n")
	for _, m := range p.models {
		var times []string
		for _, field := range m.fields {
			switch field.typ {
			case "time.Time":
				times = append(times, fmt.Sprintf("utc(&out.%s)\n", field.name))
			case "sql.NullTime":
				times = append(times, fmt.Sprintf("nullUTC(&out.%s)\n", field.name))
			}
		}
		f.printf("func to%s(row sqlc.%s) tasktwin.%s {\n", m.name, m.name, m.name)
		if len(times) == 0 {
			f.printf("return tasktwin.%s(row)\n}\n\n", m.name)
			continue
		}
		f.printf("out := tasktwin.%s(row)\n%sreturn out\n}\n\n", m.name, strings.Join(times, ""))
	}
	return source("", "pgdb", fromQueries, f.String())
}

// scanEnumsFile has the types as which pgx scans enums.
func (p *project) scanEnumsFile() string {
	var f file
	f.printf("// enumDest returns a destination of an enum type as one that pgx supports, and nil\n" +
		"// for those of other types.\n" +
		"func enumDest(dest any) any {\nswitch d := dest.(type) {\n")
	for _, e := range p.schema.enums {
		f.printf("case *tasktwin.%s:\nreturn (*string)(d)\n", e.goName)
		f.printf("case *sql.Null[tasktwin.%s]:\nreturn (*nativeNullEnum[tasktwin.%s])(d)\n", e.goName, e.goName)
	}
	f.printf("}\nreturn nil\n}\n")
	return source("", "pgdb", fromSchema, f.String())
}

func (p *project) dumpTablesFile() string {
	var f file
	f.printf("// dumpSteps are what reads each table into d.\n" +
		"func dumpSteps(q *sqlc.Queries, d *tasktwin.Dump) []func(context.Context) error {\nreturn []func(context.Context) error{\n")
	for _, t := range p.schema.tables {
		name := goName(t.name)
		f.printf("dumpTable(%q, q.Dump%s, to%s, &d.%s),\n", t.name, name, t.goName, name)
	}
	f.printf("}\n}\n")
	return source("", "pgdb", fromSchema, f.String())
}

// loadTablesFile returns a file with the code that copies each table, without the
// columns that the server generates.
func (p *project) loadTablesFile() string {
	var f file
	f.printf("// copySteps are what copies each table of d, those without rows too: what the\n" +
		"// server refuses does not depend on whether there are any.\n" +
		"func copySteps(tx pgx.Tx, d *tasktwin.Dump) []func(context.Context) error {\nreturn []func(context.Context) error{\n")
	for _, t := range p.schema.tables {
		var generated strings.Builder
		for _, c := range t.columns {
			if c.generated {
				fmt.Fprintf(&generated, ", %q", c.name)
			}
		}
		f.printf("copyTable(tx, %q, d.%s%s),\n", t.name, goName(t.name), generated.String())
	}
	f.printf("}\n}\n")
	return source("", "pgdb", fromSchema, f.String())
}

// checkDumpFile returns a file with the code that checks the enums of a dump,
// except for those that the server generates.
func (p *project) checkDumpFile() string {
	var f file
	f.printf("// CheckDump returns the error of the first value outside of its enum type, by table,\n" +
		"// row and column. Columns that the database generates are not looked at.\n" +
		"func CheckDump(d *tasktwin.Dump) error {\n")
	for _, t := range p.schema.tables {
		var checks []string
		for i, field := range fieldsIn(p.models, t.goName) {
			if p.enums[field.typ] && !t.columns[i].generated {
				checks = append(checks, fmt.Sprintf("Check(r.%s)", field.name))
			}
		}
		switch len(checks) {
		case 0:
			continue
		case 1:
		default:
			checks[0] = fmt.Sprintf("cmp.Or(%s)", strings.Join(checks, ", "))
		}
		f.printf("for i := range d.%[1]s {\nr := &d.%[1]s[i]\nif err := %[2]s; err != nil {\nreturn err\n}\n}\n", goName(t.name), checks[0])
	}
	f.printf("return nil\n}\n")
	return source("", "enums", fromSchema, f.String())
}
