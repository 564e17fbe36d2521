package cow

import (
	"iter"
	"math/bits"
	"slices"
)

// splitSpare is the spare capacity, in entries, of a new bucket.
const splitSpare = 4

const (
	// hashLoad is the maximum average number of entries in a bucket.
	hashLoad = 24
	// hashLow is the minimum average. If the average with one bucket less is below it,
	// the last bucket is dropped. It is well below hashLoad, so that a dropped bucket is
	// not needed again soon.
	hashLow = 16
)

// Hash is an index of numbers by tag. A tag is part of a hash, so different keys may
// have the same tag, and the caller tells which number is the right one. Hash uses
// linear hashing: it grows and shrinks by one bucket at a time.
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

// bucketOf returns the index of a tag's bucket. That is the lowest bits of the tag: as
// many as the last bucket's index has, or one less if that would be beyond the last
// bucket.
func (h *Hash) bucketOf(tag uint32) uint32 {
	mask := uint32(1)<<bits.Len32(h.count) - 1
	if i := tag & mask; i < h.count {
		return i
	}
	return tag & (mask >> 1)
}

// Numbers iterates over the numbers with the tag.
func (h *Hash) Numbers(tag uint32) iter.Seq[uint32] {
	return func(yield func(uint32) bool) {
		for _, e := range h.buckets.Get(h.bucketOf(tag)).entries {
			if e.tag == tag && !yield(e.number) {
				return
			}
		}
	}
}

// Prefetch reads the bucket of a tag, to have it in the processor's caches. In a loop that
// does nothing else, the processor overlaps the cache misses of several buckets. It returns a
// value that is of no use, so that the compiler does not leave out the reads.
//
//go:noinline
func (h *Hash) Prefetch(tag uint32) (read uint32) {
	const perLine = 8 // entries in a line of the cache
	entries := h.buckets.Get(h.bucketOf(tag)).entries
	for i := 0; i < len(entries); i += perLine {
		read ^= entries[i].number
	}
	return read
}

// Insert adds a number with a tag.
func (h *Hash) Insert(owner Owner, tag, number uint32) {
	if h.size >= int(h.count)*hashLoad {
		h.grow(owner)
	}
	h.size++
	b := h.owned(owner, h.bucketOf(tag))
	b.entries = append(withSpare(b.entries), hashEntry{tag, number})
}

// Remove removes a number with a tag, if it is in the index.
func (h *Hash) Remove(owner Owner, tag, number uint32) {
	b := h.owned(owner, h.bucketOf(tag))
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
		h.shrink(owner)
	}
}

// grow adds a bucket and moves entries to it from the bucket that it is split from.
func (h *Hash) grow(owner Owner) {
	added := h.count
	h.count++
	if added == 0 {
		return
	}
	from := origin(added)
	stay, move := split(h.buckets.Get(from).entries, func(e hashEntry) bool { return h.bucketOf(e.tag) == from })
	h.buckets.Set(owner, from, bucket{owner, stay})
	h.buckets.Set(owner, added, bucket{owner, move})
}

// shrink drops the last bucket and moves its entries to the bucket that it was split
// from.
func (h *Hash) shrink(owner Owner) {
	h.count--
	into := h.owned(owner, origin(h.count))
	into.entries = append(into.entries, h.buckets.Get(h.count).entries...)
	h.buckets.Truncate(owner, h.count)
}

// origin returns the bucket that a bucket was split from. The first has none.
func origin(bucket uint32) uint32 { return bucket &^ (1 << (bits.Len32(bucket) - 1)) }

// split returns the entries to keep and the entries to move, in new slices.
func split(entries []hashEntry, stays func(hashEntry) bool) (stay, move []hashEntry) {
	n := 0
	for _, e := range entries {
		if stays(e) {
			n++
		}
	}
	stay, move = make([]hashEntry, 0, n+splitSpare), make([]hashEntry, 0, len(entries)-n+splitSpare)
	for _, e := range entries {
		if stays(e) {
			stay = append(stay, e)
		} else {
			move = append(move, e)
		}
	}
	return stay, move
}

// owned returns a bucket that may be changed in place.
func (h *Hash) owned(owner Owner, i uint32) *bucket {
	b := h.buckets.At(owner, i)
	if b.owner != owner {
		*b = bucket{owner, slices.Clone(b.entries)}
	}
	return b
}
