package main

import (
	"fmt"
	"slices"
	"strings"
)

// tasktestCopies are the copies that tasktest makes besides those of the rows that it
// inserts.
var tasktestCopies = []struct{ function, does, from, to string }{
	{"taskOf", "returns the row of a task that is inserted.", "InsertTaskParams", "Task"},
	{"jobOf", "returns the row of a job that is inserted, without its generated column.", "InsertProvisionerJobParams", "ProvisionerJob"},
	{"taskIn", "returns the task of a row of the view.", "TaskWithStatus", "Task"},
	{"updateOf", "returns the parameters that leave a job as it is.", "ProvisionerJob", "UpdateProvisionerJobByIDParams"},
}

// insertRowsFile returns a file with what inserts the rows of each table, and with the
// copies between rows and parameters. A table whose rows need more than one statement has a
// function by hand, such as insertTasks.
func (p *project) insertRowsFile() string {
	var f, copies file
	f.comment("insertSteps are what inserts the rows of each table of d.")
	f.printf("func insertSteps(tx tasktwin.Store, d *tasktwin.Dump) []func(context.Context) error {\nreturn []func(context.Context) error{\n")
	for _, t := range p.schema.tables {
		rows := goName(t.name)
		byHand := p.tasktest.has("insert" + rows)
		if byHand {
			f.printf("insert%s(tx, d.%s),\n", rows, rows)
		}
		m, ok := p.inserts(t)
		switch {
		case ok:
		case byHand:
			continue
		default:
			p.problem("the table %s has no method Insert%[2]s or Upsert%[2]s in querier.go, which takes parameters of that name: "+
				"write it, or write the function insert%s of tasktest by hand", t.name, t.goName, rows)
			continue
		}
		params := lowerFirst(m.params[0])
		p.copyFields(&copies, params, fmt.Sprintf("returns the parameters that store a row of %s.", t.name), t.goName, m.params[0])
		if byHand {
			continue
		}
		query := "tx." + m.name
		if len(m.results) == 0 {
			query = fmt.Sprintf("noRow(%s)", query)
		}
		f.printf("each(%q, %s, d.%s, %s),\n", m.name, query, rows, params)
	}
	f.printf("}\n}\n\n")
	for _, c := range tasktestCopies {
		p.copyFields(&copies, c.function, c.does, c.from, c.to)
	}
	return source("", "tasktest", fromAll, f.String()+copies.String())
}

// inserts returns the method that stores a row of a table.
func (p *project) inserts(t *table) (method, bool) {
	i := slices.IndexFunc(p.querier, func(m method) bool {
		return (m.name == "Insert"+t.goName || m.name == "Upsert"+t.goName) && slices.Equal(m.params, []string{m.name + "Params"})
	})
	if i < 0 {
		return method{}, false
	}
	return p.querier[i], true
}

// copyFields writes a function that copies the fields that two types have in common, unless it is
// written by hand. Parameters must get all their fields.
func (p *project) copyFields(f *file, function, does, from, to string) {
	has, wants := p.fieldsNamed(from), p.fieldsNamed(to)
	if p.tasktest.has(function) || has == nil || wants == nil {
		return
	}
	f.comment(function + " " + does)
	f.printf("func %s(r tasktwin.%s) tasktwin.%s {\n", function, from, to)
	if slices.EqualFunc(has, wants, func(a, b field) bool { return a.name == b.name && a.typ == b.typ }) {
		f.printf("return tasktwin.%s(r)\n}\n\n", to)
		return
	}
	f.printf("return tasktwin.%s{\n", to)
	for _, want := range wants {
		switch {
		case slices.ContainsFunc(has, func(field field) bool { return field.name == want.name }):
			f.printf("%[1]s: r.%[1]s,\n", want.name)
		case strings.HasSuffix(to, "Params"):
			p.problem("%s has a field %s, and %s has no column of that name: rename it, or write the function %s of tasktest by hand",
				to, want.name, from, function)
		}
	}
	f.printf("}\n}\n\n")
}
