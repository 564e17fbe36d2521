package replay

import (
	"fmt"
	"time"
)

// Row is a row of a log.
type Row struct {
	// Line is the line of the file on which the row begins.
	Line     int
	Case     string
	Activity string
	Actor    string
	Start    time.Time
	// End is not before Start. It equals Start if the row has no duration.
	End time.Time

	transition transition
}

// Reason says why a row cannot be replayed.
type Reason string

// The reasons.
const (
	ReasonFields  Reason = "wrong number of fields"
	ReasonQuotes  Reason = "malformed quotes"
	ReasonTooLong Reason = "record too long"
	ReasonCase    Reason = "missing case"
	ReasonStart   Reason = "missing start"
	ReasonTime    Reason = "unreadable time"
	ReasonEnd     Reason = "end before start"
)

// BadRow is a row that cannot be replayed.
type BadRow struct {
	Line   int    `json:"line"`
	Reason Reason `json:"reason"`
	Detail string `json:"detail,omitempty"`
}

// Error returns the line, the reason and the detail.
func (b *BadRow) Error() string {
	if b.Detail == "" {
		return fmt.Sprintf("line %d: %s", b.Line, b.Reason)
	}
	return fmt.Sprintf("line %d: %s: %s", b.Line, b.Reason, b.Detail)
}
