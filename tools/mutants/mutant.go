package main

import (
	"fmt"
	"go/ast"
	"hash/fnv"
	"strings"
)

// mutant is a single change of the code.
type mutant struct {
	// number is the value of the environment variable that activates the mutant.
	number   int
	pkg      *pkg
	file     *source
	function string
	operator string
	// from and to are the code before and after the change, for the output.
	from, to string
	// ordinal distinguishes mutants with the same description, starting with 1.
	ordinal int
	line    int
	point   *point
	// text replaces the code of the point.
	text string
}

// maxCode is the maximum length of the code in an identity.
const maxCode = 160

// shorten truncates long code and adds a hash to keep it distinct.
func shorten(code string) string {
	code = oneLine(code)
	if len(code) <= maxCode {
		return code
	}
	h := fnv.New32a()
	_, _ = h.Write([]byte(code)) // never fails
	return fmt.Sprintf("%s… (%08x)", strings.ToValidUTF8(code[:maxCode-40], ""), h.Sum32())
}

// identity returns a name for the mutant that stays the same as long as its
// function does not change. It has no line number.
func (m *mutant) identity() string {
	id := fmt.Sprintf("%s %s %s: %s -> %s", m.file.name, m.function, m.operator, shorten(m.from), shorten(m.to))
	if m.ordinal > 1 {
		id += fmt.Sprintf(" #%d", m.ordinal)
	}
	return id
}

// form says how the schemata combine the code of a point with its mutants.
type form int

const (
	// exprForm is an expression, which becomes the call of a function literal.
	exprForm form = iota
	// stmtForm is a statement, which becomes a branch.
	stmtForm
	// simpleForm is a statement where only simple statements are allowed.
	simpleForm
	// caseForm is one of the values of a case in a switch with a tag.
	caseForm
	// tagForm is the tag of a switch that has values with caseForm.
	tagForm
	// textForm is inserted text.
	textForm
)

// point is a part of the code that has mutants.
type point struct {
	form form
	node ast.Node
	// begin and end are its offsets in the file.
	begin, end int
	// typ is the type of an expression, as the schemata name it.
	typ string
	// text is the text that a textForm inserts.
	text string
	// prefix precedes the code of an expression.
	prefix  string
	mutants []*mutant
}

// number sets the ordinals and the numbers of the mutants. The numbers start with
// first.
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
