package pgvalue

import (
	"bytes"
	"cmp"
	"fmt"
	"slices"
	"sync"

	"github.com/tasktwin/tasktwin"
)

// none ends a list of nodes.
const none = -1

// node is a value or a key. A key's value is the node after it.
type node struct {
	kind    token
	escaped bool
	// start and end are a scalar's bounds in the input or, for an escaped string, in
	// the parser's unescaped. For a container, start is the first element or key.
	start, end int32
	// next is the next element or key.
	next int32
}

// frame is an open container while reading or printing.
type frame struct {
	container int32
	// last is the latest element or key that was read or printed.
	last int32
	// unsorted is set for an object if a key was not greater than the one before.
	unsorted bool
}

// jsonParser parses a JSON text into nodes. It is not recursive: open containers are
// frames.
type jsonParser struct {
	lexer
	nodes  []node
	frames []frame
	order  []int32
	limits jsonbLimits
}

var parsers = sync.Pool{New: func() any {
	return &jsonParser{nodes: make([]node, 0, 32), frames: make([]frame, 0, 8)}
}}

// release returns p to the pool, unless it has become too large.
func (p *jsonParser) release() {
	if p.large() {
		return
	}
	*p = jsonParser{
		lexer: lexer{unescaped: p.unescaped[:0]},
		nodes: p.nodes[:0], frames: p.frames[:0], order: p.order[:0],
	}
	parsers.Put(p)
}

// large reports whether p is too large to reuse.
func (p *jsonParser) large() bool {
	const most = 1 << 12
	return cap(p.nodes) > most || cap(p.frames) > most || cap(p.unescaped) > most
}

// text returns the content of a scalar. The content of a string has no quotes and escapes.
func (p *jsonParser) text(n *node) []byte {
	if n.escaped {
		return p.unescaped[n.start:n.end]
	}
	return p.in[n.start:n.end]
}

// add appends the current token as a node. Offsets fit into an int32 because a text is not
// longer than maxJSONBText. Indexes of nodes fit because a node takes at least one byte of
// text.
func (p *jsonParser) add() int32 {
	p.nodes = append(p.nodes, node{kind: p.tok, escaped: p.escaped, start: int32(p.start), end: int32(p.end), next: none})
	return int32(len(p.nodes) - 1)
}

// expect reads a token. what describes the expected tokens for the error.
func (p *jsonParser) expect(tok token, what string) error {
	if p.tok != tok {
		return p.unexpected(what)
	}
	return p.next()
}

// unexpected returns the error of a token that is not expected at its position.
func (p *jsonParser) unexpected(expected string) error {
	if p.tok == tokenEnd {
		return syntaxError("The input string ended unexpectedly.")
	}
	return syntaxError(fmt.Sprintf(`Expected %s, but found "%s".`, expected, p.in[p.begin:p.pos]))
}

func (p *jsonParser) parse() error {
	if err := p.next(); err != nil {
		return err
	}
	for {
		opened, err := p.value()
		if err != nil {
			return err
		}
		if opened {
			continue
		}
		done, err := p.afterValue()
		if err != nil {
			return err
		}
		if done {
			return p.expect(tokenEnd, "end of input")
		}
	}
}

// value reads a scalar or an empty container, or opens a container and advances to
// its first value.
func (p *jsonParser) value() (opened bool, err error) {
	switch p.tok {
	case '{', '[':
		return p.open()
	case tokenString:
		n := p.element()
		if err := p.next(); err != nil {
			return false, err
		}
		return false, p.checkStringLength(&p.nodes[n])
	case tokenNumber:
		n := p.element()
		if err := p.next(); err != nil {
			return false, err
		}
		return false, checkNumber(p.text(&p.nodes[n]), p.limits.exponent)
	case tokenTrue, tokenFalse, tokenNull:
		p.element()
		return false, p.next()
	default:
		return false, p.unexpected("JSON value")
	}
}

