package pgtest

import (
	"context"

	"github.com/tasktwin/tasktwin/conformance/pgserver"
)

// Server is a PostgreSQL server with a migrated template database.
type Server = pgserver.Server

// ErrNotFound means that no PostgreSQL is available.
var ErrNotFound = pgserver.ErrNotFound

// ErrClosed is returned by calls on a closed Server.
var ErrClosed = pgserver.ErrClosed

// Start calls [pgserver.Start]. It is for programs that need a server without a
// test.
func Start(ctx context.Context) (*Server, error) { return pgserver.Start(ctx) }
