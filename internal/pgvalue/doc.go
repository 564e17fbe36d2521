// Package pgvalue implements PostgreSQL's value rules in Go: the stored form of a
// value, and which values are refused.
//
// Its errors are [*tasktwin.Error] with PostgreSQL's SQLSTATE and message. Table,
// column and constraint are empty, because PostgreSQL sends none for a value that it
// cannot read. The rules are those of a database with the encoding UTF8 that is
// accessed through pgx's binary format.
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
