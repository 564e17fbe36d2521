package pgdb

import (
	"context"
	"database/sql"
	"errors"
	"sync"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/tasktwin/tasktwin"
	"github.com/tasktwin/tasktwin/pgdb/internal/sqlc"
)

// session is a transaction with all its savepoints.
type session struct {
	// mu serializes the statements of several goroutines.
	mu sync.Mutex
	db *DB
	// opts are the options of the transaction.
	opts tasktwin.TxOptions
	// pid is the server's process.
	pid uint32
	// functions are those of the goroutine of the transaction's function. It is nil if
	// that is none of the caller's.
	functions *functions
	// refused says that a statement failed before it was sent. The server does not
	// know of it, so later statements are refused here.
	refused bool
	// lost says that the connection is closed, for example because a statement was
	// interrupted. Then no savepoint can be rolled back.
	lost bool
	// wrote says that a statement may have changed rows.
	wrote bool
	// statements is the number of statements, including savepoints.
	statements int
	// cursors is the number in the name of the newest cursor.
	cursors int
	// ending says that the transaction ends with its first cursor.
	ending bool
}

// tx is a handle on a session: the transaction's own, or that of a savepoint.
type tx struct {
	queries
	s   *session
	pgx pgx.Tx
	// parent is the handle on which the savepoint was started. It is nil for the
	// transaction itself.
	parent *tx
	// savepoint is the open savepoint that was started on this handle, or nil.
	savepoint *tx
	// first is the session's number of statements when the savepoint began.
	first int
	done  bool
}

var (
	_ tasktwin.Store         = (*tx)(nil)
	_ tasktwin.Dumper        = (*tx)(nil)
	_ tasktwin.Loader        = (*tx)(nil)
	_ tasktwin.TaskIterator  = (*tx)(nil)
	_ tasktwin.BatchInserter = (*tx)(nil)
)

func newTx(s *session, p pgx.Tx, parent *tx) *tx {
	t := &tx{s: s, pgx: p, parent: parent, first: s.statements}
	t.queries = queries{t}
	return t
}

// InTx runs fn in a transaction: see [tasktwin.Store].
func (db *DB) InTx(ctx context.Context, fn func(tasktwin.Store) error, opts *tasktwin.TxOptions) error {
	if err := db.enter(ctx); err != nil {
		return err
	}
	defer db.leave()
	if err := opts.Validate(); err != nil {
		return err
	}
	var copied tasktwin.TxOptions // the caller may change opts in the meantime
	if opts != nil {
		copied = *opts
	}
	return db.transact(ctx, copied, func(t *tx) error {
		defer db.ownTx.enter(t.s)()
		return fn(t)
	})
}

// transact runs fn in a transaction.
func (db *DB) transact(ctx context.Context, opts tasktwin.TxOptions, fn func(*tx) error) error {
	return db.withConn(ctx, func(conn *pgxpool.Conn, _ []*session) error { return db.transactOn(ctx, conn, opts, fn) })
}

// transactOn runs fn in a transaction on a connection.
func (db *DB) transactOn(ctx context.Context, conn *pgxpool.Conn, opts tasktwin.TxOptions, fn func(*tx) error) error {
	p, err := conn.BeginTx(ctx, pgxOptions(opts))
	if err != nil {
		return statementError(conn.Conn(), changesNothing, err)
	}
	t := newTx(&session{db: db, opts: opts, pid: conn.Conn().PgConn().PID()}, p, nil)
	return t.finish(ctx, func(tasktwin.Store) error { return fn(t) })
}

func pgxOptions(opts tasktwin.TxOptions) pgx.TxOptions {
	// Set both explicitly, because the server may have other defaults.
	o := pgx.TxOptions{IsoLevel: pgx.ReadCommitted, AccessMode: pgx.ReadWrite}
	if opts.Isolation != "" {
		o.IsoLevel = pgx.TxIsoLevel(opts.Isolation)
	}
	if opts.ReadOnly {
		o.AccessMode = pgx.ReadOnly
	}
	return o
}

// InTx runs fn in a savepoint.
func (t *tx) InTx(ctx context.Context, fn func(tasktwin.Store) error, opts *tasktwin.TxOptions) error {
	child, err := t.save(ctx, opts)
	if err != nil {
		return err
	}
	return child.finish(ctx, fn)
}

// save starts a savepoint.
func (t *tx) save(ctx context.Context, opts *tasktwin.TxOptions) (child *tx, err error) {
	err = t.locked(ctx, func() error {
		if t.savepoint != nil {
			return tasktwin.ErrSavepointOpen
		}
		if err := opts.ValidateSavepoint(&t.s.opts); err != nil && !t.failed() {
			return err
		}
		p, err := t.pgx.Begin(ctx)
		if err != nil {
			return statementError(t.pgx.Conn(), changesNothing, err)
		}
		child = newTx(t.s, p, t)
		t.savepoint = child
		return nil
	})
	return child, err
}

