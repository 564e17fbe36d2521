package lockstep

import (
	"encoding/binary"

	"github.com/google/uuid"
)

// Absent is an id that no row has.
var Absent = ID(1 << 60)

// ID returns the n-th id. Ids ascend.
func ID(n uint64) (u uuid.UUID) {
	binary.BigEndian.PutUint64(u[8:], n)
	return u
}

// Null returns the id as the value of a column that may be NULL.
func Null(u uuid.UUID) uuid.NullUUID { return uuid.NullUUID{UUID: u, Valid: true} }
