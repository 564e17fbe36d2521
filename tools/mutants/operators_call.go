package main

import (
	"cmp"
	"go/ast"
	"go/token"
	"go/types"
	"slices"
	"strings"
)

// callExpr collects the mutants of a call. It reports whether to visit its
// children.
func (g *generator) callExpr(call *ast.CallExpr) bool {
	tv := g.info.Types[call.Fun]
	switch {
	case g.info.Types[call].Value != nil: // a constant expression, for example a conversion
		g.constant(call, g.info.Types[call])
		return false
	case tv.IsType(): // a conversion
		g.errorValue(call)
		return true
	case messages[g.callee(call)]:
		g.errorValue(call)
		return false
	}
	g.errorValue(call)
	g.condition(call)
	g.swapArguments(call)
	g.dropArgument(call)
	g.swapMethod(call)
	g.onlyArgument(call)
	for i, arg := range call.Args {
		if g.isCapacity(call, i) || g.isMessage(call, i) {
			continue
		}
		g.walk(arg)
	}
	g.walk(call.Fun)
	return false
}

// callee returns the name of the called function, with the path of its package if
// that is another one.
func (g *generator) callee(call *ast.CallExpr) string {
	name := called(call.Fun)
	if name == nil {
		return ""
	}
	obj := g.info.Uses[name]
	if obj == nil || obj.Pkg() == nil || obj.Pkg() == g.types {
		return name.Name
	}
	return obj.Pkg().Path() + "." + name.Name
}

// called returns the name of the called function or method, or nil.
func called(fun ast.Expr) *ast.Ident {
	switch f := fun.(type) {
	case *ast.Ident:
		return f
	case *ast.SelectorExpr:
		return f.Sel
	case *ast.IndexExpr: // with a type argument
		return called(f.X)
	default:
		return nil
	}
}

// addCall adds a mutant of a call. If the call is a statement, or is called by a
// go or defer statement, the statement is mutated.
func (g *generator) addCall(call *ast.CallExpr, operator, text, from, to string) {
	switch parent := g.parent(1).(type) {
	case *ast.ExprStmt:
		g.addShown(parent, stmtForm, operator, text, from, to)
	case *ast.DeferStmt:
		g.addShown(parent, stmtForm, operator, "defer "+text, from, to)
	case *ast.GoStmt:
		g.addShown(parent, stmtForm, operator, "go "+text, from, to)
	default:
		g.addShown(call, exprForm, operator, text, from, to)
	}
}

// with returns the code of a call with other arguments.
func (g *generator) with(call *ast.CallExpr, args []ast.Expr) string {
	var b strings.Builder
	b.WriteString(g.code(g.file, call.Fun) + "(")
	for i, arg := range args {
		if i > 0 {
			b.WriteString(", ")
		}
		b.WriteString(g.code(g.file, arg))
	}
	if call.Ellipsis.IsValid() {
		b.WriteString("...")
	}
	b.WriteString(")")
	return b.String()
}

// swapArguments swaps adjacent arguments of the same type.
func (g *generator) swapArguments(call *ast.CallExpr) {
	if commutative[g.callee(call)] {
		return
	}
	for i := range len(call.Args) - 1 {
		a, b := g.info.TypeOf(call.Args[i]), g.info.TypeOf(call.Args[i+1])
		if a == nil || b == nil || !types.Identical(a, b) || g.info.Types[call.Args[i]].IsType() {
			continue
		}
		if g.sameCheck(call.Args[i], call.Args[i+1]) {
			continue
		}
		args := slices.Clone(call.Args)
		args[i], args[i+1] = args[i+1], args[i]
		g.addCall(call, "swap in "+cmp.Or(g.callee(call), "a function"), g.with(call, args), g.list(call.Args[i:i+2]), g.list(args[i:i+2]))
	}
}

// sameCheck reports whether two arguments are errors returned by the same
// function. Swapping them changes at most the text of an error.
func (g *generator) sameCheck(a, b ast.Expr) bool {
	x, okX := a.(*ast.CallExpr)
	y, okY := b.(*ast.CallExpr)
	return okX && okY && types.Identical(g.info.TypeOf(a), types.Universe.Lookup("error").Type()) &&
		g.callee(x) != "" && g.callee(x) == g.callee(y)
}

// dropArgument removes a variadic argument.
func (g *generator) dropArgument(call *ast.CallExpr) {
	sig, ok := g.info.TypeOf(call.Fun).(*types.Signature)
	if !ok || !sig.Variadic() || call.Ellipsis.IsValid() {
		return
	}
	for i := sig.Params().Len() - 1; i < len(call.Args); i++ {
		what := "argument of " + cmp.Or(g.callee(call), "a function")
		g.addCall(call, what, g.with(call, without(call.Args, i)), g.code(g.file, call.Args[i]), "")
	}
}

