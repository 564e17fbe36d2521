package main

import (
	"slices"
	"strconv"
	"strings"
)

// dumpedTablesFile returns a file with the columns of each table of a dump, and with what
// returns their values.
func (p *project) dumpedTablesFile() string {
	var f file
	f.comment("tablesOf returns the tables of a dump in the order in which they were created, which is", "that of their foreign keys.")
	f.printf("func tablesOf(d *tasktwin.Dump) []dumpedTable {\nreturn []dumpedTable{\n")
	for _, t := range p.schema.tables {
		fields := fieldsIn(p.models, t.goName)
		key := t.primaryKey()
		if key == nil {
			p.problem("the table %s has no constraint %s_pkey, by which its rows are told apart", t.name, t.name)
		}
		f.printf("tableOf(%q, d.%s, []column{\n", t.name, goName(t.name))
		values := make([]string, len(fields))
		for i, field := range fields {
			values[i] = "r." + field.name
			n := slices.IndexFunc(t.columns, func(c column) bool {
				return goName(c.name) == field.name || strings.Contains(field.tag, strconv.Quote(c.name))
			})
			if n < 0 {
				p.problem("the table %s has no column for the field %s of %s", t.name, field.name, t.goName)
				continue
			}
			f.printf("{name: %q", t.columns[n].name)
			if slices.Contains(key, t.columns[n].name) {
				f.printf(", key: true")
			}
			if t.columns[n].generated {
				f.printf(", generated: true")
			}
			f.printf("},\n")
		}
		f.printf("}, func(r *tasktwin.%s) []any {\nreturn []any{\n%s,\n}\n}),\n", t.goName, strings.Join(values, ",\n"))
	}
	f.printf("}\n}\n")
	return source("", "tasktest", fromSchema, f.String())
}

// primaryKey returns the columns of the table's primary key, or nil.
func (t *table) primaryKey() []string {
	for _, c := range t.constraints {
		if c.name == t.name+"_pkey" {
			return c.columns
		}
	}
	return nil
}
