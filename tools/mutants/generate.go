package main

import (
	"go/ast"
	"go/token"
	"slices"
)

// generator visits the nodes of one file and collects mutants.
type generator struct {
	*pkg
	file     *source
	aliases  *aliases
	function string
	stack    []ast.Node // the ancestors of the current node and the node itself
	points   map[pointKey]*point
	ordered  []*point
	mutants  []*mutant
}

type pointKey struct {
	node ast.Node
	form form
}

// generate returns the mutants of a file in source order, and its points.
func generate(p *pkg, f *source, a *aliases) ([]*mutant, []*point) {
	g := &generator{pkg: p, file: f, aliases: a, points: map[pointKey]*point{}}
	for _, decl := range f.ast.Decls {
		switch d := decl.(type) {
		case *ast.FuncDecl:
			g.function = functionName(d)
			if d.Body != nil {
				g.walk(d.Body)
			}
		case *ast.GenDecl:
			if d.Tok != token.VAR {
				continue
			}
			for _, spec := range d.Specs {
				v := spec.(*ast.ValueSpec)
				g.function = "var " + v.Names[0].Name
				for _, value := range v.Values {
					g.walk(value)
				}
			}
		}
	}
	return g.mutants, g.ordered
}

// functionName returns the name of a function. The name of a method includes the
// type of its receiver.
func functionName(d *ast.FuncDecl) string {
	if d.Recv == nil || len(d.Recv.List) == 0 {
		return d.Name.Name
	}
	t := d.Recv.List[0].Type
	if star, ok := t.(*ast.StarExpr); ok {
		t = star.X
	}
	switch x := t.(type) {
	case *ast.IndexExpr:
		t = x.X
	case *ast.IndexListExpr:
		t = x.X
	}
	if name, ok := t.(*ast.Ident); ok {
		return name.Name + "." + d.Name.Name
	}
	return d.Name.Name
}

// walk visits n and its descendants.
func (g *generator) walk(n ast.Node) {
	ast.Inspect(n, func(n ast.Node) bool {
		if n == nil {
			g.stack = g.stack[:len(g.stack)-1]
			return true
		}
		g.stack = append(g.stack, n)
		if g.visit(n) {
			return true
		}
		g.stack = g.stack[:len(g.stack)-1]
		return false
	})
}

// parent returns the i-th ancestor of the current node.
func (g *generator) parent(i int) ast.Node {
	if len(g.stack) <= i {
		return nil
	}
	return g.stack[len(g.stack)-1-i]
}

// visit collects the mutants of a node. It reports whether to visit its children.
func (g *generator) visit(n ast.Node) bool {
	switch n := n.(type) {
	case *ast.FuncType, *ast.ArrayType, *ast.MapType, *ast.StructType, *ast.InterfaceType:
		return false
	case *ast.GenDecl:
		return n.Tok == token.VAR
	case *ast.CompositeLit:
		g.compositeLit(n)
	case *ast.KeyValueExpr:
		return g.keyValue(n)
	case *ast.CallExpr:
		return g.callExpr(n)
	case ast.Stmt:
		g.statement(n)
	case ast.Expr:
		return g.expression(n)
	}
	return true
}

// add adds a mutant at a node, unless the code stays the same.
func (g *generator) add(node ast.Node, as form, operator, text string) {
	g.addShown(node, as, operator, text, g.code(g.file, node), text)
}

// addShown is like add, but with other texts for the output.
func (g *generator) addShown(node ast.Node, as form, operator, text, from, to string) {
	typ := ""
	if as == exprForm {
		if typ = g.aliases.of(g.info.TypeOf(node.(ast.Expr))); typ == "" {
			return
		}
	}
	if oneLine(from) == oneLine(to) {
		return
	}
	p := g.point(node, as)
	p.typ = typ
	m := &mutant{
		pkg: g.pkg, file: g.file, function: g.function, operator: operator, from: oneLine(from), to: oneLine(to),
		line: g.fset.Position(node.Pos()).Line, point: p, text: text,
	}
	if m.to == "" {
		m.to = "nothing"
	}
	if slices.ContainsFunc(p.mutants, func(o *mutant) bool { return o.text == m.text }) {
		return // two operators make the same mutant
	}
	p.mutants = append(p.mutants, m)
	g.mutants = append(g.mutants, m)
}

func (g *generator) point(node ast.Node, as form) *point {
	k := pointKey{node, as}
	p := g.points[k]
	if p == nil {
		p = &point{form: as, node: node, begin: g.offset(node.Pos()), end: g.offset(node.End())}
		g.points[k] = p
		g.ordered = append(g.ordered, p)
	}
	return p
}

// insert inserts text into the file.
func (g *generator) insert(at token.Pos, text string) {
	g.ordered = append(g.ordered, &point{form: textForm, begin: g.offset(at), end: g.offset(at), text: text})
}
