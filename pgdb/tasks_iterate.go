package pgdb

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"iter"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/tasktwin/tasktwin"
	"github.com/tasktwin/tasktwin/internal/enums"
	"github.com/tasktwin/tasktwin/pgdb/internal/sqlc"
)

// The number of rows that are fetched at a time: few at first, because a caller may need
// no more, and then more, because each fetch is a round trip. The query finds the rows of
// four fetches early: a loop that needs no more must not touch the others.
const (
	firstFetch = 64
	laterFetch = 512
)

// AllTasks implements [tasktwin.TaskIterator]. It reads by a cursor, on a connection of its
// own. A replica may answer it, as it may ListTasks: see [Options.ReadURL]. If that fails
// after a row, the loop ends with the error, because another server has another snapshot.
func (db *DB) AllTasks(ctx context.Context, arg tasktwin.ListTasksParams) iter.Seq2[tasktwin.TaskWithStatus, error] {
	return loopOver(func(l *loop) error { return db.iterate(ctx, arg, l) })
}

// AllTasks reads by a cursor in the transaction.
func (t *tx) AllTasks(ctx context.Context, arg tasktwin.ListTasksParams) iter.Seq2[tasktwin.TaskWithStatus, error] {
	return loopOver(func(l *loop) error { return t.iterate(ctx, arg, l) })
}

// loop is a loop over tasks.
type loop struct {
	yield func(tasktwin.TaskWithStatus, error) bool
	// began says that the loop has had a row, and left that it wants no more.
	began, left bool
}

// loopOver returns an iterator that runs a loop, and yields its error unless the loop wants no
// more.
func loopOver(run func(*loop) error) iter.Seq2[tasktwin.TaskWithStatus, error] {
	return func(yield func(tasktwin.TaskWithStatus, error) bool) {
		l := loop{yield: yield}
		if err := run(&l); err != nil && !l.left {
			yield(tasktwin.TaskWithStatus{}, err)
		}
	}
}

// give gives a row to the loop, and reports whether it goes on.
func (l *loop) give(row tasktwin.TaskWithStatus) bool {
	l.began = true
	l.left = true // also if the body panics
	l.left = !l.yield(row, nil)
	return !l.left
}

// iterate runs a loop in a transaction of its own.
func (db *DB) iterate(ctx context.Context, arg tasktwin.ListTasksParams, l *loop) error {
	if err := db.enter(ctx); err != nil {
		return err
	}
	defer db.leave()
	if err := checkListTasks(arg)(); err != nil {
		return err
	}
	opts := tasktwin.TxOptions{Isolation: tasktwin.RepeatableRead, ReadOnly: true}
	read := func(t *tx) error {
		defer db.ownTx.enter(t.s)() // the body runs on this goroutine
		t.s.ending = true
		return t.iterate(ctx, arg, l)
	}
	var late error // after a row
	onReplica := func(conn *pgxpool.Conn) error {
		err := db.transactOn(ctx, conn, opts, read)
		if l.began {
			late = err
			return nil
		}
		return err
	}
	if answered, err := db.onReplica(ctx, true, onReplica); answered {
		return errors.Join(err, late)
	}
	return db.transact(ctx, opts, read)
}

// iterate runs a loop in the transaction.
func (t *tx) iterate(ctx context.Context, arg tasktwin.ListTasksParams, l *loop) error {
	c, err := t.openCursor(ctx, checkListTasks(arg), listOf(arg))
	if err != nil {
		return err
	}
	defer c.close(ctx)
	var last *tasktwin.TaskWithStatus
	for rows := c.first; ; {
		for i := range rows {
			row := toTaskWithStatus(rows[i])
			if last != nil && !inOrder(last, &row) {
				return fmt.Errorf("pgdb: AllTasks: the server has returned task %s after %s, against the order", row.ID, last.ID)
			}
			if err := t.usable(ctx); err != nil {
				return err
			}
			if !l.give(row) {
				return nil
			}
			last = &row
		}
		if c.ended {
			return t.usable(ctx)
		}
		if rows, err = c.fetch(ctx, laterFetch); err != nil {
			return err
		}
	}
}

// inOrder reports whether b comes after a in the order of ListTasks.
func inOrder(a, b *tasktwin.TaskWithStatus) bool {
	if a.CreatedAt.Equal(b.CreatedAt) {
		return bytes.Compare(a.ID[:], b.ID[:]) < 0
	}
	return a.CreatedAt.After(b.CreatedAt)
}

