package dumpfile

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// reader reads a file.
type reader struct {
	r     *bufio.Reader
	sum   hash.Hash // of the lines before the current one
	line  []byte    // the current line
	raw   []byte    // the current line with its line break, as it was read
	lines int
	scan  scanner
	parser

	schema *schema
	tables []table // of the dump's schema version
}

func newReader(r io.Reader, s *schema) *reader {
	return &reader{r: bufio.NewReaderSize(r, 64<<10), sum: sha256.New(), schema: s}
}

// damaged returns an ErrDamaged that names the current line.
func (r *reader) damaged(format string, args ...any) error {
	return fmt.Errorf("%w: line %d: %w", ErrDamaged, r.lines, fmt.Errorf(format, args...))
}

// next reads a line of at most limit bytes. At the end it returns ErrCutOff, because a
// complete dump has an explicit end line.
func (r *reader) next(limit int) error {
	r.sum.Write(r.raw)
	r.raw = r.raw[:0]
	r.lines++
	for {
		part, err := r.r.ReadSlice('\n')
		r.raw = append(r.raw, part...)
		switch {
		case err == nil && len(r.raw) <= limit+1:
			r.line = r.raw[:len(r.raw)-1]
			if bytes.HasSuffix(r.line, []byte("\r")) {
				return r.damaged("it ends with CR LF, and lines of a dump end with LF. " +
					"Git's core.autocrlf changes that, unless .gitattributes has the file as -text")
			}
			return nil
		case len(r.raw) > limit:
			return r.damaged("it has more than %d bytes", limit)
		case errors.Is(err, bufio.ErrBufferFull):
		default:
			return r.failed(err)
		}
	}
}

// failed returns the error for an error of the file's reader.
func (r *reader) failed(err error) error {
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return ErrCutOff
	}
	return fmt.Errorf("dumpfile: read line %d: %w", r.lines, err)
}

// content reads all lines.
func (r *reader) content(into func(*table) dest) (*Info, error) {
	info, err := r.header()
	if err != nil {
		return nil, err
	}
	if err := r.next(MaxRow); err != nil {
		return nil, err
	}
	for i := range r.tables {
		t := &r.tables[i]
		if err := r.begin(t); err != nil {
			return nil, err
		}
		rows, err := r.rows(t, into(t))
		if err != nil {
			return nil, err
		}
		info.Tables = append(info.Tables, Count{t.name, rows})
	}
	return info, r.end(info)
}

// header reads the first line, which determines the tables and columns that
// follow.
func (r *reader) header() (*Info, error) {
	if err := r.next(maxMark); err != nil {
		// A file that begins otherwise is another's, and not a dump that is cut off or
		// damaged.
		if n := min(len(r.raw), len(begin)); string(r.raw[:n]) != begin[:n] && !isIO(err) {
			return nil, notADump(r.raw)
		}
		return nil, err
	}
	head := header{Schema: 1} // the default: version 1 had no such field at first
	if err := head.decode(r.line); err != nil {
		var version int
		switch n, _ := fmt.Sscanf(string(r.line), begin+`,"version":%d,`, &version); {
		case !bytes.HasPrefix(r.line, []byte(begin)):
			return nil, notADump(r.line)
		case n == 1 && version > Version: // whose headers have other keys
			return nil, newer(version)
		}
		return nil, r.damaged("%w", err)
	}
	switch {
	case head.Format != name:
		return nil, fmt.Errorf("%w: it is the header of format %q", ErrNotADump, head.Format)
	case head.Version > Version:
		return nil, newer(head.Version)
	case head.Version < 1:
		return nil, r.damaged("the format's version is %d", head.Version)
	case head.Schema < 1:
		return nil, r.damaged("the schema's version is %d", head.Schema)
	}
	var err error
	r.tables, err = r.schema.at(head.Schema)
	return &Info{Version: head.Version, Schema: head.Schema, CreatedBy: head.CreatedBy}, err
}

func newer(version int) error {
	return fmt.Errorf("%w: it is in version %d, and this program reads up to version %d", ErrNewer, version, Version)
}

// isIO reports whether an error is one of the file's reader.
func isIO(err error) bool { return !errors.Is(err, ErrCutOff) && !errors.Is(err, ErrDamaged) }

// notADump returns the error for a file that begins in another way than dumps do.
func notADump(line []byte) error {
	for _, magic := range []string{"\x50\x2a\x4d\x18", "\x28\xb5\x2f\xfd"} {
		if bytes.HasPrefix(line, []byte(magic)) {
			return fmt.Errorf("%w in plain text: it is compressed; zstd -d unpacks it, and tasktwin dump --plain writes plain text", ErrNotADump)
		}
	}
	if bytes.HasPrefix(line, []byte("\x1f\x8b")) {
		return fmt.Errorf("%w in plain text: it is compressed by gzip; gunzip unpacks it", ErrNotADump)
	}
	return fmt.Errorf("%w: it begins with %s", ErrNotADump, quoted(line))
}

