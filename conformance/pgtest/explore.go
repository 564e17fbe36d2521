package pgtest

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/tasktwin/tasktwin"
	"github.com/tasktwin/tasktwin/conformance/internal/pgwaits"
	"github.com/tasktwin/tasktwin/explore"
	"github.com/tasktwin/tasktwin/pgdb"
)

// Schedules returns an Open for [explore.Config], which explores on PostgreSQL: each schedule
// gets a database of its own with the seed's rows. That takes some 100 ms, so it is for
// confirming a schedule that has failed on memdb, by its text:
//
//	config.Store, config.Open, config.Schedule = nil, seed.Schedules(t), failure.Schedule
//
// Who waits is what the server says, as for [Waits]. The server's user has to be a superuser,
// as those of servers that package pgserver starts are. Without a PostgreSQL it skips or fails
// the test.
func (s *Seed) Schedules(t testing.TB) func(context.Context) (*explore.Engine, error) {
	t.Helper()
	template, err := s.load(serverOf(t))
	if err != nil {
		t.Fatal(err)
	}
	return func(ctx context.Context) (*explore.Engine, error) {
		url, drop, err := template.NewDatabase(ctx)
		if err != nil {
			return nil, err
		}
		db, err := openSchedule(ctx, url)
		if err != nil {
			return nil, errors.Join(err, drop())
		}
		return &explore.Engine{Store: db.store, Settled: db.settled, Close: func() error {
			err := db.store.Close()
			db.pool.Close()
			db.control.Close()
			return errors.Join(err, drop())
		}}, nil
	}
}

// scheduled is a database on which a schedule runs.
type scheduled struct {
	store *pgdb.DB
	// pool is that of the store, and control is for asking who waits.
	pool, control *pgxpool.Pool

	mu sync.Mutex
	// noticed has, by the server's process, the lock of which the server has said that the process
	// still waits for it. It has looked for a deadlock then, and found none.
	noticed map[uint32]string
}

func openSchedule(ctx context.Context, url string) (_ *scheduled, err error) {
	d := &scheduled{noticed: map[uint32]string{}}
	config, err := pgdb.ParseConfig(url)
	if err != nil {
		return nil, err
	}
	control := config.Copy()
	control.MaxConns = 1
	pgwaits.SetNotices(config.ConnConfig.RuntimeParams)
	config.ConnConfig.OnNotice = d.notice
	// A pool outlives the context that opens it.
	if d.pool, err = pgxpool.NewWithConfig(context.WithoutCancel(ctx), config); err != nil {
		return nil, err
	}
	if d.control, err = pgxpool.NewWithConfig(context.WithoutCancel(ctx), control); err != nil {
		d.pool.Close()
		return nil, err
	}
	if err := d.pool.Ping(ctx); err != nil {
		d.pool.Close()
		d.control.Close()
		return nil, fmt.Errorf("pgtest: open a database for a schedule, which needs a superuser: %w", err)
	}
	d.store = pgdb.New(d.pool)
	return d, nil
}

func (d *scheduled) notice(conn *pgconn.PgConn, n *pgconn.Notice) {
	lock, ok := pgwaits.StillWaits(n.Message)
	if !ok {
		return
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	d.noticed[conn.PID()] = lock
}

// settled implements [explore.Engine.Settled].
func (d *scheduled) settled(ctx context.Context, busy []string) ([]tasktwin.Wait, bool, error) {
	backends, err := pgwaits.Backends(ctx, d.control)
	if err != nil || pgwaits.Deadlocked(backends) || !d.lasts(backends, busy) {
		return nil, false, err
	}
	// The server has looked at one session after the other, and one may have let the other go in
	// between.
	again, err := pgwaits.Backends(ctx, d.control)
	return pgwaits.Waits(backends), err == nil && pgwaits.Equal(backends, again), err
}

// lasts reports whether each of the sessions waits, and has looked for a deadlock.
func (d *scheduled) lasts(backends []pgwaits.Backend, busy []string) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	for _, name := range busy {
		if !slices.ContainsFunc(backends, func(b pgwaits.Backend) bool {
			return b.Session == name && b.Waits() && d.noticed[b.PID] == b.Lock
		}) {
			return false
		}
	}
	return true
}
