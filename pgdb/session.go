package pgdb

import (
	"context"

	"github.com/jackc/pgx/v5"

	"github.com/tasktwin/tasktwin"
)

const applicationName = "application_name"

// ownName is the key of a connection's application_name before sessions had names.
const ownName = "tasktwin application_name"

// nameSession lets a connection that is taken from the pool have the name of the
// context's session, or the one that it had before. The server tells of the name when
// it changes, so that nothing is sent where it is right.
func nameSession(ctx context.Context, conn *pgx.Conn) (ok bool, err error) {
	pg := conn.PgConn()
	has := pg.ParameterStatus(applicationName)
	name := tasktwin.SessionName(ctx)
	own, renamed := pg.CustomData()[ownName].(string)
	switch {
	case name == "" && !renamed:
		return true, nil
	case name == "":
		name = own
	case !renamed:
		pg.CustomData()[ownName] = has
	}
	if name == has {
		return true, nil
	}
	result := pg.ExecParams(ctx, "SELECT set_config('application_name', $1, false)", [][]byte{[]byte(name)}, nil, nil, nil).Read()
	if conn.IsClosed() && ctx.Err() == nil {
		return false, nil // the connection was lost before: the pool takes another one
	}
	return result.Err == nil, result.Err
}
