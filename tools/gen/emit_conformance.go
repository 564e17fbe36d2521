package main

import (
	"slices"
)

// interceptFile returns a file with Querier methods that all call one function,
// and with a table of functions that call them.
func (p *project) interceptFile() string {
	var f, calls file
	calls.comment("calls call the methods of a store by their names.")
	calls.printf("var calls = map[string]func(context.Context, tasktwin.Store, any) (any, error){\n")
	for _, m := range p.querier {
		if len(m.params) != 1 {
			continue
		}
		calling := "calling"
		if len(m.results) == 0 {
			calling = "callingExec"
		}
		calls.printf("%q: %s(tasktwin.Store.%s),\n", m.name, calling, m.name)
		name, typ := m.names[0], outside(m.params[0])
		f.comment(m.name + " implements [tasktwin.Querier].")
		f.printf("func (i Intercept) %s(ctx context.Context, %s %s) ", m.name, name, typ)
		if len(m.results) == 0 {
			f.printf("error {\nreturn callHookExec(ctx, i, %q, tasktwin.Store.%s, %s)\n}\n\n", m.name, m.name, name)
			continue
		}
		f.printf("(%s, error) {\nreturn callHook(ctx, i, %q, tasktwin.Store.%s, %s)\n}\n\n", outside(m.results[0]), m.name, m.name, name)
	}
	calls.printf("}\n")
	return source("", "stores", fromQuerier, f.String()+calls.String())
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
