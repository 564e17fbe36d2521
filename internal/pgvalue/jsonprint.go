package pgvalue

import (
	"encoding/json"
	"strconv"
)

// print returns the text of the parsed value, or an error if it is longer than limit.
func (p *jsonParser) print(limit int) (json.RawMessage, error) {
	out := make([]byte, 0, p.sizeHint())
	for n := int32(0); n != none; {
		v := &p.nodes[n]
		switch v.kind {
		case '{', '[':
			out = append(out, byte(v.kind))
			if v.start != none {
				p.frames = append(p.frames, frame{container: n, last: v.start})
				out, n = p.printKey(out, v.kind, v.start)
				continue
			}
			out = append(out, byte(v.kind)+2)
		case tokenString:
			out = p.printString(out, v)
		case tokenNumber:
			out = appendNumber(out, p.text(v))
		default:
			out = append(out, p.text(v)...)
		}
		out, n = p.printUpToNext(out)
		if len(out) > limit {
			return nil, textTooLong()
		}
	}
	return out, nil
}

// sizeHint estimates the length of the text: that of the input plus a space after
// each comma and colon.
func (p *jsonParser) sizeHint() int { return len(p.in) + len(p.nodes) }

// printUpToNext closes the containers that end after the latest printed value and
// returns the next value to print.
func (p *jsonParser) printUpToNext(out []byte) ([]byte, int32) {
	for len(p.frames) > 0 {
		f := &p.frames[len(p.frames)-1]
		kind := p.nodes[f.container].kind
		if next := p.nodes[f.last].next; next != none {
			f.last = next
			return p.printKey(append(out, ", "...), kind, next)
		}
		out = append(out, byte(kind)+2)
		p.frames = p.frames[:len(p.frames)-1]
	}
	return out, none
}

// printKey prints the key n of an object and returns the key's value. In an array, n is the
// value itself.
func (p *jsonParser) printKey(out []byte, kind token, n int32) ([]byte, int32) {
	if kind == '[' {
		return out, n
	}
	out = p.printString(out, &p.nodes[n])
	return append(out, ": "...), n + 1
}

func (p *jsonParser) printString(out []byte, n *node) []byte {
	out = append(out, '"')
	if n.escaped {
		out = appendEscaped(out, p.text(n))
	} else {
		out = append(out, p.text(n)...)
	}
	return append(out, '"')
}

// appendEscaped appends the content of a string, escaped.
func appendEscaped(out, s []byte) []byte {
	for _, c := range s {
		switch c {
		case '"', '\\':
			out = append(out, '\\', c)
		case '\b':
			out = append(out, `\b`...)
		case '\f':
			out = append(out, `\f`...)
		case '\n':
			out = append(out, `\n`...)
		case '\r':
			out = append(out, `\r`...)
		case '\t':
			out = append(out, `\t`...)
		default:
			if c >= ' ' {
				out = append(out, c)
				continue
			}
			out = append(out, `\u00`...)
			if c < 0x10 {
				out = append(out, '0')
			}
			out = strconv.AppendUint(out, uint64(c), 16)
		}
	}
	return out
}
