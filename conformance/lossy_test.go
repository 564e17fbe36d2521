package conformance

import (
	"bytes"
	"context"
	"net"
	"sync/atomic"
	"testing"

	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/stretchr/testify/require"

	"github.com/tasktwin/tasktwin/pgdb"
)

// loss is a loss of one message to the server, or of the answer to it.
type loss struct {
	// message is a part of the message.
	message string
	// before says that the message itself is lost, and not only the answer.
	before bool
	// unsent says that the message cannot be sent, and that the sender is told so.
	unsent bool
	// then is called in place of what was lost. It is given the connection.
	then func(net.Conn)

	happened atomic.Bool
}

// lossyConn is a connection on which a message or an answer is lost.
type lossyConn struct {
	net.Conn
	loss *loss
	// lost says that nothing arrives from the server any more.
	lost atomic.Bool
}

// Write sends a message, unless it is to be lost.
func (c *lossyConn) Write(b []byte) (int, error) {
	if bytes.Contains(b, []byte(c.loss.message)) && c.loss.happened.CompareAndSwap(false, true) {
		c.lost.Store(true)
		if c.loss.before || c.loss.unsent {
			c.loss.then(c.Conn)
		}
		if c.loss.unsent {
			return 0, net.ErrClosed
		}
		if c.loss.before {
			return len(b), nil
		}
	}
	return c.Conn.Write(b)
}

// Read receives a message. If that is to be lost, the server has done what it was told
// to, and Read goes on until the connection is closed or its deadline is exceeded.
func (c *lossyConn) Read(b []byte) (int, error) {
	n, err := c.Conn.Read(b)
	for err == nil && c.lost.Load() {
		if !c.loss.before {
			c.loss.then(c.Conn)
		}
		n, err = c.Conn.Read(b)
	}
	return n, err
}

// openLossy opens a store with one connection, on which something is lost. The later
// ones lose nothing.
func openLossy(t *testing.T, url string, l *loss, opts pgdb.Options) *pgdb.DB {
	t.Helper()
	config, err := pgdb.ParseConfig(url)
	require.NoError(t, err)
	config.MaxConns = 1
	config.ConnConfig.Tracer = opts.Tracer
	dial := config.ConnConfig.DialFunc
	config.ConnConfig.DialFunc = func(ctx context.Context, network, address string) (net.Conn, error) {
		conn, err := dial(ctx, network, address)
		if err != nil {
			return nil, err
		}
		return &lossyConn{Conn: conn, loss: l}, nil
	}
	pool, err := pgxpool.NewWithConfig(t.Context(), config)
	require.NoError(t, err)
	t.Cleanup(pool.Close)
	db, err := pgdb.NewWithOptions(pool, pgdb.Options{RollbackTimeout: opts.RollbackTimeout})
	require.NoError(t, err)
	return db
}
