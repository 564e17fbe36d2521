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
package cow

import "sync/atomic"

// Owner is who may change a node in place.
type Owner uint64

var owners atomic.Uint64

// NewOwner returns an owner that nobody else is.
func NewOwner() Owner { return Owner(owners.Add(1)) }

// withRoom returns items with room for one more. It leaves less room than append
// does: most nodes stay small, and there are many.
func withRoom[T any](items []T) []T {
	if n := len(items); n == cap(items) {
		return append(make([]T, 0, n+n/4+4), items...)
	}
	return items
}
