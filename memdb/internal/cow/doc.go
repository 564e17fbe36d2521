// Package cow has the containers that memdb is made of: a vector, a hash index
// and an ordered tree. Copying one is copying a small struct, whatever it holds,
// and both copies can be changed independently.
//
// Each node belongs to an [Owner]. Who changes a container says who they are:
// their own nodes they change in place, of all others they make a copy first.
// Two copies of a container whose changes are made under different owners never
// see each other's. A container that has been published for reading is safe as
// long as nobody changes anything under the owner that made it.
//
// The zero value of each container is empty and ready for use.
//
// # Removal
//
// Trees, hash indexes and sets shrink. A tree merges a node with a neighbour when
// both fit in one node with some room to spare, and drops a level whose only node
// is the root's only kid. A hash index drops its last bucket when the others can
// take its entries with some room to spare. The spare room keeps inserts and
// removals that alternate from splitting and merging each time. After removals a
// container takes at most about twice the memory of a new one with the same
// entries, half as much more on average, and none when it is empty.
//
// Removal follows the rule of all changes: a merge makes a new node and only reads
// those that it replaces, so that other owners' nodes stay as they are.
//
// A vector does not shrink when items are set to zero. Its users give the numbers
// of items that they no longer need to new items. [Vec.Truncate] drops the items
// from a number on.
package cow

import "sync/atomic"

// Owner is who may change a node in place.
type Owner uint64

var owners atomic.Uint64

// NewOwner returns an owner that nobody else is.
func NewOwner() Owner { return Owner(owners.Add(1)) }
