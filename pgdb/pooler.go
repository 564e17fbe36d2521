package pgdb

import (
	"fmt"
	"strings"

	"github.com/jackc/pgx/v5"

	"github.com/tasktwin/tasktwin"
)

// What a server or a pooler answers where a statement was prepared on another connection.
const (
	duplicatePreparedStatement tasktwin.SQLState = "42P05"
	noSuchPreparedStatement    tasktwin.SQLState = "26000"
	protocolViolation          tasktwin.SQLState = "08P01"
)

// withMode adds to an error about a prepared statement the mode of pgx that needs none. In
// the default mode a statement is prepared once for each connection, which behind a
// pooler that pools transactions is not one connection to the server. In the mode that is
// named, all answers are as in the default mode: those that send text differ.
func withMode(err *tasktwin.Error) error {
	switch err.Code {
	case duplicatePreparedStatement, noSuchPreparedStatement:
	case protocolViolation:
		// PgBouncer's own, or the server's about a statement of another client. The code alone
		// is also that of a NUL byte in the simple protocol.
		if !strings.Contains(err.Message, "prepared statement ") {
			return err
		}
	default:
		return err
	}
	return fmt.Errorf("%w: prepared statements do not last behind a pooler: "+
		"add default_query_exec_mode=cache_describe to the connection string", err)
}

// unprepared returns the mode in which statements that run once need no prepared
// statement, so that a pooler may give each transaction another connection.
func unprepared(mode pgx.QueryExecMode) pgx.QueryExecMode {
	if mode == pgx.QueryExecModeSimpleProtocol {
		return mode // somebody has chosen it
	}
	return pgx.QueryExecModeExec
}
