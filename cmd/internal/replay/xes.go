package replay

import (
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"slices"
)

// The limits of an XES log: the size of one tag, text or comment, how deep elements
// nest, and how many attributes are columns. They keep time and memory linear in
// the size of the log.
const (
	maxElement = 16 << 20
	maxDepth   = 1000
	maxColumns = 200
)

// xesReader reads the events of an XES log as records. Its columns are the keys of
// the attributes of the first events, and those of their traces after "case:". An
// event has the name of its trace as its case. A trace without a name is called by
// its number.
type xesReader struct {
	in     *xml.Decoder
	limit  *elementReader
	keys   []string
	column map[string]int // by key
	ahead  []xesEvent     // events of the sample
	depth  int
	root   bool
	traces int
	trace  []attribute // of the current trace
	inside bool        // a trace
	fields [][]byte
}

const (
	tracePrefix = "case:"
	xesName     = "concept:name"
)

type attribute struct{ key, value string }

type xesEvent struct {
	line       int
	attributes []attribute
}

func newXESReader(r io.Reader) *xesReader {
	limit := &elementReader{in: r}
	d := xml.NewDecoder(limit)
	// The text has been decoded before.
	d.CharsetReader = func(_ string, in io.Reader) (io.Reader, error) { return in, nil }
	return &xesReader{in: d, limit: limit, column: map[string]int{}}
}

// names reads the first events.
func (x *xesReader) names() ([]string, error) {
	for range sampleRows {
		event, err := x.event()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, err
		}
		for _, a := range event.attributes {
			if _, known := x.column[a.key]; !known && len(x.keys) < maxColumns {
				x.column[a.key] = len(x.keys)
				x.keys = append(x.keys, a.key)
			}
		}
		x.ahead = append(x.ahead, event)
	}
	if len(x.ahead) == 0 {
		return nil, ErrNoRows
	}
	return x.keys, nil
}

func (x *xesReader) next() ([][]byte, int, error) {
	var event xesEvent
	if len(x.ahead) > 0 {
		event, x.ahead = x.ahead[0], x.ahead[1:]
	} else {
		var err error
		if event, err = x.event(); err != nil {
			return nil, event.line, err
		}
	}
	x.fields = append(x.fields[:0], make([][]byte, len(x.keys))...)
	for _, a := range event.attributes {
		if i, known := x.column[a.key]; known {
			x.fields[i] = []byte(a.value)
		}
	}
	return x.fields, event.line, nil
}

// event returns the next event with the attributes of its trace.
func (x *xesReader) event() (xesEvent, error) {
	for {
		token, err := x.token()
		if err != nil {
			return xesEvent{line: x.line()}, x.explain(err)
		}
		switch element := token.(type) {
		case xml.StartElement:
			event, ok, err := x.element(element)
			if ok || err != nil {
				return event, x.explain(err)
			}
		case xml.EndElement:
			if element.Name.Local == "trace" {
				x.inside, x.trace = false, nil
			}
		}
	}
}

// element reads an element outside of events. It reports whether it is an event.
func (x *xesReader) element(element xml.StartElement) (event xesEvent, ok bool, err error) {
	name := element.Name.Local
	switch {
	case !x.root:
		if name != "log" {
			return event, false, fmt.Errorf("the file is XML, but no XES log: its first element is %q", shorten(name))
		}
		x.root = true
	case name == "trace" && !x.inside:
		x.traces++
		x.inside, x.trace = true, []attribute{{tracePrefix + xesName, fmt.Sprintf("trace %d", x.traces)}}
	case name == "event":
		event.line = x.line()
		event.attributes, err = x.attributes(slices.Clip(x.trace))
		return event, true, err
	default:
		if a, ok := attributeOf(element); ok && x.inside {
			a.key = tracePrefix + a.key
			x.setOfTrace(a)
		}
		return event, false, x.skip()
	}
	return event, false, nil
}

// setOfTrace sets an attribute of the current trace.
func (x *xesReader) setOfTrace(a attribute) {
	switch {
	case a.key == tracePrefix+xesName && a.value != "":
		x.trace[0] = a
	case a.key != tracePrefix+xesName && len(x.trace) < maxColumns/2:
		x.trace = append(x.trace, a)
	}
}

// attributes reads the attributes of an event up to its end, and appends them.
func (x *xesReader) attributes(to []attribute) ([]attribute, error) {
	for {
		token, err := x.token()
		if err != nil {
			return nil, err
		}
		switch element := token.(type) {
		case xml.StartElement:
			if a, ok := attributeOf(element); ok {
				to = append(to, a)
			}
			// What is inside are attributes of the attribute.
			if err := x.skip(); err != nil {
				return nil, err
			}
		case xml.EndElement:
			return to, nil
		}
	}
}

// attributeOf returns the attribute that an element is, if it is one.
func attributeOf(element xml.StartElement) (a attribute, ok bool) {
	for _, at := range element.Attr {
		switch at.Name.Local {
		case "key":
			a.key, ok = at.Value, true
		case "value":
			a.value = at.Value
		}
	}
	return a, ok
}

func (x *xesReader) token() (xml.Token, error) {
	x.limit.left = maxElement
	token, err := x.in.Token()
	switch token.(type) {
	case xml.StartElement:
		x.depth++
	case xml.EndElement:
		x.depth--
	}
	if x.depth > maxDepth {
		return nil, fmt.Errorf("the elements of the XML nest deeper than %d", maxDepth)
	}
	return token, err
}

// skip skips the rest of an element.
func (x *xesReader) skip() error {
	for depth := 1; depth > 0; {
		token, err := x.token()
		if err != nil {
			return err
		}
		switch token.(type) {
		case xml.StartElement:
			depth++
		case xml.EndElement:
			depth--
		}
	}
	return nil
}

func (x *xesReader) line() int {
	line, _ := x.in.InputPos()
	return line
}

// explain adds the line to a syntax error.
func (x *xesReader) explain(err error) error {
	if bad, ok := errors.AsType[*xml.SyntaxError](err); ok {
		return fmt.Errorf("the XML is malformed in line %d: %s", bad.Line, shorten(bad.Msg))
	}
	if errors.Is(err, io.EOF) && !x.root {
		return errors.New("the file is XML, but no XES log: it has no element")
	}
	return err
}

// elementReader fails if a single element needs more bytes than are left.
type elementReader struct {
	in   io.Reader
	left int
}

func (r *elementReader) Read(p []byte) (int, error) {
	if r.left <= 0 {
		return 0, fmt.Errorf("a tag or a text of the XML is longer than %d bytes", maxElement)
	}
	n, err := r.in.Read(p)
	r.left -= n
	return n, err
}