// element adds the current token as a value: the next element of an array, or the
// value of an object's latest key.
func (p *jsonParser) element() int32 {
	n := p.add()
	if len(p.frames) > 0 {
		if f := &p.frames[len(p.frames)-1]; p.nodes[f.container].kind == '[' {
			p.link(f, n)
		}
	}
	return n
}

// link appends n to the nodes of a container.
func (p *jsonParser) link(f *frame, n int32) {
	if f.last == none {
		p.nodes[f.container].start = n
	} else {
		p.nodes[f.last].next = n
	}
	f.last = n
}

func (p *jsonParser) open() (bool, error) {
	if len(p.frames) >= MaxJSONBDepth {
		return false, fail(tasktwin.StatementTooComplex, "stack depth limit exceeded")
	}
	n, kind := p.element(), p.tok
	p.nodes[n].start = none
	p.frames = append(p.frames, frame{container: n, last: none})
	if err := p.next(); err != nil {
		return false, err
	}
	switch {
	case p.tok == kind+2: // the codes of ] and } are two higher than those of [ and {
		return false, nil
	case kind == '{':
		return true, p.key(`string or "}"`)
	}
	return true, nil
}

// key reads a key and its colon. what describes the expected tokens for the error.
func (p *jsonParser) key(what string) error {
	if p.tok != tokenString {
		return p.unexpected(what)
	}
	f := &p.frames[len(p.frames)-1]
	n := p.add()
	if f.last != none && p.compareKeys(f.last, n) >= 0 {
		f.unsorted = true
	}
	p.link(f, n)
	if err := p.next(); err != nil {
		return err
	}
	if err := p.expect(':', `":"`); err != nil {
		return err
	}
	return p.checkStringLength(&p.nodes[n])
}

// afterValue closes the containers that end here and advances to the next value. done
// reports that there is none.
func (p *jsonParser) afterValue() (done bool, err error) {
	for len(p.frames) > 0 {
		f := &p.frames[len(p.frames)-1]
		kind := p.nodes[f.container].kind
		if p.tok == ',' {
			if err := p.next(); err != nil {
				return false, err
			}
			if kind == '{' {
				return false, p.key("string")
			}
			return false, nil
		}
		if err := p.expect(kind+2, nextOrEnd(kind)); err != nil {
			return false, err
		}
		if f.unsorted {
			p.sortKeys(f.container)
		}
		p.frames = p.frames[:len(p.frames)-1]
	}
	return true, nil
}

// nextOrEnd describes the tokens that may follow an element of a container.
func nextOrEnd(kind token) string {
	if kind == '{' {
		return `"," or "}"`
	}
	return `"," or "]"`
}

func (p *jsonParser) checkStringLength(n *node) error {
	if n.end-n.start > p.limits.string {
		return fail(programLimitExceeded, "string too long to represent as jsonb string")
	}
	return nil
}

func (p *jsonParser) compareKeys(a, b int32) int {
	x, y := p.text(&p.nodes[a]), p.text(&p.nodes[b])
	if c := cmp.Compare(len(x), len(y)); c != 0 {
		return c
	}
	return bytes.Compare(x, y)
}

// sortKeys sorts an object's keys and drops all but the last of duplicates.
func (p *jsonParser) sortKeys(object int32) {
	p.order = p.order[:0]
	for n := p.nodes[object].start; n != none; n = p.nodes[n].next {
		p.order = append(p.order, n)
	}
	// Nodes are numbered in the order of reading. The last of duplicate keys is sorted
	// first, so that CompactFunc keeps it.
	slices.SortFunc(p.order, func(a, b int32) int {
		if c := p.compareKeys(a, b); c != 0 {
			return c
		}
		return cmp.Compare(b, a)
	})
	keys := slices.CompactFunc(p.order, func(a, b int32) bool { return p.compareKeys(a, b) == 0 })
	p.nodes[object].start = keys[0]
	for i, n := range keys[:len(keys)-1] {
		p.nodes[n].next = keys[i+1]
	}
	p.nodes[keys[len(keys)-1]].next = none
}
