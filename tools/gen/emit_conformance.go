package main

import (
	"slices"
)

// methodCallsFile returns a file with a table of functions that call the methods of
// Querier.
func (p *project) methodCallsFile() string {
	var f file
	f.comment("calls call the methods of a store by their names.")
	f.printf("var calls = map[string]func(context.Context, tasktwin.Store, any) (any, error){\n")
	for _, m := range p.querier {
		if len(m.params) != 1 {
			continue
		}
		calling := "calling"
		if len(m.results) == 0 {
			calling = "callingExec"
		}
		f.printf("%q: %s(tasktwin.Store.%s),\n", m.name, calling, m.name)
	}
	f.printf("}\n")
	return source("", "stores", fromQuerier, f.String())
}

// outcomesFile returns a file with the possible outcomes of each method that
// follow from the schema's constraints.
func (p *project) outcomesFile() string {
	var f file
	f.comment("constraintOutcomes are the answers that a method can give for the constraints of", "what it writes.")
	f.printf("var constraintOutcomes = map[string][]string{\n")
	for _, m := range p.querier {
		outcomes := p.queryOutcomes(p.queries[m.name].tokens)
		slices.Sort(outcomes)
		if outcomes = slices.Compact(outcomes); len(outcomes) == 0 {
			continue
		}
		f.printf("%q: {\n", m.name)
		for _, o := range outcomes {
			f.printf("%q,\n", o)
		}
		f.printf("},\n")
	}
	f.printf("}\n")
	return source("", "stores", fromQueries, f.String())
}
