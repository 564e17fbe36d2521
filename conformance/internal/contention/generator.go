package contention

import (
	"math/rand/v2"
	"slices"
	"strings"

	"github.com/tasktwin/tasktwin"
	"github.com/tasktwin/tasktwin/conformance/internal/program"
)

// generator draws programs from a source of numbers.
type generator struct {
	*rand.Rand
	theme theme
	// levels are the isolation levels of the program's transactions.
	levels []tasktwin.IsolationLevel
	// session is the number of the session whose steps are drawn, and rows how many new
	// rows it has.
	session, rows int
	// others are the statements of the sessions before.
	others []program.Op
	// favorites are the values that the program prefers, by those that there are.
	favorites map[string]string
}

// Generate returns a program from a seed: two to four sessions of a few steps each,
// whose operations are about a few rows of one theme, in a random order.
func Generate(seed uint64) program.Program {
	g := &generator{Rand: rand.New(rand.NewPCG(seed, 0x636f6e74656e6473)), favorites: map[string]string{}}
	if g.IntN(5) < 2 {
		return g.scene(pick(g, scenes))
	}
	g.theme, g.levels = pick(g, themes), pick(g, levels)
	return g.overlapping()
}

// overlapping returns two to four sessions of the theme, in a random order.
func (g *generator) overlapping() program.Program {
	var queues []program.Program
	for i, name := range names[:2+g.weighted(5, 4, 1)] {
		g.session, g.rows = i, 0
		p := g.steps()
		for _, op := range p {
			if op.Name[0] < 'a' && !program.IsRead(op.Name) {
				g.others = append(g.others, op)
			}
		}
		queues = append(queues, of(name, p))
	}
	return g.interleaved(queues)
}

// names are those of the sessions.
var names = []string{"A", "B", "C", "D"}

// of returns the steps as those of a session.
func of(session string, p program.Program) program.Program {
	for i := range p {
		p[i].Session = session
	}
	return p
}

// levels are the isolation levels of a program, of which each transaction draws one.
var levels = [][]tasktwin.IsolationLevel{
	{""},
	{""},
	{tasktwin.RepeatableRead},
	{tasktwin.Serializable},
	{"", tasktwin.RepeatableRead, tasktwin.Serializable},
	{tasktwin.Serializable, tasktwin.Serializable, tasktwin.RepeatableRead},
}

// interleaved returns the steps of sessions, those of each in their order. A session
// may make a few steps in a row; who has more left is more often next, so that the
// sessions end at about the same time.
func (g *generator) interleaved(queues []program.Program) program.Program {
	var p program.Program
	for len(queues) > 0 {
		left := make([]int, len(queues))
		for i, q := range queues {
			left[i] = len(q)
		}
		at := g.weighted(left...)
		n := min(1+g.weighted(6, 3, 1), len(queues[at]))
		p = append(p, queues[at][:n]...)
		if queues[at] = queues[at][n:]; len(queues[at]) == 0 {
			queues = slices.Delete(queues, at, at+1)
		}
	}
	return p
}

// steps returns the steps of one session.
func (g *generator) steps() program.Program {
	var p program.Program
	for range 1 + g.weighted(5, 3) {
		if g.IntN(5) == 0 {
			p = append(p, g.statement()...)
		} else {
			p = append(p, g.transaction()...)
		}
	}
	return p
}

func (g *generator) transaction() program.Program {
	begin := program.Op{Name: program.OpBegin}
	level, readOnly := pick(g, g.levels), g.IntN(40) == 0
	if level != "" || readOnly {
		begin.Arg = &tasktwin.TxOptions{Isolation: level, ReadOnly: readOnly}
	}
	p := append(program.Program{begin}, g.inside(0)...)
	return append(p, program.Op{Name: g.end(program.OpCommit, 14)})
}

// inside returns what is in a transaction or a savepoint.
func (g *generator) inside(depth int) program.Program {
	var p program.Program
	for range 1 + g.weighted(3, 4, 3, 2) {
		if depth < 2 && g.IntN(8) == 0 {
			p = append(p, program.Op{Name: program.OpSavepoint})
			p = append(p, g.inside(depth+1)...)
			p = append(p, program.Op{Name: g.end(program.OpRelease, 6)})
			continue
		}
		p = append(p, g.statement()...)
	}
	return p
}

// end returns how a transaction or a savepoint ends: mostly well, in the given
// proportion to rollbacks.
func (g *generator) end(well string, weight int) string {
	switch g.weighted(weight, 4, 1, 1) {
	case 0:
		return well
	case 1:
		return program.OpRollback
	case 2:
		return program.OpPanic
	}
	return program.OpCutOff
}

// statement returns a statement, and sometimes its cancellation.
func (g *generator) statement() program.Program {
	op := g.theme(g)
	if len(g.others) > 0 && g.IntN(3) == 0 {
		op = pick(g, g.others)
	}
	switch g.IntN(24) {
	case 0:
		return program.Program{{Name: program.OpCancel}, op}
	case 1:
		return program.Program{op, {Name: program.OpCancel}}
	}
	return program.Program{op}
}

// favor returns one of several values, mostly the one that the program prefers.
func (g *generator) favor(from ...string) string {
	key := strings.Join(from, " ")
	if g.favorites[key] == "" {
		g.favorites[key] = pick(g, from)
	}
	if g.IntN(3) > 0 {
		return g.favorites[key]
	}
	return pick(g, from)
}

// weighted returns one of the places of weights.
func (g *generator) weighted(weights ...int) int {
	total := 0
	for _, w := range weights {
		total += w
	}
	n := g.IntN(total)
	for i, w := range weights {
		if n -= w; n < 0 {
			return i
		}
	}
	return 0
}

func pick[T any](g *generator, from []T) T { return from[g.IntN(len(from))] }
