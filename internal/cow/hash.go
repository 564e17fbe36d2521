package cow

import "slices"

const (
	hashBits = 3
	// hashLeaf is how many entries a leaf has before it is split.
	hashLeaf = 64
	// hashLevels is how often the bits of a tag can split.
	hashLevels = 32 / hashBits
)

// Hash is an index of numbers by tags, which are bits of a hash: those of one
// tag are candidates, of which the caller knows the right one.
type Hash struct{ root *hashNode }

type hashNode struct {
	owner   Owner
	kids    *[1 << hashBits]*hashNode
	entries []hashEntry
}

type hashEntry struct{ tag, number uint32 }

// Find returns the first number of a tag that matches.
func (h *Hash) Find(tag uint32, match func(number uint32) bool) (number uint32, ok bool) {
	n := h.root
	for rest := tag; n != nil; rest >>= hashBits {
		if n.kids != nil {
			n = n.kids[rest%(1<<hashBits)]
			continue
		}
		for _, e := range n.entries {
			if e.tag == tag && match(e.number) {
				return e.number, true
			}
		}
		break
	}
	return 0, false
}

// Insert adds a number.
func (h *Hash) Insert(own Owner, tag, number uint32) {
	at := &h.root
	for level := 0; ; level++ {
		n := (*at).owned(own)
		*at = n
		if n.kids == nil && len(n.entries) >= hashLeaf && level < hashLevels {
			n.split(own, level)
		}
		if n.kids == nil {
			n.entries = append(withRoom(n.entries), hashEntry{tag, number})
			return
		}
		at = &n.kids[tag>>(level*hashBits)%(1<<hashBits)]
	}
}

// Remove takes out a number that is there.
func (h *Hash) Remove(own Owner, tag, number uint32) {
	at := &h.root
	for rest := tag; ; rest >>= hashBits {
		n := (*at).owned(own)
		*at = n
		if n.kids != nil {
			at = &n.kids[rest%(1<<hashBits)]
			continue
		}
		if i := slices.Index(n.entries, hashEntry{tag, number}); i >= 0 {
			last := len(n.entries) - 1
			n.entries[i] = n.entries[last]
			n.entries = n.entries[:last]
		}
		return
	}
}

// split makes an inner node of a leaf.
func (n *hashNode) split(own Owner, level int) {
	n.kids = new([1 << hashBits]*hashNode)
	for _, e := range n.entries {
		kid := &n.kids[e.tag>>(level*hashBits)%(1<<hashBits)]
		*kid = (*kid).owned(own)
		(*kid).entries = append(withRoom((*kid).entries), e)
	}
	n.entries = nil
}

func (n *hashNode) owned(own Owner) *hashNode {
	switch {
	case n == nil:
		return &hashNode{owner: own}
	case n.owner == own:
		return n
	}
	c := &hashNode{owner: own, entries: slices.Clone(n.entries)}
	if n.kids != nil {
		kids := *n.kids
		c.kids = &kids
	}
	return c
}
