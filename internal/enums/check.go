// Package enums refuses values outside of PostgreSQL's enum types, with the error
// that PostgreSQL has for them. Both engines check them before anything else: the
// in-memory engine because the server would, the PostgreSQL engine because its
// driver learns of a type's values only by sending one.
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

// Check returns nil for a value of its type, else an error with SQLSTATE 22P02.
func Check[E Enum](v E) error {
	if v.Valid() {
		return nil
	}
	return &tasktwin.Error{
		Code:    tasktwin.InvalidTextRepresentation,
		Message: fmt.Sprintf("invalid input value for enum %s: %q", v.TypeName(), string(v)),
	}
}

// CheckLoad returns the error of rows that an engine must not send: nil, or a value
// outside of its enum type.
func CheckLoad(rows *tasktwin.Dump) error {
	if rows == nil {
		return errors.New("tasktwin: Load: rows is nil")
	}
	return CheckDump(rows)
}
