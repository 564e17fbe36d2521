// Package pgvalue is PostgreSQL's value rules in Go: what a value that a client
// sends looks like once the database has stored it, and which values it
// refuses.
//
// Its errors are [*tasktwin.Error] with PostgreSQL's SQLSTATE and message. Table,
// column and constraint are empty, as PostgreSQL sends none for a value that it
// cannot read. The rules are those of a database whose encoding is UTF8, reached
// through pgx's binary format.
//
// Every function is safe for concurrent use, and none keeps what it is given.
package pgvalue

import "github.com/tasktwin/tasktwin"

// Codes that only this package raises.
const (
	numericValueOutOfRange tasktwin.SQLState = "22003"
	programLimitExceeded   tasktwin.SQLState = "54000"
)

func fail(code tasktwin.SQLState, message string) error {
	return &tasktwin.Error{Code: code, Message: message}
}
