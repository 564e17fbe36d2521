package pgdb

import (
	"fmt"

	"github.com/jackc/pgx/v5/pgconn"
)

// checkEncodings refuses a connection whose encodings would change text. The
// server has reported its encodings at the start of the session, so no statement
// is sent.
func checkEncodings(conn *pgconn.PgConn) error {
	if server := conn.ParameterStatus("server_encoding"); server == "SQL_ASCII" {
		return fmt.Errorf("%w: its encoding is SQL_ASCII, in which PostgreSQL counts bytes for characters and takes text that is not valid; "+
			"create the database with ENCODING 'UTF8' TEMPLATE template0", ErrRefused)
	}
	if client := conn.ParameterStatus("client_encoding"); client != "UTF8" {
		return fmt.Errorf("%w: client_encoding is %s on the pool's connections, and must be UTF8, which pgdb.ParseConfig sets",
			ErrRefused, client)
	}
	return nil
}
