package main

import (
	"context"

	"github.com/tasktwin/tasktwin/pgdb"
	"github.com/tasktwin/tasktwin/telemetry"
)

// taskNames are the names of a task and of its owner. They are nil if they are not
// known: the task has been deleted, or the user may not read users.
type taskNames struct{ task, owner *string }

// canReadUsers asks whether the user may read the columns of readNames. The table need not
// exist.
const canReadUsers = `SELECT count(*) = 2 FROM pg_attribute
WHERE attrelid = to_regclass('users') AND attname IN ('id', 'username') AND NOT attisdropped
	AND has_column_privilege(attrelid, attnum, 'SELECT')`

// readNames returns the names of the tasks of events by their ids. It needs no more
// rights than the events do.
func readNames(ctx context.Context, db *pgdb.DB, events []telemetry.TaskEvent) (map[string]taskNames, error) {
	var owners bool
	if err := db.Pool().QueryRow(ctx, canReadUsers).Scan(&owners); err != nil {
		return nil, err
	}
	sql := `SELECT id::text, name, NULL::text FROM tasks WHERE id = ANY($1::text[]::uuid[])`
	if owners {
		sql = `SELECT tasks.id::text, tasks.name, users.username
			FROM tasks LEFT JOIN users ON users.id = tasks.owner_id WHERE tasks.id = ANY($1::text[]::uuid[])`
	}
	ids := make([]string, len(events))
	for i := range events {
		ids[i] = events[i].TaskID
	}
	rows, err := db.Pool().Query(ctx, sql, ids)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	names := make(map[string]taskNames, len(events))
	for rows.Next() {
		var id string
		var n taskNames
		if err := rows.Scan(&id, &n.task, &n.owner); err != nil {
			return nil, err
		}
		names[id] = n
	}
	return names, rows.Err()
}
