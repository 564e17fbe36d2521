package main

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"
)

// project has the inputs of the generator.
type project struct {
	schema   *schema
	querier  []method
	queries  map[string]query
	sqlc     *code
	root     *code // written by hand
	pgdb     *code // written by hand
	tasktest *code // written by hand
	enums    map[string]bool
	// models are the types of rows, and params are the types of arguments, in order.
	models, params []model
	problems       []error
}

// model is a struct of the root package that sqlc generates, too.
type model struct {
	name   string
	doc    []string
	fields []field
	docs   map[string][]string
}

func load(root string) (*project, error) {
	p := &project{enums: map[string]bool{}}
	var err error
	read := func(f func() error) {
		if err == nil {
			err = f()
		}
	}
	pgdb := filepath.Join(root, "pgdb")
	read(func() (err error) {
		p.schema, err = readSchema(filepath.Join(pgdb, "migrations"), filepath.Join(pgdb, "views"))
		return err
	})
	read(func() (err error) { p.queries, err = readQueries(filepath.Join(pgdb, "queries")); return err })
	read(func() (err error) { p.querier, err = readQuerier(filepath.Join(root, "querier.go")); return err })
	read(func() (err error) {
		p.sqlc, err = readCode(filepath.Join(pgdb, "internal", "sqlc"), "Queries", true)
		return err
	})
	read(func() (err error) { p.root, err = readCode(root, "", false); return err })
	read(func() (err error) { p.pgdb, err = readCode(pgdb, "queries", false); return err })
	read(func() (err error) { p.tasktest, err = readCode(filepath.Join(root, "tasktest"), "", false); return err })
	if err != nil {
		return nil, err
	}
	p.addModels()
	p.checkQuerier()
	return p, nil
}

func (p *project) problem(format string, args ...any) {
	p.problems = append(p.problems, fmt.Errorf(format, args...))
}

// addModels adds the types of rows and of arguments.
func (p *project) addModels() {
	for _, e := range p.schema.enums {
		p.enums[e.goName] = true
		if !p.sqlc.types[e.goName] {
			p.problem("the type %s: its comment in pgdb/migrations begins with %s, but sqlc calls it something else", e.name, e.goName)
		}
	}
	for _, t := range slices.Concat(p.schema.tables, p.schema.views) {
		if fields, ok := p.sqlc.structs[t.goName]; ok {
			p.models = append(p.models, p.newModel(t.goName, t.doc, fields))
			continue
		}
		p.problem("the table %s: its comment in pgdb/migrations begins with %s, but sqlc calls its rows something else: "+
			"rename them in pgdb/sqlc.yaml", t.name, t.goName)
	}
	for _, m := range p.querier {
		p.addType(&p.models, m.name, "Row", "is a row of")
		p.addType(&p.params, m.name, "Params", "are the parameters of")
	}
}

// addType adds the type of a query's rows or arguments if the query has its own.
func (p *project) addType(to *[]model, query, suffix, what string) {
	name := query + suffix
	fields, ok := p.sqlc.structs[name]
	if !ok || p.root.types[name] {
		return
	}
	d, found := docOf(p.queries[query].comment, func(word string) bool { return word == name })
	if found == "" {
		d.lines = []string{fmt.Sprintf("%s %s [Querier.%s].", name, what, query)}
	}
	*to = append(*to, p.newModel(name, d, fields))
}

func (p *project) newModel(name string, d doc, fields []field) model {
	for _, f := range d.unknown(fields) {
		p.problem("the comment on %s describes a field %s, which it does not have", name, f)
	}
	m := model{name: name, doc: d.lines, fields: d.order(fields), docs: map[string][]string{}}
	for _, f := range d.fields {
		m.docs[f.field] = f.lines
	}
	return m
}

// checkQuerier reports what Querier's methods need and what is missing.
func (p *project) checkQuerier() {
	for _, m := range p.querier {
		if len(m.params) != 1 || len(m.results) > 1 {
			p.problem("querier.go: %s has to take a context and one argument, and to return an error and at most one value", m.name)
			continue
		}
		if p.pgdb.has(m.name) {
			continue
		}
		query, ok := p.sqlc.methods[m.name]
		if !ok {
			p.problem("querier.go has %s, and pgdb/queries has no query of that name: write it, or write the method of pgdb by hand", m.name)
			continue
		}
		if !slices.Equal(query.params, m.params) || !slices.Equal(query.results, m.results) {
			p.problem("querier.go: %s is %s, and the query of that name is %s: change one of them, or write the method of pgdb by hand",
				m.name, m.signature(), query.signature())
		}
	}
	for _, t := range p.schema.tables {
		query := p.sqlc.methods["Dump"+goName(t.name)]
		if !slices.Equal(query.results, []string{"[]" + t.goName}) || len(query.params) > 0 {
			p.problem("the table %s has no query for Dump, which begins: -- name: Dump%s :many", t.name, goName(t.name))
		}
	}
}

func (m method) signature() string {
	params, results := append([]string{"ctx"}, m.params...), append(slices.Clone(m.results), "error")
	return fmt.Sprintf("(%s) (%s)", strings.Join(params, ", "), strings.Join(results, ", "))
}

// outside returns a type of the root package as other packages write it.
func outside(typ string) string {
	if element, ok := strings.CutPrefix(typ, "[]"); ok {
		return "[]" + outside(element)
	}
	if typ != "" && typ[0] >= 'A' && typ[0] <= 'Z' {
		return "tasktwin." + typ
	}
	return typ
}
