package pgdb

import (
	"fmt"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"
)

// ParseConfig reads the URL of a database, or a string of keywords and values as
// libpq takes them, for a pool to give to [New]. Its connections send and receive
// UTF-8, whatever the URL, the database or the user say of client_encoding.
func ParseConfig(url string) (*pgxpool.Config, error) {
	config, err := pgxpool.ParseConfig(url)
	if err != nil {
		return nil, err
	}
	config.ConnConfig.RuntimeParams["client_encoding"] = "UTF8"
	return config, nil
}

// checkEncodings refuses a connection on which text does not stay what it is. The
// server has told of its encodings when the session began, so nothing is sent.
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
