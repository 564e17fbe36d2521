package main

import (
	"cmp"
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"slices"
	"strconv"
	"strings"
)

// schemata are a package with all its mutants in it.
type schemata struct {
	pkg     *pkg
	aliases *aliases
	points  map[*source][]*point
	// mutants are the mutants in the schemata, in source order.
	mutants []*mutant
	// apart are the mutants that compile only on their own.
	apart []*mutant
	// invalid is the number of mutants that do not compile at all.
	invalid int
}

// supportName is the name of the schemata's additional file.
const supportName = "mutant_support_.go"

// newSchemata generates the mutants of a package, numbered from first, and
// removes those that do not compile.
func newSchemata(p *pkg, first int) (*schemata, error) {
	s := &schemata{pkg: p, aliases: newAliases(p.types), points: map[*source][]*point{}}
	for _, f := range p.files {
		mutants, points := generate(p, f, s.aliases)
		s.mutants = append(s.mutants, mutants...)
		s.points[f] = points
	}
	number(s.mutants, first)
	for {
		bad, err := s.check()
		if err != nil {
			return nil, err
		}
		if len(bad) == 0 {
			return s, nil
		}
		s.sortOut(bad)
	}
}

// files returns the texts of the files by path.
func (s *schemata) files() map[string]string {
	out := map[string]string{}
	for _, f := range s.pkg.files {
		out[f.path] = render(f, s.points[f], s.aliases)
	}
	out[s.pkg.dir+"/"+supportName] = support(s.pkg, s.aliases)
	return out
}

// check type-checks the schemata, and returns the numbers of the mutants with
// errors.
func (s *schemata) check() (bad map[int]bool, err error) {
	found, err := typeErrors(s.pkg, s.files())
	if err != nil {
		return nil, err
	}
	bad = map[int]bool{}
	for _, e := range found {
		numbers := numbersAt(e.file, e.Pos)
		if len(numbers) == 0 {
			return nil, fmt.Errorf("the mutants of %s do not compile, and it is not clear which: %w", s.pkg.path, e.Error)
		}
		for _, n := range numbers {
			bad[n] = true
		}
	}
	return bad, nil
}

// typeError is a type error and its file.
type typeError struct {
	types.Error
	file *ast.File
}

// typeErrors type-checks files as the package.
func typeErrors(p *pkg, texts map[string]string) ([]typeError, error) {
	// The types of the export data refer to the package's file set.
	fset := p.fset
	var files []*ast.File
	for path, text := range texts {
		f, err := parser.ParseFile(fset, path, text, parser.SkipObjectResolution)
		if err != nil {
			return nil, fmt.Errorf("the mutants of %s do not parse: %w", p.path, err)
		}
		files = append(files, f)
	}
	slices.SortFunc(files, func(a, b *ast.File) int {
		return cmp.Compare(fset.Position(a.Pos()).Filename, fset.Position(b.Pos()).Filename)
	})
	var found []typeError
	config := &types.Config{Importer: p.importer, Error: func(err error) {
		e, ok := errors.AsType[types.Error](err)
		if !ok {
			return
		}
		for _, f := range files {
			if f.FileStart <= e.Pos && e.Pos <= f.FileEnd {
				found = append(found, typeError{e, f})
			}
		}
	}}
	_, err := config.Check(p.path, fset, files, nil)
	if err != nil && len(found) == 0 {
		return nil, err
	}
	// A message with a leading tab only continues another error.
	return slices.DeleteFunc(found, func(e typeError) bool { return strings.HasPrefix(e.Msg, "\t") }), nil
}

// numbersAt returns the mutants whose code is at a position in the schemata: the
// mutant whose branch contains it, or else all mutants of the innermost switch.
func numbersAt(f *ast.File, pos token.Pos) []int {
	var inner []int
	ast.Inspect(f, func(n ast.Node) bool {
		if n == nil || pos < n.Pos() || pos > n.End() {
			return false
		}
		switch n := n.(type) {
		case *ast.FuncLit:
			if choice, ok := first(n.Body).(*ast.SwitchStmt); ok && isActive(choice.Tag) {
				inner = nil
				for _, clause := range choice.Body.List {
					inner = append(inner, integers(clause.(*ast.CaseClause).List)...)
				}
			}
		case *ast.SwitchStmt:
			for _, clause := range n.Body.List {
				if c := clause.(*ast.CaseClause); isActive(n.Tag) && c.Pos() <= pos && pos <= c.End() {
					inner = integers(c.List)
				}
			}
		case *ast.IfStmt:
			if b, ok := n.Cond.(*ast.BinaryExpr); ok && isActive(b.X) && n.Body.Pos() <= pos && pos <= n.Body.End() {
				inner = integers([]ast.Expr{b.Y})
			}
		}
		return true
	})
	return inner
}

func first(b *ast.BlockStmt) ast.Stmt {
	if len(b.List) == 0 {
		return nil
	}
	return b.List[0]
}

func isActive(e ast.Expr) bool {
	name, ok := e.(*ast.Ident)
	return ok && name.Name == active
}

func integers(list []ast.Expr) []int {
	var out []int
	for _, e := range list {
		if lit, ok := e.(*ast.BasicLit); ok {
			n, _ := strconv.Atoi(lit.Value)
			out = append(out, n)
		}
	}
	return out
}

// sortOut removes mutants from the schemata. Those that compile on their own are
// kept apart; the others are invalid.
func (s *schemata) sortOut(bad map[int]bool) {
	out := func(m *mutant) bool { return bad[m.number] }
	for _, m := range s.mutants {
		if !out(m) {
			continue
		}
		m.point.mutants = slices.DeleteFunc(m.point.mutants, out)
		if s.compilesAlone(m) {
			s.apart = append(s.apart, m)
		} else {
			s.invalid++
		}
	}
	s.mutants = slices.DeleteFunc(s.mutants, out)
}

func (s *schemata) compilesAlone(m *mutant) bool {
	changed := alone(m)
	if changed == "" {
		return false
	}
	texts := map[string]string{}
	for _, f := range s.pkg.files {
		texts[f.path] = string(f.text)
	}
	texts[m.file.path] = changed
	found, err := typeErrors(s.pkg, texts)
	return err == nil && len(found) == 0
}
