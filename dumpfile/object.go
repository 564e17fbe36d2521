package dumpfile

import (
	"errors"
	"fmt"
	"slices"
)

// member is a member of an object: its key, and a function that reads its value.
type member struct {
	key      string
	read     func(*scanner) error
	optional bool
}

var errObject = errors.New("it is not an object of JSON with the keys and values that a dump has")

// object reads an object with these members in any order. Each key must occur
// once and with this exact spelling. encoding/json would accept other cases, and
// take the last of several equal keys.
func (s *scanner) object(members ...member) error {
	if !s.take('{') {
		return errObject
	}
	seen := make([]bool, len(members))
	for first := true; !s.take('}'); first = false {
		if !first && !s.take(',') {
			return errObject
		}
		kind, text, err := s.value()
		if err != nil || kind != kindText || !s.take(':') {
			return errors.Join(errObject, err)
		}
		key := string(text)
		i := slices.IndexFunc(members, func(m member) bool { return m.key == key })
		switch {
		case i < 0:
			return fmt.Errorf("there is no key %q", key)
		case seen[i]:
			return fmt.Errorf("the key %q is there twice", key)
		}
		seen[i] = true
		if err := members[i].read(s); err != nil {
			return fmt.Errorf("%s: %w", key, err)
		}
	}
	for i, m := range members {
		if !seen[i] && !m.optional {
			return fmt.Errorf("the key %q is missing", m.key)
		}
	}
	return nil
}

// valueReader returns a function that reads a value into what p points to.
func valueReader(p any) func(*scanner) error {
	return func(s *scanner) error {
		kind, text, err := s.value()
		if err != nil {
			return err
		}
		return new(parser).parse(kind, text, p)
	}
}

// stringsReader returns a function that reads an array of strings.
func stringsReader(p *[]string) func(*scanner) error {
	return func(s *scanner) error {
		*p = []string{}
		ok := s.take('[')
		for ok && !s.take(']') {
			ok = len(*p) == 0 || s.take(',')
			kind, text, err := s.value()
			ok = ok && err == nil && kind == kindText
			*p = append(*p, string(text))
		}
		if !ok {
			return errors.New("it is not an array of strings")
		}
		return nil
	}
}

// decode reads a line that is a single object.
func decode(line []byte, members ...member) error {
	s := scanner{line: line}
	if !s.take('{') {
		return errors.New("it is neither an object nor a row of a table")
	}
	if len(line) > maxMark {
		return fmt.Errorf("the object has %d bytes: it may have %d", len(line), maxMark)
	}
	s.at = 0
	if err := s.object(members...); err != nil {
		return err
	}
	if s.space(); s.at < len(line) {
		return errors.New("something follows the object")
	}
	return nil
}

// The decoders of the lines other than rows.

func (h *header) decode(line []byte) error {
	return decode(line,
		member{key: "format", read: valueReader(&h.Format)},
		member{key: "version", read: valueReader(&h.Version)},
		member{key: "schema", read: valueReader(&h.Schema), optional: true},
		member{key: "created_by", read: valueReader(&h.CreatedBy)})
}

// decode reads the line that starts a table, or the end line with the number of
// rows of each table.
func (m *mark) decode(line []byte, tables []table) error {
	return decode(line,
		member{key: "table", read: valueReader(&m.Table), optional: true},
		member{key: "columns", read: stringsReader(&m.Columns), optional: true},
		member{key: "end", optional: true, read: func(s *scanner) error {
			m.End = &end{Rows: map[string]int{}}
			return s.object(
				member{key: "rows", read: countsReader(m.End.Rows, tables)},
				member{key: "sha256", read: valueReader(&m.End.SHA256)})
		}})
}

// countsReader returns a function that reads an object with the number of rows of
// each table.
func countsReader(into map[string]int, tables []table) func(*scanner) error {
	members := make([]member, len(tables))
	for i := range tables {
		name := tables[i].name
		members[i] = member{key: name, optional: true, read: func(s *scanner) error {
			var rows int
			err := valueReader(&rows)(s)
			into[name] = rows
			return err
		}}
	}
	return func(s *scanner) error { return s.object(members...) }
}
