package pgdb

import (
	"context"
	"errors"

	"github.com/jackc/pgx/v5"

	"github.com/tasktwin/tasktwin"
)

// refusedError is the error of a server, with the driver's text, which names the
// hosts that were tried.
type refusedError struct {
	text string
	err  *tasktwin.Error
}

func (e *refusedError) Error() string { return e.text }
func (e *refusedError) Unwrap() error { return e.err }

// noConnection returns the error of the attempt to get a connection, with a text without
// parts of a password. It wraps a [tasktwin.ConnectionError], unless a server has
// answered that it will not take the connection later either, for example because of a
// wrong password, or the context has ended.
func noConnection(ctx context.Context, c *pgx.ConnConfig, err error) error {
	shown, temporary := redact(c, err), true
	if refused, ok := errors.AsType[*tasktwin.Error](wrap(err)); ok {
		shown = &refusedError{text: shown.Error(), err: refused}
		temporary = isTemporary(refused.Code)
	}
	if !temporary || ctx.Err() != nil {
		return shown
	}
	return &tasktwin.ConnectionError{Outcome: tasktwin.OutcomeNotSent, Err: shown}
}

// isTemporary reports whether a server that has refused a connection with a code may take
// one later: it starts, stops, or lacks something.
func isTemporary(code tasktwin.SQLState) bool {
	class := string(code)[:min(2, len(code))]
	return class == "08" || class == "53" || class == "57"
}
