package main

import (
	"fmt"
	"go/ast"
	"go/token"
	"slices"
	"strings"
)

// statement collects the mutants of a statement.
func (g *generator) statement(s ast.Stmt) {
	switch s := s.(type) {
	case *ast.ExprStmt:
		if call, ok := s.X.(*ast.CallExpr); ok && (g.callee(call) == "panic" || strings.HasSuffix(g.callee(call), ".Grow")) {
			return
		}
		g.leaveOut(s)
	case *ast.AssignStmt:
		g.assignment(s)
	case *ast.IncDecStmt:
		g.leaveOut(s)
		g.addStmt(s, "operator", g.code(g.file, s.X)+flips[s.Tok][0].String())
	case *ast.DeferStmt, *ast.SendStmt, *ast.GoStmt:
		g.leaveOut(s)
	case *ast.ReturnStmt:
		if len(s.Results) == 0 {
			g.leaveOut(s)
		}
	case *ast.BranchStmt:
		g.branch(s)
	case *ast.SwitchStmt:
		g.cases(s)
	case *ast.ForStmt:
		g.guard(s)
	}
}

// listed reports whether the current statement is in a statement list.
func (g *generator) listed() bool {
	switch g.parent(1).(type) {
	case *ast.BlockStmt, *ast.CaseClause, *ast.CommClause:
		return true
	}
	return false
}

// addStmt adds a mutant of a statement where another statement is allowed.
func (g *generator) addStmt(s ast.Stmt, operator, text string) {
	if g.listed() {
		if clause, ok := g.parent(1).(*ast.CommClause); ok && clause.Comm == s {
			return // a select needs its communication clause
		}
		g.add(s, stmtForm, operator, text)
		return
	}
	if loop, ok := g.parent(1).(*ast.ForStmt); ok && loop.Post == s {
		g.add(s, simpleForm, operator, text)
	}
}

func (g *generator) leaveOut(s ast.Stmt) { g.addStmt(s, "statement", "") }

func (g *generator) assignment(s *ast.AssignStmt) {
	if s.Tok == token.DEFINE {
		return
	}
	if len(s.Lhs) == 1 {
		if name, ok := s.Lhs[0].(*ast.Ident); ok && name.Name == "_" {
			return
		}
	}
	for _, tok := range flips[s.Tok] {
		if !g.isText(s.Lhs[0]) {
			g.addStmt(s, "operator", g.code(g.file, s.Lhs[0])+" "+tok.String()+" "+g.code(g.file, s.Rhs[0]))
		}
	}
	if len(s.Lhs) == 1 || len(s.Lhs) != len(s.Rhs) {
		g.leaveOut(s)
		return
	}
	for i := range s.Lhs { // one pair at a time
		left, right := without(s.Lhs, i), without(s.Rhs, i)
		g.addStmt(s, "statement", g.list(left)+" "+s.Tok.String()+" "+g.list(right))
	}
}

func without(list []ast.Expr, i int) []ast.Expr { return slices.Delete(slices.Clone(list), i, i+1) }

func (g *generator) list(exprs []ast.Expr) string {
	parts := make([]string, 0, len(exprs))
	for _, e := range exprs {
		parts = append(parts, g.code(g.file, e))
	}
	return strings.Join(parts, ", ")
}

// isText reports whether an expression is a string, for which += means
// concatenation.
func (g *generator) isText(e ast.Expr) bool {
	t := g.info.TypeOf(e)
	return t != nil && t.Underlying().String() == "string"
}

// branch removes a break or a continue, or replaces one by the other.
func (g *generator) branch(s *ast.BranchStmt) {
	if s.Label != nil || s.Tok != token.BREAK && s.Tok != token.CONTINUE {
		return
	}
	// Find the statement that is left: a loop, a switch or a select. Inside a switch,
	// a continue cannot be replaced by a break.
	inside := false
	for i := 1; ; i++ {
		switch around := g.parent(i).(type) {
		case *ast.ForStmt:
			if s.Tok == token.BREAK {
				g.add(s, stmtForm, "branch", "continue")
			} else if around.Cond != nil && !inside {
				g.add(s, stmtForm, "branch", "break")
			}
		case *ast.RangeStmt:
			other := map[token.Token]token.Token{token.BREAK: token.CONTINUE, token.CONTINUE: token.BREAK}[s.Tok]
			if !inside {
				g.add(s, stmtForm, "branch", other.String())
			}
		case *ast.SwitchStmt, *ast.TypeSwitchStmt, *ast.SelectStmt:
			if s.Tok == token.CONTINUE {
				inside = true
				continue
			}
			if clause, ok := g.parent(1).(*ast.CaseClause); ok && clause.Body[len(clause.Body)-1] == s {
				return // the clause ends here anyway
			}
		case nil, *ast.FuncLit:
			return
		default:
			continue
		}
		break
	}
	if loop, ok := g.loop(); ok && loop.Cond == nil && s.Tok == token.BREAK {
		return // without the break, the end of the function may be unreachable
	}
	g.leaveOut(s)
}

// loop returns the innermost loop.
func (g *generator) loop() (*ast.ForStmt, bool) {
	for i := 1; g.parent(i) != nil; i++ {
		switch n := g.parent(i).(type) {
		case *ast.ForStmt:
			return n, true
		case *ast.FuncLit, *ast.RangeStmt:
			return nil, false
		}
	}
	return nil, false
}

// cases removes the values of a switch with a tag, one at a time.
func (g *generator) cases(s *ast.SwitchStmt) {
	if s.Tag == nil || s.Init != nil || g.info.Types[s.Tag].Value != nil {
		return
	}
	if _, labeled := g.parent(1).(*ast.LabeledStmt); labeled {
		return
	}
	found := false
	for _, clause := range s.Body.List {
		for _, value := range clause.(*ast.CaseClause).List {
			g.add(value, caseForm, "case", "")
			found = true
		}
	}
	if found {
		g.point(s.Tag, tagForm)
	}
}

// loopLimit is the maximum number of iterations of a loop. A mutant with an
// endless loop panics long before the time-out.
const loopLimit = 5_000_000

// guard counts the iterations of a loop.
func (g *generator) guard(s *ast.ForStmt) {
	if !g.listed() {
		return
	}
	name := fmt.Sprintf("mutantLoop%d_", g.offset(s.Pos()))
	g.insert(s.Pos(), name+" := 0\n")
	g.insert(s.Body.Lbrace+1, fmt.Sprintf("\nif %s++; %s > %d { panic(\"a loop without an end\") }\n", name, name, loopLimit))
}
