// Package pgvalue implements PostgreSQL's value rules in Go: which values are refused, and
// the stored form of the others.
//
// Its errors are [*tasktwin.Error] with PostgreSQL's SQLSTATE and message. Table, column and
// constraint are empty, because PostgreSQL does not send them for an invalid value. The
// rules are those of a database with the encoding UTF8 that is accessed in pgx's binary
// format.
//
// Every function is safe for concurrent use, and none keeps its arguments.
package pgvalue

import "github.com/tasktwin/tasktwin"

// Codes that only this package returns.
const (
	numericValueOutOfRange tasktwin.SQLState = "22003"
	programLimitExceeded   tasktwin.SQLState = "54000"
)

func fail(code tasktwin.SQLState, message string) error {
	return &tasktwin.Error{Code: code, Message: message}
}
