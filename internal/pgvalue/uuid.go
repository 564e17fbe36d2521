package pgvalue

import (
	"bytes"

	"github.com/google/uuid"
)

// CompareUUID compares uuids in PostgreSQL's order: bytewise.
func CompareUUID(a, b uuid.UUID) int { return bytes.Compare(a[:], b[:]) }
