package replay

import "hash/maphash"

// interned has the texts that were used last, so that rows with the same text share it:
// activities and actors, which repeat, and cases, whose rows are often near each other. Its
// size is bounded. The zero value is ready for use.
type interned struct {
	seed  maphash.Seed
	slots []string
}

const (
	internedSlots = 1 << 14
	// internedSize is the maximum length of a text that is kept.
	internedSize = 64
)

// text returns the text as a string.
func (t *interned) text(b []byte) string {
	if len(b) > internedSize {
		return string(b)
	}
	if t.slots == nil {
		t.seed, t.slots = maphash.MakeSeed(), make([]string, internedSlots)
	}
	slot := &t.slots[maphash.Bytes(t.seed, b)%internedSlots]
	if *slot != string(b) {
		*slot = string(b)
	}
	return *slot
}
