package pgdb

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/tasktwin/tasktwin"
)

// The first and the longest time between two requests to the server that concern a
// statement that has not ended.
const (
	firstDelay = 50 * time.Millisecond
	maxDelay   = time.Second
)

// interruption ends a statement that waits. The server is asked to cancel it, and its
// answer says whether it has: if the context were cancelled instead, the driver would
// close the connection, and what became of the statement would not be known.
type interruption struct {
	conn *pgconn.PgConn
	// timeout limits the time of a request.
	timeout time.Duration
	// ended is closed when the statement has ended.
	ended chan struct{}
	// running are the goroutines that may interrupt the statement.
	running sync.WaitGroup

	mu sync.Mutex
	// cause is what the statement returns if it was cancelled. It is nil as long as
	// nobody has asked for that.
	cause error
	// uncertain says that a request may still be on its way to the server, where it
	// could hit a later statement of the connection.
	uncertain bool
}

// statement runs fn, which runs a statement on a connection. It returns ErrClosed if
// the store is closed meanwhile, unless the server was faster. Owners are the other
// transactions whose functions run on this goroutine: it returns ErrStoreInTx if the
// statement waits for one of them, which could not end before, and if the pool has a
// connection left on which to find out.
func (db *DB) statement(conn *pgx.Conn, owners []*session, fn func() error) (err error) {
	in := &interruption{conn: conn.PgConn(), timeout: db.rollbackTimeout, ended: make(chan struct{})}
	ctx, cancel := context.WithCancel(context.Background()) // what ends fn must not end a request
	defer cancel()
	in.running.Add(1)
	stop := db.onClose(func() {
		defer in.running.Done()
		in.interrupt(ctx, tasktwin.ErrClosed)
	})
	stopWatch := func() {}
	if n := len(owners); n > 0 && n+1 < db.ownTx.conns {
		acquiring, cancel := context.WithCancel(ctx)
		stopWatch = cancel
		in.running.Go(func() {
			if in.watch(ctx, acquiring, db, owners) {
				in.interrupt(ctx, tasktwin.ErrStoreInTx)
			}
		})
	}
	defer func() {
		stopWatch()
		if stop() {
			in.running.Done()
		}
		err = in.end(conn, cancel, err)
	}()
	return fn()
}

// end waits for those who interrupt the statement, and returns its error.
func (in *interruption) end(conn *pgx.Conn, cancel context.CancelFunc, err error) error {
	close(in.ended)
	if conn.IsClosed() {
		cancel() // no later statement can be hit
	}
	in.running.Wait()
	if in.uncertain {
		ctx, cancel := context.WithTimeout(context.Background(), in.timeout)
		defer cancel()
		_ = conn.Close(ctx)
	}
	if refused, ok := errors.AsType[*tasktwin.Error](err); ok && refused.Code == tasktwin.QueryCanceled && in.cause != nil {
		return in.cause
	}
	return err
}

// interrupt asks the server to cancel the statement until it has ended: a request that
// comes before the statement has no effect.
func (in *interruption) interrupt(ctx context.Context, cause error) {
	in.mu.Lock()
	defer in.mu.Unlock()
	for delay := firstDelay; in.isRunning(); delay = min(2*delay, maxDelay) {
		if in.cause == nil {
			in.cause = cause
		}
		in.request(ctx)
		in.sleep(delay)
	}
}

// request asks the server once.
func (in *interruption) request(ctx context.Context) {
	ctx, cancel := context.WithTimeout(ctx, in.timeout)
	defer cancel()
	// The server closes the request's connection when it has told the process that runs
	// the statement.
	if err := in.conn.CancelRequest(ctx); err != nil || ctx.Err() != nil {
		in.uncertain = true
	}
}

func (in *interruption) isRunning() bool {
	select {
	case <-in.ended:
		return false
	default:
		return true
	}
}

// sleep returns after a time, or when the statement has ended.
func (in *interruption) sleep(d time.Duration) {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-in.ended:
	case <-timer.C:
	}
}
