package main

import (
	"go/ast"
	"go/token"
	"go/types"
	"slices"
)

// flips are the replacements of operators.
var flips = map[token.Token][]token.Token{
	token.EQL: {token.NEQ}, token.NEQ: {token.EQL},
	token.LSS: {token.LEQ, token.GTR}, token.LEQ: {token.LSS, token.GEQ},
	token.GTR: {token.GEQ, token.LSS}, token.GEQ: {token.GTR, token.LEQ},
	token.LAND: {token.LOR}, token.LOR: {token.LAND},
	token.ADD: {token.SUB}, token.SUB: {token.ADD},
	token.MUL: {token.QUO}, token.QUO: {token.MUL}, token.REM: {token.QUO},
	token.AND: {token.OR}, token.OR: {token.AND}, token.XOR: {token.AND}, token.AND_NOT: {token.AND},
	token.SHL: {token.SHR}, token.SHR: {token.SHL},
	token.ADD_ASSIGN: {token.SUB_ASSIGN}, token.SUB_ASSIGN: {token.ADD_ASSIGN},
	token.MUL_ASSIGN: {token.QUO_ASSIGN}, token.QUO_ASSIGN: {token.MUL_ASSIGN}, token.REM_ASSIGN: {token.QUO_ASSIGN},
	token.AND_ASSIGN: {token.OR_ASSIGN}, token.OR_ASSIGN: {token.AND_ASSIGN},
	token.SHL_ASSIGN: {token.SHR_ASSIGN}, token.SHR_ASSIGN: {token.SHL_ASSIGN},
	token.INC: {token.DEC}, token.DEC: {token.INC},
}

// expression collects the mutants of an expression other than a call or a
// composite literal. It reports whether to visit its children.
func (g *generator) expression(e ast.Expr) bool {
	if g.isPlace() {
		return true
	}
	tv, ok := g.info.Types[e]
	switch {
	case ok && tv.IsType():
		return false
	case ok && tv.Value != nil:
		g.constant(e, tv)
		return false // the operands of a constant are needed for the whole
	}
	if sel, ok := e.(*ast.SelectorExpr); ok {
		g.walk(sel.X)
		return false // the name of the field is not an expression
	}
	g.errorValue(e)
	g.condition(e)
	switch e := e.(type) {
	case *ast.BinaryExpr:
		g.binary(e)
	case *ast.UnaryExpr:
		switch e.Op {
		case token.SUB:
			g.add(e, exprForm, "negative", g.code(g.file, e.X))
		case token.NOT:
			g.add(e, exprForm, "not", g.code(g.file, e.X))
		default:
		}
	}
	return true
}

func (g *generator) binary(e *ast.BinaryExpr) {
	x, y := g.code(g.file, e.X), g.code(g.file, e.Y)
	if e.Op == token.ADD {
		if b, ok := g.info.TypeOf(e).Underlying().(*types.Basic); ok && b.Info()&types.IsString != 0 {
			return // strings cannot be subtracted
		}
	}
	from := x + " " + e.Op.String() + " " + y
	for _, op := range flips[e.Op] {
		to := x + " " + op.String() + " " + y
		g.addShown(e, exprForm, "operator", to, from, to)
	}
	if e.Op == token.LAND || e.Op == token.LOR {
		g.add(e, exprForm, "operand", x)
		g.add(e, exprForm, "operand", y)
	}
}

// condition replaces a condition by true and by false. The condition of a loop is
// only replaced by false: an endless loop shows no more than one that never runs.
func (g *generator) condition(e ast.Expr) {
	switch parent := g.parent(1).(type) {
	case *ast.IfStmt:
		if parent.Cond == e {
			g.add(e, exprForm, "condition", "true")
			g.add(e, exprForm, "condition", "false")
		}
	case *ast.ForStmt:
		if parent.Cond == e {
			g.add(e, exprForm, "condition", "false")
		}
	case *ast.CaseClause:
		if sw, ok := g.parent(3).(*ast.SwitchStmt); ok && sw.Tag == nil {
			g.add(e, exprForm, "condition", "true")
			g.add(e, exprForm, "condition", "false")
		}
	}
}

// errorValue replaces a returned error by nil.
func (g *generator) errorValue(e ast.Expr) {
	if _, ok := g.parent(1).(*ast.ReturnStmt); !ok {
		return
	}
	t := g.info.TypeOf(e)
	if t == nil || !types.Identical(t, types.Universe.Lookup("error").Type()) {
		return
	}
	g.add(e, exprForm, "error", "nil")
}

// isPlace reports whether the current expression is assigned to or is a name, so
// that another value cannot replace it.
func (g *generator) isPlace() bool {
	e, _ := g.parent(0).(ast.Expr)
	switch parent := g.parent(1).(type) {
	case *ast.AssignStmt:
		return slices.Contains(parent.Lhs, e)
	case *ast.IncDecStmt:
		return true
	case *ast.RangeStmt:
		return e == parent.Key || e == parent.Value
	case *ast.UnaryExpr:
		return parent.Op == token.AND
	case *ast.ValueSpec:
		for _, name := range parent.Names {
			if name == e {
				return true
			}
		}
	case *ast.CallExpr:
		return parent.Fun == e
	case *ast.IndexExpr:
		return g.info.Types[parent.Index].IsType() // the type arguments of a generic function
	case *ast.IndexListExpr:
		return true
	case *ast.BranchStmt, *ast.LabeledStmt:
		return true
	}
	return false
}