// finish runs fn and ends the transaction or the savepoint. It commits if
// everything succeeded. On an error or a panic of fn it rolls back.
func (t *tx) finish(ctx context.Context, fn func(tasktwin.Store) error) (err error) {
	committed := false
	defer func() {
		t.s.mu.Lock()
		defer t.s.mu.Unlock()
		if committed || t.outlived() {
			return
		}
		t.end()
		t.s.refused = false // a savepoint can start only if nothing had failed
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), t.s.db.rollbackTimeout)
		defer cancel()
		// This is necessary even if the connection is lost, to update the state of the pool.
		lost := t.s.lost
		if e := t.pgx.Rollback(ctx); e != nil {
			t.s.lost = true
			if err == nil && !lost {
				err = statementError(t.pgx.Conn(), changesNothing, e)
			}
		}
	}()
	if err := fn(t); err != nil {
		return err
	}
	t.s.mu.Lock()
	defer t.s.mu.Unlock()
	if err := t.committable(ctx); err != nil {
		return err
	}
	t.end()
	if err := t.pgx.Commit(ctx); err != nil {
		return statementError(t.pgx.Conn(), commits(t.parent == nil && t.s.wrote), err)
	}
	committed = true
	return nil
}

// committable returns an error if the transaction or savepoint must not be
// committed although its function returned nil.
func (t *tx) committable(ctx context.Context) error {
	switch {
	case t.outlived():
		return tasktwin.ErrTxDone
	case t.aborted():
		return tasktwin.ErrCommitAborted
	case t.savepoint != nil && t.s.statements > t.savepoint.first:
		// Committing would include statements of the savepoint, whose function may
		// still fail.
		return tasktwin.ErrSavepointOpen
	}
	return t.s.db.usable(ctx)
}

// outlived reports whether the transaction, or a savepoint around this one, has
// ended.
func (t *tx) outlived() bool { return t.parent != nil && t.parent.ended() }

// ended reports whether the function of this handle, or of one around it, has
// returned.
func (t *tx) ended() bool { return t.done || t.outlived() }

// end makes all later calls on this handle, and on those of savepoints inside it,
// return ErrTxDone.
func (t *tx) end() {
	t.done = true
	if t.parent != nil {
		t.parent.savepoint = nil
	}
}

// aborted reports whether a statement of the transaction has failed.
func (t *tx) aborted() bool { return t.s.refused || t.s.lost || t.failed() }

// failed reports whether the server has aborted the transaction.
func (t *tx) failed() bool { return t.pgx.Conn().PgConn().TxStatus() == 'E' }

// begin refuses a statement that cannot run, and counts the others.
func (t *tx) begin(ctx context.Context) error {
	err := t.refusal(ctx)
	if err == nil {
		t.s.statements++
	}
	return err
}

// refusal returns an error if a statement must not be sent.
func (t *tx) refusal(ctx context.Context) error {
	if t.ended() {
		return tasktwin.ErrTxDone
	}
	if err := t.s.db.usable(ctx); err != nil {
		return err
	}
	if t.s.refused || t.s.lost {
		return errAborted()
	}
	return nil
}

// locked runs fn with the session locked, if the transaction can continue. A
// panic, for example because of a nil context, aborts the transaction and is not
// recovered.
func (t *tx) locked(ctx context.Context, fn func() error) error {
	return t.guarded(func() error {
		if err := t.begin(ctx); err != nil {
			return err
		}
		err := fn()
		t.s.lost = t.s.lost || t.pgx.Conn().IsClosed()
		return err
	})
}

// guarded runs fn with the session locked. A panic aborts the transaction.
func (t *tx) guarded(fn func() error) error {
	t.s.mu.Lock()
	defer t.s.mu.Unlock()
	panicked := true
	defer func() {
		if panicked {
			t.s.refused = true
		}
	}()
	err := fn()
	panicked = false
	return err
}

// usable returns an error if no further statement can run.
func (t *tx) usable(ctx context.Context) error {
	return t.guarded(func() error {
		if err := t.refusal(ctx); err != nil || !t.failed() {
			return err
		}
		return errAborted()
	})
}

// Ping returns an error if the transaction cannot continue.
func (t *tx) Ping(ctx context.Context) error {
	return t.run(ctx, reads, nothing, func(*sqlc.Queries) error {
		_, err := t.conn().Exec(ctx, "SELECT 1")
		return err
	})
}

// Close returns an error: a transaction ends when its function returns.
func (t *tx) Close() error {
	return errors.New("tasktwin: Close: a transaction ends when its function returns")
}

func (t *tx) runOn(ctx context.Context, a access, check func() error, fn func(conn) error) error {
	return t.locked(ctx, func() error {
		// If the server has aborted the transaction, its error takes precedence.
		if !t.failed() {
			if err := check(); err != nil {
				t.s.refused = true
				return err
			}
		}
		t.s.wrote = t.s.wrote || a == writes
		owners := t.s.db.ownTx.besides(t.s)
		err := t.s.db.statement(t.pgx.Conn(), owners, func() error {
			return statementError(t.pgx.Conn(), changesNothing, fn(t.conn()))
		})
		if err != nil && !errors.Is(err, sql.ErrNoRows) && !t.failed() {
			// The statement failed before it was sent, for example while a parameter was
			// encoded.
			t.s.refused = true
		}
		return err
	})
}

// conn returns the connection on which the transaction's queries run.
func (t *tx) conn() conn {
	if t.s.opts.ReadOnly {
		return t.pgx
	}
	return primaryConn{t.pgx}
}
