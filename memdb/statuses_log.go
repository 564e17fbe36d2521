package memdb

import (
	"cmp"
	"iter"
	"slices"

	"github.com/google/uuid"

	"github.com/tasktwin/tasktwin/memdb/internal/cow"
)

// statusLog has the rows of statuses in compact form. Rows are only added.
type statusLog struct {
	segments cow.Vec[*segment]
	size     uint32
}

// segmentSize is the number of rows in a segment.
const segmentSize = 64

type segment struct {
	owner cow.Owner
	rows  []statusRecord
	// text has the texts of the rows one after the other, except for long texts, which are
	// in long. Few texts are long.
	text []byte
	long *[]texts
}

// texts are the texts of a row.
type texts struct{ message, uri string }

// longText is the minimum length of texts that are stored in segment.long. Offsets in a
// segment's text and lengths of URIs must fit into statusRecord.
const longText = 1 << 10

// statusRecord is a row in 32 bytes.
type statusRecord struct {
	id        uuid.UUID
	createdAt pgTime
	parents   uint32
	// text is the offset of the row's texts. They end where the next row's texts begin.
	text  uint16
	flags flags
}

// flags packs, from the highest bit: the length of the URI or, if the texts are long, their
// index in segment.long (10 bits); the code of the state (4 bits); whether there is a URI;
// and whether the texts are long.
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

// order returns a comparison for [cow.Tree] that finds an app's row by created_at and id.
func (t *statusLog) order(createdAt pgTime, id uuid.UUID) func(uint32) int {
	return func(n uint32) int {
		_, s := t.at(n)
		if s.createdAt != createdAt {
			return cmp.Compare(s.createdAt, createdAt)
		}
		return uuidKeyOf(s.id).compare(uuidKeyOf(id))
	}
}

// compare compares two rows by created_at and id.
func (t *statusLog) compare(a, b uint32) int {
	_, s := t.at(b)
	return t.order(s.createdAt, s.id)(a)
}

// add stores row n in the log. The numbers of a segment come in order. Those that are left
// out get rows without a state.
func (t *statusLog) add(owner cow.Owner, n uint32, s statusRecord, message, uri string) {
	t.size = max(t.size, n+1)
	at := t.segments.At(owner, n/segmentSize)
	seg := *at
	switch {
	case seg == nil:
		seg = newSegment(owner, min(segmentSize*(len(message)+len(uri)), maxSpareText))
		*at = seg
	case seg.owner != owner:
		seg = seg.clone(owner)
		*at = seg
	}
	s.text = uint16(len(seg.text))
	for len(seg.rows) < int(n%segmentSize) {
		seg.rows = append(seg.rows, statusRecord{text: s.text})
	}
	if len(message)+len(uri) >= longText {
		s.flags |= longFlag | flags(seg.addLong(texts{message, uri})<<numberShift)
	} else {
		s.flags |= flags(len(uri) << numberShift)
		seg.text = append(append(seg.text, message...), uri...)
	}
	seg.rows = append(seg.rows, s)
	if len(seg.rows) == segmentSize {
		seg.text = slices.Clone(seg.text) // the segment is full and needs no spare capacity
	}
}

// numbers iterates over the numbers of the rows.
func (t *statusLog) numbers() iter.Seq[uint32] {
	return func(yield func(uint32) bool) {
		for from := uint32(0); from < t.size; from += segmentSize {
			seg := t.segments.Get(from / segmentSize)
			if seg == nil {
				continue
			}
			for i := range seg.rows {
				if seg.rows[i].flags.state() != 0 && !yield(from+uint32(i)) {
					return
				}
			}
		}
	}
}

// maxSpareText bounds the room for text that a new segment has, which is for texts as long as
// those of the first row.
const maxSpareText = 4 << 10

// newSegment returns an empty segment with room for all rows, and for some text.
func newSegment(owner cow.Owner, text int) *segment {
	return &segment{owner: owner, rows: make([]statusRecord, 0, segmentSize), text: make([]byte, 0, text)}
}

func (s *segment) clone(owner cow.Owner) *segment {
	c := newSegment(owner, cap(s.text))
	c.rows, c.text = append(c.rows, s.rows...), append(c.text, s.text...)
	if s.long != nil {
		long := slices.Clone(*s.long)
		c.long = &long
	}
	return c
}

// addLong adds long texts and returns their index.
func (s *segment) addLong(t texts) int {
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
