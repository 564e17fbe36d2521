package pgdb

import (
	"context"
	"strconv"
	"strings"

	"github.com/jackc/pgx/v5/pgconn"
)

// blockedBy asks whether a process of the server waits, itself or through others that
// wait, for one of some. Those before it in a queue count, too.
const blockedBy = `
WITH RECURSIVE blockers(pid) AS (
	SELECT unnest(pg_catalog.pg_blocking_pids($1::int))
	UNION
	SELECT unnest(pg_catalog.pg_blocking_pids(pid)) FROM blockers
)
SELECT EXISTS (SELECT FROM blockers WHERE pid = ANY ($2::int[]))`

// watch returns true when the statement waits for one of some transactions, and false
// when it ends before. The context acquiring must be done by then: a connection of the
// pool may never come. The one for queries must not, because the driver would close the
// connection of a query under way.
func (in *interruption) watch(ctx, acquiring context.Context, db *DB, owners []*session) bool {
	for delay := firstDelay; ; delay = min(2*delay, maxDelay) {
		in.sleep(delay)
		if !in.isRunning() {
			return false
		}
		// The connections of the transactions may be in use by other goroutines, or in a
		// state in which they cannot run queries.
		conn, err := db.pool.Acquire(acquiring)
		if err != nil {
			continue // it says nothing of the statement
		}
		waits := waitsFor(ctx, conn.Conn().PgConn(), in.conn.PID(), owners)
		conn.Release()
		if waits {
			return true
		}
	}
}

// waitsFor asks the server whether a process of it waits for one of some transactions.
// If the server does not answer, it is not known to.
func waitsFor(ctx context.Context, conn *pgconn.PgConn, pid uint32, owners []*session) bool {
	pids := make([]string, len(owners))
	for i, s := range owners {
		pids[i] = strconv.FormatUint(uint64(s.pid), 10)
	}
	args := [][]byte{strconv.AppendUint(nil, uint64(pid), 10), []byte("{" + strings.Join(pids, ",") + "}")}
	// Not by pgx, whose tracer would take it for one of the store's statements.
	result := conn.ExecParams(ctx, blockedBy, args, nil, nil, nil).Read()
	return result.Err == nil && string(result.Rows[0][0]) == "t"
}
