package program

import (
	"encoding/binary"
	"time"

	"github.com/google/uuid"
)

// Epoch is the first time that rows have.
var Epoch = time.Date(2024, 3, 1, 12, 0, 0, 0, time.UTC)

// Absent is an id that no row has.
var Absent = ID(1 << 60)

// ID returns the n-th id. Ids are in the order of their numbers.
func ID(n uint64) (u uuid.UUID) {
	binary.BigEndian.PutUint64(u[8:], n)
	return u
}

// Null returns an id as the value of a nullable column.
func Null(u uuid.UUID) uuid.NullUUID { return uuid.NullUUID{UUID: u, Valid: true} }
