package memdb

import (
	"cmp"
	"slices"

	"github.com/google/uuid"

	"github.com/tasktwin/tasktwin/memdb/internal/cow"
)

// statusLog is the rows of statuses in small records. Rows are only added.
type statusLog struct {
	segments cow.Vec[*segment]
	size     uint32
}

// segmentSize is how many rows share a segment.
const segmentSize = 64

type segment struct {
	owner cow.Owner
	rows  []statusRecord
	// text is the rows' texts, one after the other, but for those that are long,
	// which few are.
	text []byte
	long *[]texts
}

// texts are a row's.
type texts struct{ message, uri string }

// longText is from which length on texts are kept apart: the place in a segment's
// text, and the length of a URI, have to fit into statusRecord.
const longText = 1 << 10

// statusRecord is a row, in 32 bytes: see the flags.
type statusRecord struct {
	id        uuid.UUID
	createdAt instant
	parents   uint32
	// text is where the row's texts begin. They end where the next row's begin.
	text  uint16
	flags flags
}

// flags are, from the highest bit: the length of the URI or, of long texts, their
// place among the segment's (10 bits); the state's place among the enum's values
// (4); whether there is a URI; and whether the texts are long.
type flags uint16

const (
	longFlag flags = 1 << iota
	uriFlag
	stateBit    = 2
	stateMask   = 1<<4 - 1
	numberShift = 6
)

func newFlags(state code, hasURI bool) flags {
	f := flags(state) << stateBit
	if hasURI {
		f |= uriFlag
	}
	return f
}

func (f flags) state() code { return code(f >> stateBit & stateMask) }

func (f flags) number() int { return int(f >> numberShift) }

// at returns row n and its segment.
func (t *statusLog) at(n uint32) (*segment, *statusRecord) {
	s := t.segments.Get(n / segmentSize)
	return s, &s.rows[n%segmentSize]
}

// order compares an app's rows with a place among them.
func (t *statusLog) order(createdAt instant, id uuid.UUID) func(uint32) int {
	return func(n uint32) int {
		_, s := t.at(n)
		if s.createdAt != createdAt {
			return cmp.Compare(s.createdAt, createdAt)
		}
		return uuidKeyOf(s.id).compare(uuidKeyOf(id))
	}
}

// add appends a row to the log.
func (t *statusLog) add(own cow.Owner, s statusRecord, message, uri string) uint32 {
	n := t.size
	t.size++
	at := t.segments.At(own, n/segmentSize)
	seg := *at
	switch {
	case seg == nil:
		seg = &segment{owner: own}
		*at = seg
	case seg.owner != own:
		seg = seg.clone(own)
		*at = seg
	}
	s.text = uint16(len(seg.text))
	if len(message)+len(uri) >= longText {
		s.flags |= longFlag | flags(seg.keepApart(texts{message, uri})<<numberShift)
	} else {
		s.flags |= flags(len(uri) << numberShift)
		seg.text = append(append(seg.text, message...), uri...)
	}
	seg.rows = append(seg.rows, s)
	if len(seg.rows) == segmentSize {
		seg.text = slices.Clone(seg.text) // it is full, and the rest is not needed
	}
	return n
}

func (s *segment) clone(own cow.Owner) *segment {
	c := &segment{owner: own, rows: slices.Clone(s.rows), text: slices.Clone(s.text)}
	if s.long != nil {
		long := slices.Clone(*s.long)
		c.long = &long
	}
	return c
}

// keepApart adds long texts and returns which they are.
func (s *segment) keepApart(t texts) int {
	if s.long == nil {
		s.long = new([]texts)
	}
	*s.long = append(*s.long, t)
	return len(*s.long) - 1
}

// textsOf returns the texts of row i of the segment.
func (s *segment) textsOf(i int) texts {
	r := &s.rows[i]
	if r.flags&longFlag != 0 {
		return (*s.long)[r.flags.number()]
	}
	end := len(s.text)
	if i+1 < len(s.rows) {
		end = int(s.rows[i+1].text)
	}
	uri := end - r.flags.number()
	return texts{string(s.text[r.text:uri]), string(s.text[uri:end])}
}
