package main

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// active is the variable in the schemata that has the number of the active
// mutant.
const active = "mutantActive_"

// envMutant is the environment variable that sets it.
const envMutant = "TASKTWIN_MUTANT"

// tree is a point with the points inside of it.
type tree struct {
	*point
	inside []*tree
}

// nest arranges points as trees. Of points with the same position, those with the
// higher form are outside.
func nest(points []*point) []*tree {
	points = slices.Clone(points)
	slices.SortStableFunc(points, func(a, b *point) int {
		return cmp.Or(cmp.Compare(a.begin, b.begin), cmp.Compare(b.end, a.end), cmp.Compare(b.form, a.form))
	})
	root := &tree{}
	open := []*tree{root}
	for _, p := range points {
		for len(open) > 1 && open[len(open)-1].end < p.end || len(open) > 1 && open[len(open)-1].end <= p.begin {
			open = open[:len(open)-1]
		}
		t := &tree{point: p}
		last := open[len(open)-1]
		last.inside = append(last.inside, t)
		open = append(open, t)
	}
	return root.inside
}

// render returns the text of a file with all its mutants. Only the mutant whose
// number is in the variable is active.
func render(f *source, points []*point, a *aliases) string {
	r := &renderer{text: string(f.text)}
	// Imports are inserted after the package clause, once the code shows which are needed.
	points = append(slices.Clone(points), &point{form: textForm, begin: f.clause, end: f.clause, text: importsHere})
	body := r.between(0, len(f.text), nest(points))
	return strings.Replace(body, importsHere, "\n"+a.importLines(body), 1)
}

const importsHere = "/*mutantImports_*/"

type renderer struct{ text string }

// between returns a part of the text in which the trees are rendered.
func (r *renderer) between(begin, end int, trees []*tree) string {
	var b strings.Builder
	for _, t := range trees {
		b.WriteString(r.text[begin:t.begin])
		b.WriteString(r.point(t))
		begin = t.end
	}
	b.WriteString(r.text[begin:end])
	return b.String()
}

// point renders a point. The code of a mutant has no other mutants in it, because
// only one is active at a time.
func (r *renderer) point(t *tree) string {
	inner := r.between(t.begin, t.end, t.inside)
	var b strings.Builder
	switch t.form {
	case textForm:
		return t.text
	case tagForm:
		return "mutantTag_ := (" + inner + ");"
	case caseForm:
		for _, m := range t.mutants {
			fmt.Fprintf(&b, "%s != %d && ", active, m.number)
		}
		return b.String() + "mutantTag_ == (" + inner + ")"
	case exprForm:
		if len(t.mutants) == 0 {
			return inner
		}
		fmt.Fprintf(&b, "func() %s {\nswitch %s {\n", t.typ, active)
		for _, m := range t.mutants {
			fmt.Fprintf(&b, "case %d:\nreturn %s\n", m.number, m.text)
		}
		fmt.Fprintf(&b, "}\nreturn %s\n}()", t.prefix+inner)
		return b.String()
	default:
		if len(t.mutants) == 0 {
			return inner
		}
		for _, m := range t.mutants {
			fmt.Fprintf(&b, "if %s == %d {\n%s\n} else ", active, m.number, m.text)
		}
		fmt.Fprintf(&b, "{\n%s\n}", inner)
		if t.form == simpleForm {
			return "func() {\n" + b.String() + "\n}()"
		}
		return b.String()
	}
}

// support returns the additional file of a package's schemata.
func support(p *pkg, a *aliases) string {
	types := a.source()
	return fmt.Sprintf(`package %s

import mutantDebug_ "runtime/debug"
import mutantOS_ "os"
import mutantConv_ "strconv"
%s
var %s = func() int {
	mutantDebug_.SetMaxStack(64 << 20)
	n, _ := mutantConv_.Atoi(mutantOS_.Getenv(%q))
	return n
}()

%s`, p.name, a.importLines(types), active, envMutant, types)
}

// alone returns the text of a file in which one mutant replaces the code.
func alone(m *mutant) string {
	p := m.point
	text := m.text
	if p.form == caseForm {
		return ""
	}
	if p.form == exprForm {
		text = "(" + text + ")"
	}
	return string(m.file.text[:p.begin]) + text + string(m.file.text[p.end:])
}
