// Package cow provides memdb's copy-on-write containers: a vector, a hash index and an
// ordered tree. Copying a container copies only a small struct, however many items it
// has. Both copies can be changed independently.
//
// Each node belongs to an [Owner]. A change is made under an owner: nodes of that owner
// are changed in place, all others are copied first. If two copies of a container are
// changed under different owners, neither sees the other's changes. A container that
// was published for reading is safe as long as nobody makes changes under the owner of
// its nodes.
//
// The zero value of each container is empty and ready to use.
//
// # Removal
//
// Trees, hash indexes and sets shrink. A tree merges two neighbouring nodes when their
// entries fit into one node with some spare capacity. It removes the root when the root
// has only one child. A hash index drops its last bucket when the others can take its
// entries with some spare capacity. The spare capacity keeps alternating inserts and
// removals from splitting and merging each time. After removals a container takes on
// average 1.5 times, and at most about twice, the memory of a new one with the same
// entries, and none when it is empty.
//
// A merge creates a new node and only reads the nodes that it replaces, so that other
// owners' nodes stay as they are.
//
// A vector does not shrink when items are set to zero. [Vec.DropPage] drops a page whose
// items are no longer needed, [Vec.Truncate] all items from an index on.
package cow

import "sync/atomic"

// Owner identifies who may change a node in place.
type Owner uint64

var owners atomic.Uint64

// NewOwner returns a new, unique owner.
func NewOwner() Owner { return Owner(owners.Add(1)) }
