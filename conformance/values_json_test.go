package conformance

import (
	"fmt"
	"math/rand/v2"
	"strings"
)

// jsonWriter writes random JSON documents, most of them valid.
type jsonWriter struct {
	*rand.Rand
	strings.Builder
}

func (w *jsonWriter) pick(from ...string) { w.WriteString(from[w.IntN(len(from))]) }

func (w *jsonWriter) space() {
	if w.IntN(4) == 0 {
		w.pick(" ", "\t", "\n", "\r", "  \n")
	}
	if w.IntN(3000) == 0 {
		w.pick("\v", "\f", "\u00a0", "\ufeff", "\x00", "/**/")
	}
}

func (w *jsonWriter) digits(most int) {
	for range 1 + w.IntN(most) {
		w.WriteByte('0' + byte(w.IntN(10)))
	}
}

func (w *jsonWriter) number() {
	w.pick("", "", "", "-")
	switch w.IntN(12) {
	case 0:
		w.WriteString("0")
	case 1:
		w.digits(30)
	default:
		w.WriteByte('1' + byte(w.IntN(9)))
		if w.IntN(2) == 0 {
			w.digits(4)
		}
	}
	if w.IntN(3) == 0 {
		w.WriteByte('.')
		if w.IntN(50) > 0 {
			w.digits(1 + 29*w.IntN(2))
		}
		w.pick("", "", "0", "000")
	}
	if w.IntN(4) == 0 {
		w.pick("e", "E")
		w.pick("", "+", "-", "-")
		if w.IntN(50) > 0 {
			fmt.Fprint(w, w.IntN(400))
		}
	}
}

func (w *jsonWriter) text() {
	w.WriteByte('"')
	for range w.IntN(6) {
		switch w.IntN(14) {
		case 0:
			w.pick(`\"`, `\\`, `\/`, `\b`, `\f`, `\n`, `\r`, `\t`)
		case 1:
			fmt.Fprintf(w, `\u%04x`, w.IntN(1<<16))
		case 2:
			fmt.Fprintf(w, `\u%04X\u%04x`, 0xd800+w.IntN(0x400), 0xdc00+w.IntN(0x400))
		case 3:
			w.pick("é", "日本", "😀", "\u0301", "\u2028", "\x7f", "<&>")
		case 4:
			if w.IntN(20) == 0 {
				w.pick(`\u0000`, `\ud800`, `\udc00`, `\ud800\ud800`, `\ud83d\n`, `\x`, `\u12`, `\u12g4`,
					"\x01", "\n", "\xff", "\xc0\x80", "\xed\xa0\x80", "\x00", `\`)
			}
		default:
			w.pick("a", "b", "aa", "A", " ", "key", "0", "ab")
		}
	}
	w.WriteByte('"')
}

func (w *jsonWriter) value(depth int) {
	w.space()
	kind := w.IntN(8)
	if depth == 0 {
		kind = w.IntN(6)
	}
	switch kind {
	case 0, 1:
		w.number()
	case 2, 3:
		w.text()
	case 4:
		w.pick("true", "false", "null", "true", "false", "null", "nul", "True", "NULL", "truex", "")
	case 5:
		w.pick("{}", "[]", "0", `""`)
	case 6:
		w.list('[', ']', func() { w.value(depth - 1) })
	default:
		w.list('{', '}', func() {
			w.space()
			w.text()
			w.space()
			w.punctuation(":")
			w.value(depth - 1)
		})
	}
	w.space()
}

// punctuation writes a punctuation mark. Once in a while it leaves it out, doubles
// it or writes another one.
func (w *jsonWriter) punctuation(right string) {
	if w.IntN(400) == 0 {
		w.pick("", ",", ":", ",,", ";", "]", "}", "=")
		return
	}
	w.WriteString(right)
}

func (w *jsonWriter) list(begin, end byte, item func()) {
	w.WriteByte(begin)
	for i := range w.IntN(5) {
		if i > 0 {
			w.punctuation(",")
		}
		item()
	}
	w.punctuation(string(end))
}

// document returns a random document.
func document(r *rand.Rand) string {
	w := &jsonWriter{Rand: r}
	switch r.IntN(2000) {
	case 0: // deep
		depth := 1 + r.IntN(1000)
		w.WriteString(strings.Repeat("[", depth))
		w.value(0)
		w.WriteString(strings.Repeat("]", depth))
	case 1:
		depth := 1 + r.IntN(1000)
		w.WriteString(strings.Repeat(`{"a":`, depth))
		w.value(0)
		w.WriteString(strings.Repeat("}", depth-r.IntN(2)))
	default:
		w.value(r.IntN(4))
	}
	return w.String()
}