// begin reads the line that starts a table.
func (r *reader) begin(t *table) error {
	var m mark
	if err := m.decode(r.line, r.tables); err != nil {
		return r.damaged("%w", err)
	}
	at := tableIndex(r.tables, m.Table)
	switch {
	case m.End != nil:
		return r.damaged("the table %s is missing", t.name)
	case at < 0:
		return r.damaged("there is no table %q", m.Table)
	case at < tableIndex(r.tables, t.name):
		return r.damaged("the table %s is there twice", m.Table)
	case m.Table != t.name:
		return r.damaged("the table %s is missing before %s", t.name, m.Table)
	}
	for _, column := range m.Columns {
		if !slices.Contains(t.columns, column) {
			return r.damaged("the table %s has no column %q", t.name, column)
		}
	}
	for _, column := range t.columns {
		if !slices.Contains(m.Columns, column) {
			return r.damaged("the column %s of the table %s is missing", column, t.name)
		}
	}
	if !slices.Equal(m.Columns, t.columns) {
		return r.damaged("the columns of the table %s are not in the order %s", t.name, strings.Join(t.columns, ", "))
	}
	return nil
}

// rows reads the rows of a table and the line after them.
func (r *reader) rows(t *table, into dest) (rows int, err error) {
	var before rowKey
	for ; ; rows++ {
		if err := r.next(MaxRow); err != nil {
			return rows, err
		}
		if !bytes.HasPrefix(r.line, []byte("[")) {
			return rows, nil
		}
		row := into.next()
		if t.defaults.IsValid() {
			row.Set(t.defaults)
		}
		r.scan.line, r.scan.at = r.line, 0
		open := byte('[')
		for n, column := range t.columns {
			from := r.scan.at
			k, text, err := r.scan.next(open)
			if err == nil {
				err = r.parse(k, text, row.Field(t.fields[n]).Addr().Interface())
			}
			if err != nil {
				value := bytes.TrimLeft(r.line[from:max(from, r.scan.at)], "[, \t")
				return rows, r.damaged("table %s, row %d, column %s: %w%s", t.name, rows+1, column, err, shown(value))
			}
			open = ','
		}
		if !r.scan.end() {
			return rows, r.damaged("table %s, row %d: it does not end after its %d columns", t.name, rows+1, len(t.columns))
		}
		key := t.keyOf(row)
		if rows > 0 && bytes.Compare(before[:], key[:]) >= 0 {
			return rows, r.damaged("table %s, row %d: the rows are not in the order of their primary key", t.name, rows+1)
		}
		before = key
	}
}

// end compares the counts and the checksum of the end line, and requires that
// nothing follows it.
func (r *reader) end(info *Info) error {
	var m mark
	if err := m.decode(r.line, r.tables); err != nil {
		return r.damaged("%w", err)
	}
	switch {
	case tableIndex(r.tables, m.Table) >= 0:
		return r.damaged("the table %s is there twice", m.Table)
	case m.End == nil || m.Table != "":
		return r.damaged("there is no table %q", m.Table)
	case m.Columns != nil:
		return r.damaged("the end has a table's columns")
	}
	for _, count := range info.Tables {
		said, ok := m.End.Rows[count.Table]
		if !ok {
			return r.damaged("the end does not count the rows of the table %s", count.Table)
		}
		if said != count.Rows {
			return r.damaged("the table %s has %d rows, and the end says %d", count.Table, count.Rows, said)
		}
	}
	info.SHA256 = hex.EncodeToString(r.sum.Sum(nil))
	if m.End.SHA256 != info.SHA256 {
		return r.damaged("the checksum of the lines before it is %s, and the end says %s", info.SHA256, m.End.SHA256)
	}
	switch _, err := r.r.ReadByte(); {
	case err == nil:
		return r.damaged("something follows the end")
	case errors.Is(err, io.EOF):
		return nil
	default:
		return r.failed(err)
	}
}

// quoted returns text in quotation marks and shortened, for an error.
func quoted(text []byte) string {
	return strconv.Quote(string(text[:min(len(text), most)])) + dots(text)
}

// shown returns a value as it is in the file, shortened, after a colon, for an error. It
// is quoted if it cannot be printed. Without a value it returns "".
func shown(value []byte) string {
	switch {
	case len(value) == 0:
		return ""
	case strings.ContainsFunc(string(value[:min(len(value), most)]), func(r rune) bool { return !strconv.IsPrint(r) || r == utf8.RuneError }):
		return ": " + quoted(value)
	}
	return ": " + string(value[:min(len(value), most)]) + dots(value)
}

// most is how many bytes of a value an error shows.
const most = 60

func dots(text []byte) string {
	if len(text) > most {
		return "…"
	}
	return ""
}
