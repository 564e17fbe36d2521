package program

import (
	"encoding/binary"
	"time"

	"github.com/google/uuid"
)

// Epoch is when rows begin.
var Epoch = time.Date(2024, 3, 1, 12, 0, 0, 0, time.UTC)

// Absent is an id that no row has.
var Absent = ID(1 << 60)

// ID returns the n-th id. Ids ascend.
func ID(n uint64) (u uuid.UUID) {
	binary.BigEndian.PutUint64(u[8:], n)
	return u
}

// Null returns the id as the value of a column that may be NULL.
func Null(u uuid.UUID) uuid.NullUUID { return uuid.NullUUID{UUID: u, Valid: true} }