// checkListTasks returns a function that checks the arguments of a list.
func checkListTasks(arg tasktwin.ListTasksParams) func() error {
	if arg.Status == "" {
		return nothing
	}
	return func() error { return enums.Check(arg.Status) }
}

// taskQuery is a query whose rows are tasks.
type taskQuery func(*sqlc.Queries, context.Context) ([]sqlc.TaskWithStatus, error)

// listOf returns the query for a cursor. An owner has few tasks, and an index for them.
func listOf(arg tasktwin.ListTasksParams) taskQuery {
	return func(s *sqlc.Queries, ctx context.Context) ([]sqlc.TaskWithStatus, error) {
		switch {
		case arg.OwnerID != uuid.Nil:
			return s.ListTasksByOwner(ctx, sqlc.ListTasksByOwnerParams{
				OwnerID: arg.OwnerID, OrganizationID: arg.OrganizationID, Status: string(arg.Status),
			})
		case arg.OrganizationID != uuid.Nil:
			return s.AllTasksByOrganization(ctx, sqlc.AllTasksByOrganizationParams{
				OrganizationID: arg.OrganizationID, Status: string(arg.Status),
			})
		default:
			return s.AllTasks(ctx, string(arg.Status))
		}
	}
}

// cursor is a cursor of a transaction on a query.
type cursor struct {
	t    *tx
	name string
	// query scans the rows.
	query taskQuery
	first []sqlc.TaskWithStatus
	// ended says that there are no more rows.
	ended bool
}

// openCursor declares a cursor and fetches the first rows.
func (t *tx) openCursor(ctx context.Context, check func() error, query taskQuery) (*cursor, error) {
	c := &cursor{t: t, query: query}
	err := t.run(ctx, reads, check, func(*sqlc.Queries) (err error) {
		t.s.cursors++
		c.name = fmt.Sprintf("tasktwin_%d", t.s.cursors)
		if _, err := query(sqlc.New(declaring{t.conn(), c.name}), ctx); !errors.Is(err, errDeclared) {
			return err
		}
		c.first, err = c.scan(ctx, firstFetch)
		return err
	})
	return c, err
}

// fetch returns the next rows.
func (c *cursor) fetch(ctx context.Context, n int) (rows []sqlc.TaskWithStatus, err error) {
	err = c.t.run(ctx, reads, nothing, func(*sqlc.Queries) (err error) {
		rows, err = c.scan(ctx, n)
		return err
	})
	return rows, err
}

func (c *cursor) scan(ctx context.Context, n int) ([]sqlc.TaskWithStatus, error) {
	fetch := fmt.Sprintf("FETCH %d FROM %s", n, c.name)
	rows, err := c.query(sqlc.New(nativeScanConn{fetching{c.t.conn(), fetch}}), ctx)
	c.ended = len(rows) < n
	return rows, err
}

// close closes the cursor, unless the transaction ends now or has failed. The name of a
// cursor that stays open is not used again.
func (c *cursor) close(ctx context.Context) {
	s := c.t.s
	if s.ending || c.t.usable(ctx) != nil {
		return
	}
	_ = c.t.run(ctx, reads, nothing, func(*sqlc.Queries) error {
		_, err := c.t.conn().Exec(ctx, "CLOSE "+c.name)
		if last := fmt.Sprintf("tasktwin_%d", s.cursors); err == nil && last == c.name {
			s.cursors--
		}
		return err
	})
}

var errDeclared = errors.New("pgdb: the cursor is declared")

// declaring is a connection that declares a cursor on a query in place of the query, which
// fails with errDeclared.
type declaring struct {
	sqlc.DBTX
	name string
}

// Query declares the cursor.
func (d declaring) Query(ctx context.Context, sql string, args ...any) (pgx.Rows, error) {
	if _, err := d.Exec(ctx, "DECLARE "+d.name+" NO SCROLL CURSOR FOR "+sql, nativeArgs(args)...); err != nil {
		return nil, err
	}
	return nil, errDeclared
}

// fetching is a connection that fetches rows of a cursor in place of running its query.
type fetching struct {
	sqlc.DBTX
	fetch string
}

// Query fetches the rows.
func (f fetching) Query(ctx context.Context, _ string, _ ...any) (pgx.Rows, error) {
	return f.DBTX.Query(ctx, f.fetch)
}
