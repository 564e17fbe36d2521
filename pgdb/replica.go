package pgdb

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/tasktwin/tasktwin"
)

const (
	// replicaPatience is the longest time that a read waits for a connection to a replica
	// and for what is asked about its lag.
	replicaPatience = time.Second
	// longestRest is the longest time for which a replica is left alone after it was of
	// no use.
	longestRest = time.Second
	// replayedAt is the key of a connection's time up to which its server is known to
	// have replayed everything.
	replayedAt = "tasktwin replayed at"
)

// ReplicaStats counts reads that a replica could have answered.
type ReplicaStats struct {
	// Replica are those that it has answered.
	Replica int64
	// Stale are those that the primary got because the replica could not be shown to be
	// within Options.MaxLag.
	Stale int64
	// Failed are those that the primary got because the replica could not be reached, is
	// none, or has failed, for example because its replication has cancelled the query.
	Failed int64
}

// replica is a pool of connections to servers that may lag behind the primary.
//
// How far is found out by positions in the write-ahead log: a server that has replayed
// what the primary had written at a time lags behind by no more than has passed since.
// No clock of a server is compared. What is known belongs to a connection, because a pool
// may have several servers, and because a server never goes back.
type replica struct {
	pool   *pgxpool.Pool
	owned  bool // Close closes the pool
	maxLag time.Duration

	answered, stale, failed atomic.Int64

	// asking is held by the call that asks the primary.
	asking chan struct{}
	mu     sync.Mutex
	// marks are positions of the primary, the newest last. All are younger than maxLag.
	marks []mark
	// restsUntil is when the replica may be asked again, and restsFor why it rests.
	restsUntil time.Time
	restsFor   error
}

// mark is what the primary had written at a time, or more.
type mark struct {
	at  time.Time
	lsn uint64
}

var errStale = errors.New("pgdb: the replica is not known to be within the lag")

// newReplica returns the replica of the options, or nil if they have none.
func newReplica(ctx context.Context, opts Options) (*replica, error) {
	r := &replica{pool: opts.ReadPool, maxLag: opts.MaxLag, asking: make(chan struct{}, 1)}
	switch {
	case opts.ReadURL == "" && opts.ReadPool == nil:
		if opts.MaxLag != 0 {
			return nil, errors.New("Options.MaxLag is set, and neither Options.ReadURL nor Options.ReadPool is")
		}
		return nil, nil //nolint:nilnil // there is none
	case opts.ReadURL != "" && opts.ReadPool != nil:
		return nil, errors.New("Options.ReadURL and Options.ReadPool are both set")
	case opts.MaxLag <= 0:
		return nil, fmt.Errorf("Options.MaxLag is %s: with a replica it must be positive", opts.MaxLag)
	case opts.ReadPool != nil:
		return r, nil
	}
	config, err := ParseConfig(opts.ReadURL)
	if err != nil {
		return nil, fmt.Errorf("Options.ReadURL: %w", err)
	}
	if opts.MaxConns > 0 {
		config.MaxConns = opts.MaxConns
	}
	config.ConnConfig.Tracer = opts.Tracer
	if r.pool, err = pgxpool.NewWithConfig(ctx, config); err != nil {
		return nil, fmt.Errorf("Options.ReadURL: %w", err)
	}
	r.owned = true
	return r, nil
}

func (r *replica) close() {
	if r != nil && r.owned {
		r.pool.Close()
	}
}

// ReplicaStats returns what has become of the reads that a replica could have answered,
// since the store was opened. Without a replica they are zero.
func (db *DB) ReplicaStats() ReplicaStats {
	if db.replica == nil {
		return ReplicaStats{}
	}
	return ReplicaStats{Replica: db.replica.answered.Load(), Stale: db.replica.stale.Load(), Failed: db.replica.failed.Load()}
}

// onReplica runs a read on the replica, if one may answer it. It returns false if the
// primary has to: no failure of the replica is one of the read.
func (db *DB) onReplica(ctx context.Context, usual bool, read func(*pgxpool.Conn) error) (answered bool, err error) {
	r := db.replica
	if r == nil || !tasktwin.ReplicaAllowed(ctx, usual) {
		return false, nil
	}
	conn, err := r.acquire(ctx, db)
	if err == nil {
		err = func() error {
			defer conn.Release()
			return read(conn)
		}()
		if err == nil || errors.Is(err, sql.ErrNoRows) || errors.Is(err, tasktwin.ErrClosed) || ctx.Err() != nil {
			r.answered.Add(1)
			return true, err
		}
	}
	if errors.Is(err, errStale) {
		r.stale.Add(1)
	} else {
		r.failed.Add(1)
	}
	return false, nil
}

