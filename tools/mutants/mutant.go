package main

import (
	"fmt"
	"go/ast"
	"hash/fnv"
	"strings"
)

// mutant is one change of the code.
type mutant struct {
	// number is what the environment variable says to make it the active one.
	number   int
	pkg      *pkg
	file     *source
	function string
	operator string
	// from and to are the code before and after, for a reader.
	from, to string
	// ordinal tells it from those that are described alike, from 1.
	ordinal int
	line    int
	point   *point
	// text takes the place of the point's code.
	text string
}

// longest is how much code there is in an identity before it is cut.
const longest = 160

// shorten cuts long code, and adds a hash so that it stays apart from others.
func shorten(code string) string {
	code = oneLine(code)
	if len(code) <= longest {
		return code
	}
	h := fnv.New32a()
	_, _ = h.Write([]byte(code)) // never fails
	return fmt.Sprintf("%s… (%08x)", strings.ToValidUTF8(code[:longest-40], ""), h.Sum32())
}

// identity names the mutant for as long as its function does not change: it has
// no line number.
func (m *mutant) identity() string {
	id := fmt.Sprintf("%s %s %s: %s -> %s", m.file.name, m.function, m.operator, shorten(m.from), shorten(m.to))
	if m.ordinal > 1 {
		id += fmt.Sprintf(" #%d", m.ordinal)
	}
	return id
}

// form says how a point's code and its mutants stand side by side.
type form int

const (
	// exprForm is an expression, which becomes the call of a function literal.
	exprForm form = iota
	// stmtForm is a statement, which becomes a branch.
	stmtForm
	// simpleForm is a statement where only a simple one may stand.
	simpleForm
	// caseForm is one of the values of a case in a switch with a tag.
	caseForm
	// tagForm is the tag of a switch with a caseForm.
	tagForm
	// textForm is text that is put in.
	textForm
)

// point is a place in the code that has mutants.
type point struct {
	form form
	node ast.Node
	// begin and end are its place in the file.
	begin, end int
	// typ is an expression's type as the schemata name it.
	typ string
	// text is what a textForm puts in.
	text string
	// prefix goes before the code where that is an expression.
	prefix  string
	mutants []*mutant
}

// number gives the mutants their ordinals and their numbers, from first on.
func number(mutants []*mutant, first int) {
	seen := map[string]int{}
	for i, m := range mutants {
		m.number = first + i
		m.ordinal = 1
		id := m.identity()
		seen[id]++
		m.ordinal = seen[id]
	}
}
