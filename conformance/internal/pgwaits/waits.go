// Package pgwaits asks PostgreSQL which sessions wait for which.
package pgwaits

import (
	"context"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5"

	"github.com/tasktwin/tasktwin"
)

// Backend is a client's session on a database.
type Backend struct {
	PID uint32
	// Session is its application_name.
	Session string
	// Lock is the lock that it waits for, as PostgreSQL's messages name it, such as
	// "ShareLock on transaction 745", and empty if it waits for none.
	Lock string
	// Queues says that it waits for its turn to lock a row, behind other sessions.
	Queues bool
	// Table is the table of the row that it wants to lock, where that can be told.
	Table string
	// Mode is the mode in which it wants to lock that row, such as "FOR KEY SHARE".
	Mode string
	// Blockers are those that it waits for, and those before it in the queue.
	Blockers []uint32
}

// Waits reports whether the backend waits for others.
func (b Backend) Waits() bool { return b.Lock != "" && len(b.Blockers) > 0 }

// WaitsFor reports whether the backend waits for another, or queues behind it.
func (b Backend) WaitsFor(pid uint32) bool { return slices.Contains(b.Blockers, pid) }

// A backend holds or waits for the lock of a tuple while it waits for a row; the
// transaction that it waits for does not tell which row that is.
const query = `
SELECT a.pid, a.application_name,
	coalesce(l.mode || ' on ' || CASE l.locktype
		WHEN 'transactionid' THEN 'transaction ' || l.transactionid
		WHEN 'tuple' THEN format('tuple (%s,%s) of relation %s of database %s', l.page, l.tuple, l.relation, l.database)
		ELSE l.locktype
	END, ''),
	coalesce(l.locktype = 'tuple', false),
	coalesce(t.relation::regclass::text, ''),
	CASE t.mode WHEN 'AccessShareLock' THEN 'FOR KEY SHARE' WHEN 'RowShareLock' THEN 'FOR SHARE'
		WHEN 'ExclusiveLock' THEN 'FOR NO KEY UPDATE' WHEN 'AccessExclusiveLock' THEN 'FOR UPDATE' ELSE '' END,
	CASE WHEN l.pid IS NULL THEN '{}' ELSE pg_blocking_pids(a.pid) END
FROM pg_stat_activity a
LEFT JOIN pg_locks l ON l.pid = a.pid AND NOT l.granted
LEFT JOIN LATERAL (
	SELECT relation, mode FROM pg_locks WHERE pid = l.pid AND locktype = 'tuple' AND mode <> 'SIReadLock' LIMIT 1
) t ON true
WHERE a.datname = current_database() AND a.backend_type = 'client backend' AND a.pid <> pg_backend_pid()
ORDER BY a.pid`

// Querier is a connection or a pool.
type Querier interface {
	Query(ctx context.Context, sql string, args ...any) (pgx.Rows, error)
}

// Backends returns the clients' sessions on the database but for the one that asks.
func Backends(ctx context.Context, q Querier) ([]Backend, error) {
	rows, err := q.Query(ctx, query)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, func(row pgx.CollectableRow) (Backend, error) {
		var b Backend
		var pid int32
		var blockers []int32
		err := row.Scan(&pid, &b.Session, &b.Lock, &b.Queues, &b.Table, &b.Mode, &blockers)
		b.PID = uint32(pid)
		for _, blocker := range blockers {
			b.Blockers = append(b.Blockers, uint32(blocker))
		}
		return b, err
	})
}

// Waits returns who waits for whom, by the names of the sessions. A session that
// waits behind another for a row waits for those that have the row.
func Waits(backends []Backend) []tasktwin.Wait {
	var waits []tasktwin.Wait
	for _, b := range backends {
		if !b.Waits() {
			continue
		}
		names := []string{}
		for _, pid := range holders(backends, b, nil) {
			if other, ok := find(backends, pid); ok {
				names = append(names, other.Session)
			}
		}
		slices.Sort(names)
		waits = append(waits, tasktwin.Wait{Session: b.Session, For: slices.Compact(names), Table: b.Table})
	}
	slices.SortFunc(waits, func(a, b tasktwin.Wait) int { return strings.Compare(a.Session, b.Session) })
	return waits
}

// holders returns the backends that have what b waits for: where b queues for a row,
// those that the ones before it wait for.
func holders(backends []Backend, b Backend, seen []uint32) []uint32 {
	if !b.Queues {
		return b.Blockers
	}
	var out []uint32
	for _, pid := range b.Blockers {
		other, ok := find(backends, pid)
		switch {
		case slices.Contains(seen, pid):
		case ok && other.Waits():
			out = append(out, holders(backends, other, append(seen, b.PID))...)
		default:
			out = append(out, pid)
		}
	}
	return out
}

func find(backends []Backend, pid uint32) (Backend, bool) {
	i := slices.IndexFunc(backends, func(b Backend) bool { return b.PID == pid })
	if i < 0 {
		return Backend{}, false
	}
	return backends[i], true
}

// Deadlocked reports whether some of the backends wait for each other in a circle.
func Deadlocked(backends []Backend) bool {
	return slices.ContainsFunc(backends, func(b Backend) bool { return reaches(backends, b, b.PID, map[uint32]bool{}) })
}

// reaches reports whether a backend waits, directly or not, for another.
func reaches(backends []Backend, from Backend, to uint32, seen map[uint32]bool) bool {
	if !from.Waits() {
		return false
	}
	for _, pid := range from.Blockers {
		if pid == to {
			return true
		}
		if seen[pid] {
			continue
		}
		seen[pid] = true
		if next, ok := find(backends, pid); ok && reaches(backends, next, to, seen) {
			return true
		}
	}
	return false
}
