package bench

import (
	"context"
	"io"
	"net"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/stretchr/testify/require"

	"github.com/tasktwin/tasktwin/pgdb"
)

// proxy is between clients and a server. It delays what goes in each direction, and counts
// round trips: how often a client sends something after the server has answered.
type proxy struct {
	delay   time.Duration
	trips   atomic.Int64
	running sync.WaitGroup
}

// throughProxy returns a store on the database of another, through a proxy, and the proxy.
// Both end with the test.
func throughProxy(t testing.TB, db *pgdb.DB, delay time.Duration) (*pgdb.DB, *proxy) {
	t.Helper()
	p := &proxy{delay: delay}
	config := db.Pool().Config().Copy()
	listener, err := (&net.ListenConfig{}).Listen(t.Context(), "unix", filepath.Join(t.TempDir(), "s"))
	require.NoError(t, err)
	dial := config.ConnConfig.DialFunc
	config.ConnConfig.DialFunc = func(ctx context.Context, network, address string) (net.Conn, error) {
		server, err := dial(ctx, network, address)
		if err != nil {
			return nil, err
		}
		client, err := (&net.Dialer{}).DialContext(ctx, "unix", listener.Addr().String())
		if err != nil {
			_ = server.Close()
			return nil, err
		}
		accepted, err := listener.Accept()
		if err != nil {
			_, _ = server.Close(), client.Close()
			return nil, err
		}
		var asking atomic.Bool // the client was the last that has sent something
		p.running.Go(func() {
			p.copy(server, accepted, func() {
				if !asking.Swap(true) {
					p.trips.Add(1)
				}
			})
		})
		p.running.Go(func() { p.copy(accepted, server, func() { asking.Store(false) }) })
		return client, nil
	}
	pool, err := pgxpool.NewWithConfig(t.Context(), config)
	require.NoError(t, err)
	t.Cleanup(func() {
		pool.Close()
		_ = listener.Close()
		p.running.Wait()
	})
	return pgdb.New(pool), p
}

type chunk struct {
	data []byte
	due  time.Time
}

// copy passes on what it reads after the delay, and calls a function for each piece of it.
func (p *proxy) copy(to io.WriteCloser, from io.ReadCloser, passed func()) {
	chunks := make(chan chunk, 1024)
	p.running.Go(func() {
		defer close(chunks)
		for {
			data := make([]byte, 64<<10)
			n, err := from.Read(data)
			if n > 0 {
				passed()
				chunks <- chunk{data[:n], time.Now().Add(p.delay)}
			}
			if err != nil {
				return
			}
		}
	})
	for c := range chunks {
		time.Sleep(time.Until(c.due))
		if _, err := to.Write(c.data); err != nil {
			break
		}
	}
	_, _ = to.Close(), from.Close()
	for range chunks { // the reader must be able to end
	}
}
