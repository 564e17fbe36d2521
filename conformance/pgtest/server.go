package pgtest

import (
	"context"

	"github.com/tasktwin/tasktwin/conformance/pgserver"
)

// Server is a PostgreSQL with a migrated template database.
type Server = pgserver.Server

// ErrNotFound says that there is no PostgreSQL to use.
var ErrNotFound = pgserver.ErrNotFound

// ErrClosed is returned by calls on a closed Server.
var ErrClosed = pgserver.ErrClosed

// Start is [pgserver.Start], for those who start a server without a test.
func Start(ctx context.Context) (*Server, error) { return pgserver.Start(ctx) }
