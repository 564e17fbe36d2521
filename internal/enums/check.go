// Package enums checks that values belong to PostgreSQL's enum types, and returns
// PostgreSQL's error for those that do not. Both engines check enums before anything else.
// The in-memory engine does so because the server does. The PostgreSQL engine does so
// because pgx would have to send a value to learn whether it is valid.
package enums

import (
	"errors"
	"fmt"

	"github.com/tasktwin/tasktwin"
)

// Enum is any of the enums.
type Enum interface {
	~string
	Valid() bool
	TypeName() string
}

// Check returns an error with SQLSTATE 22P02 if the value does not belong to its type.
func Check[E Enum](v E) error {
	if v.Valid() {
		return nil
	}
	return &tasktwin.Error{
		Code:    tasktwin.InvalidTextRepresentation,
		Message: fmt.Sprintf("invalid input value for enum %s: %q", v.TypeName(), string(v)),
	}
}

// CheckLoad returns an error if rows is nil or has a value that does not belong to its enum
// type. Engines must not send such rows.
func CheckLoad(rows *tasktwin.Dump) error {
	if rows == nil {
		return errors.New("tasktwin: Load: rows is nil")
	}
	return CheckDump(rows)
}
