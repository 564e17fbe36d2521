package pgsessions

import (
	"context"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
)

// newPool returns a pool with a connection.
func newPool(ctx context.Context, config *pgxpool.Config) (*pgxpool.Pool, error) {
	// The session outlives the context of the run that opens it.
	pool, err := pgxpool.NewWithConfig(context.WithoutCancel(ctx), config)
	if err != nil {
		return nil, err
	}
	if err := pool.Ping(ctx); err != nil {
		pool.Close()
		return nil, err
	}
	return pool, nil
}

// connected learns which of the server's processes has the session.
func (s *session) connected(_ context.Context, conn *pgx.Conn) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.pid = conn.PgConn().PID()
	return nil
}
