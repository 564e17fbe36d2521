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
// The containers shrink when entries are removed. An ordered tree merges a node
// with a neighbour when the two fit in one node with some room, and a hash index
// drops its last bucket when the buckets have become too empty. Both leave a
// margin between what splits and what merges, so that alternating inserts and
// removals do not do either each time. What is left takes less than twice the memory
// of a new container with the same entries, and an empty tree, hash index or set takes
// none. Removing follows the same rule as inserting: a merge makes a new node, and
// a node of another owner is only read.
//
// A vector never shrinks by itself: setting an item to zero frees no node. Its users
// reuse the numbers of items that they no longer need. [Vec.Truncate] drops the
// items from a number on.
package cow

import "sync/atomic"

// Owner is who may change a node in place.
type Owner uint64

var owners atomic.Uint64

// NewOwner returns an owner that nobody else is.
func NewOwner() Owner { return Owner(owners.Add(1)) }
