package main

// interceptFile returns a file with Querier methods that all call one function,
// and with a table that says which methods may change rows.
func (p *project) interceptFile() string {
	var f, access file
	access.comment("methods are the methods of [tasktwin.Querier]: whether each may change rows.")
	access.printf("var methods = map[string]bool{\n")
	for _, m := range p.querier {
		if len(m.params) != 1 {
			continue
		}
		access.printf("%q: %t,\n", m.name, p.access(m) == "writes")
		name, typ := m.names[0], outside(m.params[0])
		f.comment(m.name + " implements [tasktwin.Querier].")
		f.printf("func (q Querier) %s(ctx context.Context, %s %s) ", m.name, name, typ)
		if len(m.results) == 0 {
			f.printf("error {\nreturn callHookExec(ctx, q, %q, tasktwin.Store.%s, %s)\n}\n\n", m.name, m.name, name)
			continue
		}
		f.printf("(%s, error) {\nreturn callHook(ctx, q, %q, tasktwin.Store.%s, %s)\n}\n\n", outside(m.results[0]), m.name, m.name, name)
	}
	access.printf("}\n")
	return source("", "intercept", fromQueries, f.String()+access.String())
}
