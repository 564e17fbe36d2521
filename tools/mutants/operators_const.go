package main

import (
	"cmp"
	"go/ast"
	"go/constant"
	"go/token"
	"go/types"
	"math/big"
	"slices"
	"strconv"
)

// constant collects the mutants of an expression with a constant value.
func (g *generator) constant(e ast.Expr, tv types.TypeAndValue) {
	g.condition(e)
	if g.besideError() {
		return
	}
	basic, ok := tv.Type.Underlying().(*types.Basic)
	if !ok {
		return
	}
	enum := g.enumOf(e)
	switch {
	case basic.Info()&types.IsBoolean != 0:
		g.add(e, exprForm, "constant", strconv.FormatBool(!constant.BoolVal(tv.Value)))
	case basic.Info()&types.IsString != 0:
		g.text(e, tv, enum)
	case basic.Info()&types.IsInteger != 0:
		if enum != nil {
			g.otherConstant(e, enum)
			return
		}
		for _, step := range []int64{1, -1} {
			g.integer(e, tv, basic, step)
		}
	}
}

// besideError reports whether the current expression is returned together with an
// error that is not nil, in which case callers ignore its value.
func (g *generator) besideError() bool {
	ret, ok := g.parent(1).(*ast.ReturnStmt)
	if !ok || len(ret.Results) < 2 || g.parent(0) == ret.Results[len(ret.Results)-1] {
		return false
	}
	err, ok := ret.Results[len(ret.Results)-1].(*ast.Ident)
	branch, inBranch := g.parent(3).(*ast.IfStmt)
	if !ok || !inBranch || branch.Body != g.parent(2) {
		return false
	}
	cond, ok := branch.Cond.(*ast.BinaryExpr)
	if !ok || cond.Op != token.NEQ {
		return false
	}
	name, ok := cond.X.(*ast.Ident)
	return ok && name.Name == err.Name && types.Identical(g.info.TypeOf(err), types.Universe.Lookup("error").Type())
}

// text collects the mutants of a string: an empty string, or another one if it is
// empty, and the next constant of an enum.
func (g *generator) text(e ast.Expr, tv types.TypeAndValue, enum *types.Const) {
	if enum != nil {
		g.otherConstant(e, enum)
	}
	if constant.StringVal(tv.Value) != "" {
		g.add(e, exprForm, "text", `""`)
	} else {
		g.add(e, exprForm, "text", `"mutant"`)
	}
}

// integer collects the mutant that adds a step to an integer.
func (g *generator) integer(e ast.Expr, tv types.TypeAndValue, basic *types.Basic, step int64) {
	value := constant.BinaryOp(constant.ToInt(tv.Value), token.ADD, constant.MakeInt64(step))
	if !fits(value, basic) {
		return
	}
	text := value.ExactString()
	if lit, ok := e.(*ast.BasicLit); ok && lit.Kind == token.CHAR {
		if n, ok := constant.Int64Val(value); ok {
			text = strconv.QuoteRuneToASCII(rune(n))
		}
	}
	g.add(e, exprForm, "integer", text)
}

// fits reports whether an integer is in the range of a type.
func fits(value constant.Value, basic *types.Basic) bool {
	n, ok := constant.Val(value).(*big.Int)
	if !ok {
		small, _ := constant.Int64Val(value)
		n = big.NewInt(small)
	}
	bits := map[types.BasicKind]int{
		types.Int8: 8, types.Uint8: 8, types.Int16: 16, types.Uint16: 16, types.Int32: 32, types.Uint32: 32, types.UntypedRune: 32,
	}[basic.Kind()]
	if bits == 0 {
		bits = 64
	}
	if basic.Info()&types.IsUnsigned != 0 {
		return n.Sign() >= 0 && n.BitLen() <= bits
	}
	limit := new(big.Int).Lsh(big.NewInt(1), uint(bits-1))
	return n.Cmp(limit) < 0 && n.Cmp(new(big.Int).Neg(limit)) >= 0
}

// enumOf returns the constant that an expression names, if it has a named type
// like the constants of an enum.
func (g *generator) enumOf(e ast.Expr) *types.Const {
	var name *ast.Ident
	switch e := e.(type) {
	case *ast.Ident:
		name = e
	case *ast.SelectorExpr:
		name = e.Sel
	default:
		return nil
	}
	c, ok := g.info.Uses[name].(*types.Const)
	if !ok || c.Pkg() == nil || c.Parent() != c.Pkg().Scope() {
		return nil
	}
	if _, ok := types.Unalias(c.Type()).(*types.Named); !ok {
		return nil
	}
	return c
}

// otherConstant collects the mutant with the next constant of the same type.
func (g *generator) otherConstant(e ast.Expr, c *types.Const) {
	scope := c.Pkg().Scope()
	var all []*types.Const
	for _, name := range scope.Names() {
		o, ok := scope.Lookup(name).(*types.Const)
		if ok && types.Identical(o.Type(), c.Type()) && (o.Exported() || o.Pkg() == g.types) {
			all = append(all, o)
		}
	}
	slices.SortStableFunc(all, func(a, b *types.Const) int {
		if a.Val().Kind() == constant.Int && b.Val().Kind() == constant.Int {
			x, _ := constant.Int64Val(a.Val())
			y, _ := constant.Int64Val(b.Val())
			return cmp.Compare(x, y)
		}
		return cmp.Compare(a.Name(), b.Name())
	})
	at := slices.Index(all, c)
	for i := 1; i < len(all); i++ {
		next := all[(at+i)%len(all)]
		if constant.Compare(next.Val(), token.EQL, c.Val()) {
			continue
		}
		text := next.Name()
		if sel, ok := e.(*ast.SelectorExpr); ok {
			text = g.code(g.file, sel.X) + "." + text
		}
		g.add(e, exprForm, "constant", text)
		return
	}
}