// acquire returns a connection to a server that is within the lag.
func (r *replica) acquire(ctx context.Context, db *DB) (_ *pgxpool.Conn, err error) {
	if err := r.resting(); err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(ctx, replicaPatience)
	defer cancel()
	defer db.onClose(cancel)()
	defer func() {
		if err != nil {
			r.rest(err)
		}
	}()
	conn, err := r.pool.Acquire(ctx)
	if err != nil {
		return nil, err
	}
	if err = checkEncodings(conn.Conn().PgConn()); err == nil {
		err = r.fresh(ctx, db, conn.Conn().PgConn())
	}
	if err != nil {
		conn.Release()
		return nil, err
	}
	return conn, nil
}

// fresh returns an error if the server of a connection is not known to be within the lag.
func (r *replica) fresh(ctx context.Context, db *DB, conn *pgconn.PgConn) error {
	if at, ok := conn.CustomData()[replayedAt].(time.Time); ok && time.Since(at) <= r.maxLag {
		return nil
	}
	if err := r.renewMarks(ctx, db); err != nil {
		return err
	}
	answer, err := ask(ctx, conn, "SELECT CASE WHEN pg_catalog.pg_is_in_recovery() THEN pg_catalog.pg_last_wal_replay_lsn() END")
	if err != nil {
		return err
	}
	if answer == "" {
		return errors.New("pgdb: the replica is no standby")
	}
	replayed, err := parseLSN(answer)
	if err != nil {
		return err
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, m := range slices.Backward(r.marks) {
		if m.lsn <= replayed && time.Since(m.at) <= r.maxLag {
			conn.CustomData()[replayedAt] = m.at
			return nil
		}
	}
	return errStale
}

// renewMarks asks the primary for its position, unless that was done recently. One call
// asks at a time, and the others use its answer.
func (r *replica) renewMarks(ctx context.Context, db *DB) error {
	select {
	case r.asking <- struct{}{}:
		defer func() { <-r.asking }()
	case <-ctx.Done():
		return ctx.Err()
	}
	now := time.Now()
	if r.isRecent(now) {
		return nil
	}
	if len(db.ownTx.here()) >= db.ownTx.conns {
		return tasktwin.ErrStoreInTx // there will be no connection
	}
	conn, err := db.pool.Acquire(ctx)
	if err != nil {
		return err
	}
	defer conn.Release()
	answer, err := ask(ctx, conn.Conn().PgConn(), "SELECT pg_catalog.pg_current_wal_lsn()")
	if err != nil {
		return err
	}
	lsn, err := parseLSN(answer)
	if err != nil {
		return err
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.marks = append(slices.DeleteFunc(r.marks, func(m mark) bool { return now.Sub(m.at) > r.maxLag }), mark{now, lsn})
	return nil
}

// isRecent reports whether the newest mark is recent. With several marks within the lag, a
// server that always lags a little can be shown to be within it.
func (r *replica) isRecent(now time.Time) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	n := len(r.marks)
	return n > 0 && now.Sub(r.marks[n-1].at) <= r.maxLag/4
}

// resting returns why the replica is not to be asked at this moment, or nil if it may be.
func (r *replica) resting() error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if time.Now().Before(r.restsUntil) {
		return r.restsFor
	}
	return nil
}

// rest leaves the replica alone for a moment, so that not every read finds out that it is
// of no use.
func (r *replica) rest(reason error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.restsUntil, r.restsFor = time.Now().Add(min(r.maxLag/4, longestRest)), reason
}

// ask returns the only value of a query, as text, or "" for NULL. It is not by pgx, whose
// tracer would take it for one of the store's statements.
func ask(ctx context.Context, conn *pgconn.PgConn, query string) (string, error) {
	result := conn.ExecParams(ctx, query, nil, nil, nil, nil).Read()
	if result.Err != nil {
		return "", result.Err
	}
	return string(result.Rows[0][0]), nil
}

// parseLSN returns a position in the write-ahead log as a number.
func parseLSN(text string) (uint64, error) {
	high, low, _ := strings.Cut(text, "/")
	h, err := strconv.ParseUint(high, 16, 32)
	if err != nil {
		return 0, fmt.Errorf("pgdb: a position in the write-ahead log: %w", err)
	}
	l, err := strconv.ParseUint(low, 16, 32)
	if err != nil {
		return 0, fmt.Errorf("pgdb: a position in the write-ahead log: %w", err)
	}
	return h<<32 | l, nil
}
