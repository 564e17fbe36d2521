package pgvalue

import (
	"bytes"

	"github.com/google/uuid"
)

// CompareUUID compares as PostgreSQL orders uuid: bytewise.
func CompareUUID(a, b uuid.UUID) int { return bytes.Compare(a[:], b[:]) }