// swapMethod calls the counterpart of a function or method.
func (g *generator) swapMethod(call *ast.CallExpr) {
	name := called(call.Fun)
	if name == nil {
		return
	}
	other, ok := counterparts[name.Name]
	if !ok {
		return
	}
	code := g.code(g.file, call)
	at := g.offset(name.Pos()) - g.offset(call.Pos())
	changed := code[:at] + other + code[at+len(name.Name):]
	g.addCall(call, "counterpart", changed, code, changed)
}

// onlyArgument replaces a call by its only argument of the result's type.
func (g *generator) onlyArgument(call *ast.CallExpr) {
	result := g.info.TypeOf(call)
	if _, ok := g.parent(1).(*ast.ExprStmt); ok || result == nil || g.callee(call) == "append" {
		return
	}
	var same []ast.Expr
	for _, arg := range call.Args {
		if t := g.info.TypeOf(arg); t != nil && !g.info.Types[arg].IsType() && types.Identical(t, result) {
			same = append(same, arg)
		}
	}
	if len(same) == 1 {
		switch g.parent(1).(type) {
		case *ast.DeferStmt, *ast.GoStmt:
			return
		}
		g.add(call, exprForm, "argument only", g.code(g.file, same[0]))
	}
}

// isCapacity reports whether an argument is only a capacity to allocate.
func (g *generator) isCapacity(call *ast.CallExpr, i int) bool {
	switch {
	case g.callee(call) == "make" && i == 2:
		return true
	case g.callee(call) == "make" && i == 1:
		_, isMap := g.info.TypeOf(call.Args[0]).Underlying().(*types.Map)
		return isMap
	}
	return strings.HasSuffix(g.callee(call), ".Grow")
}

// isMessage reports whether an argument is text for people: that of a parameter
// named message.
func (g *generator) isMessage(call *ast.CallExpr, i int) bool {
	sig, ok := g.info.TypeOf(call.Fun).(*types.Signature)
	if !ok || i >= sig.Params().Len() {
		return false
	}
	return sig.Params().At(i).Name() == "message"
}

// compositeLit removes the elements of a composite literal, one at a time.
func (g *generator) compositeLit(lit *ast.CompositeLit) {
	t := g.info.TypeOf(lit)
	if t == nil {
		return
	}
	node, as := ast.Expr(lit), t
	if and, ok := g.parent(1).(*ast.UnaryExpr); ok && and.Op == token.AND {
		node, as = and, g.info.TypeOf(and)
	}
	under, pointer := t.Underlying(), ""
	if p, ok := under.(*types.Pointer); ok {
		under, pointer = p.Elem().Underlying(), "&"
		as = p.Elem()
	} else if p, ok := as.(*types.Pointer); ok {
		pointer, as = "&", p.Elem()
	}
	switch under.(type) {
	case *types.Slice, *types.Map, *types.Struct:
	default:
		return
	}
	name := g.aliases.of(as)
	if name == "" {
		return
	}
	for i, element := range lit.Elts {
		kv, keyed := element.(*ast.KeyValueExpr)
		if _, isStruct := under.(*types.Struct); isStruct && (!keyed || isMessageField(kv)) {
			continue
		}
		// The text of the literal without the element and what follows it up to the next one.
		begin, end := g.offset(element.Pos()), g.offset(lit.Rbrace)
		if i+1 < len(lit.Elts) {
			end = g.offset(lit.Elts[i+1].Pos())
		}
		open := g.offset(lit.Lbrace)
		text := pointer + name + string(g.file.text[open:begin]) + string(g.file.text[end:g.offset(lit.Rbrace)]) + "}"
		if i+1 == len(lit.Elts) {
			text = pointer + name + strings.TrimRight(string(g.file.text[open:begin]), " \t") + "}"
		}
		g.addShown(node, exprForm, "element", text, g.code(g.file, element), "")
		if lit.Type == nil {
			// In the schemata's function literal, the type cannot be omitted.
			g.point(node, exprForm).prefix = pointer + name
		}
	}
}

// keyValue reports whether to visit both a key and its value. If the key is a
// field name or must be constant, it visits only the value.
func (g *generator) keyValue(kv *ast.KeyValueExpr) bool {
	lit, ok := g.parent(1).(*ast.CompositeLit)
	if !ok || isMessageField(kv) {
		return false
	}
	if _, isMap := g.info.TypeOf(lit).Underlying().(*types.Map); isMap {
		return true
	}
	g.walk(kv.Value)
	return false
}

func isMessageField(kv *ast.KeyValueExpr) bool {
	name, ok := kv.Key.(*ast.Ident)
	return ok && name.Name == "Message"
}
