package cow

import (
	"math/bits"
	"slices"
)

// splitRoom is for how many more entries a bucket has room when it is new.
const splitRoom = 4

const (
	// hashLoad is how many numbers a bucket has on average, at most.
	hashLoad = 24
	// hashLow is how many numbers a bucket has on average, at least, if there were
	// one bucket less. It is so far below hashLoad that a bucket which has gone is
	// not needed again soon.
	hashLow = 16
)

// Hash is an index of numbers by tags, which are bits of a hash: those of one
// tag are candidates, of which the caller knows the right one. It is a table that
// grows and shrinks by a bucket at a time: linear hashing.
type Hash struct {
	buckets Vec[bucket]
	count   uint32
	size    int
}

type bucket struct {
	owner   Owner
	entries []hashEntry
}

type hashEntry struct{ tag, number uint32 }

// bucketOf returns the place of a tag's bucket: the lowest bits of the tag, one
// more of them where there is such a bucket already.
func (h *Hash) bucketOf(tag uint32) uint32 {
	mask := uint32(1)<<bits.Len32(h.count) - 1
	if i := tag & mask; i < h.count {
		return i
	}
	return tag & (mask >> 1)
}

// Find returns the first number of a tag that matches.
func (h *Hash) Find(tag uint32, match func(number uint32) bool) (number uint32, ok bool) {
	for _, e := range h.buckets.Get(h.bucketOf(tag)).entries {
		if e.tag == tag && match(e.number) {
			return e.number, true
		}
	}
	return 0, false
}

// Insert adds a number.
func (h *Hash) Insert(own Owner, tag, number uint32) {
	if h.size >= int(h.count)*hashLoad {
		h.grow(own)
	}
	h.size++
	b := h.owned(own, h.bucketOf(tag))
	b.entries = append(withRoom(b.entries), hashEntry{tag, number})
}

// Remove takes out a number that is there.
func (h *Hash) Remove(own Owner, tag, number uint32) {
	b := h.owned(own, h.bucketOf(tag))
	i := slices.Index(b.entries, hashEntry{tag, number})
	if i < 0 {
		return
	}
	h.size--
	last := len(b.entries) - 1
	b.entries[i] = b.entries[last]
	b.entries = trimmed(b.entries[:last])
	switch {
	case h.size == 0:
		*h = Hash{}
	case h.size < int(h.count-1)*hashLow:
		h.shrink(own)
	}
}

// grow adds a bucket, for some of the entries of the bucket that has been
// theirs.
func (h *Hash) grow(own Owner) {
	added := h.count
	h.count++
	if added == 0 {
		return
	}
	from := origin(added)
	stay, move := split(h.buckets.Get(from).entries, func(e hashEntry) bool { return h.bucketOf(e.tag) == from })
	h.buckets.Set(own, from, bucket{own, stay})
	h.buckets.Set(own, added, bucket{own, move})
}

// shrink takes out the last bucket, whose entries go back where they came from.
func (h *Hash) shrink(own Owner) {
	h.count--
	into := h.owned(own, origin(h.count))
	into.entries = append(into.entries, h.buckets.Get(h.count).entries...)
	h.buckets.Truncate(own, h.count)
}

// origin returns the bucket that a bucket, which is not the first, was split from.
func origin(bucket uint32) uint32 { return bucket &^ (1 << (bits.Len32(bucket) - 1)) }

// split returns the entries that are to stay and the others, in new slices.
func split(entries []hashEntry, stays func(hashEntry) bool) (stay, move []hashEntry) {
	n := 0
	for _, e := range entries {
		if stays(e) {
			n++
		}
	}
	stay, move = make([]hashEntry, 0, n+splitRoom), make([]hashEntry, 0, len(entries)-n+splitRoom)
	for _, e := range entries {
		if stays(e) {
			stay = append(stay, e)
		} else {
			move = append(move, e)
		}
	}
	return stay, move
}

// owned returns a bucket for change.
func (h *Hash) owned(own Owner, i uint32) *bucket {
	b := h.buckets.At(own, i)
	if b.owner != own {
		*b = bucket{own, slices.Clone(b.entries)}
	}
	return b
}
