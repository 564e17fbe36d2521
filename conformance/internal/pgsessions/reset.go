package pgsessions

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/tasktwin/tasktwin"
)

// tables are those with rows, and their columns with an id.
var tables = [][2]string{
	{"task_snapshots", "task_id"},
	{"task_workspace_apps", "task_id"},
	{"tasks", "id"},
	{"workspace_app_statuses", "id"},
	{"workspace_apps", "id"},
	{"workspace_agents", "id"},
	{"workspace_builds", "id"},
	{"provisioner_jobs", "id"},
	{"workspaces", "id"},
	{"template_versions", "id"},
	{"templates", "id"},
	{"users", "id"},
	{"organizations", "id"},
}

// Keep loads rows that Reset leaves as they are: those whose ids do not end with two
// bytes of zero.
func (d *DB) Keep(ctx context.Context, rows *tasktwin.Dump) error {
	if err := d.control.Load(ctx, rows); err != nil {
		return err
	}
	// Views in a schema that comes first have the other rows, for dumps.
	var sql strings.Builder
	sql.WriteString("CREATE SCHEMA other;")
	for _, table := range tables {
		fmt.Fprintf(&sql, "CREATE VIEW other.%[1]s AS SELECT * FROM public.%[1]s WHERE %[2]s;", table[0], isOther(table[1]))
	}
	// After VACUUM the planner's choices, and with them what a transaction reads, could be
	// others, and rows that are inserted could come before older ones.
	const noAutovacuum = `DO $$ DECLARE t text; BEGIN
		FOR t IN SELECT tablename FROM pg_tables WHERE schemaname = 'public' LOOP
			EXECUTE format('ALTER TABLE %I SET (autovacuum_enabled = false, toast.autovacuum_enabled = false)', t);
		END LOOP;
	END $$`
	for _, sql := range []string{sql.String(), noAutovacuum, "VACUUM ANALYZE"} {
		if _, err := d.control.Pool().Exec(ctx, sql); err != nil {
			return fmt.Errorf("conformance: keep rows: %w", err)
		}
	}
	d.keeps = true
	return nil
}

// isOther is the condition of rows that are not kept.
func isOther(id string) string { return fmt.Sprintf(`substr(uuid_send(%s), 15) = '\x0000'`, id) }

// Dump returns all rows but those that are kept.
func (d *DB) Dump(ctx context.Context) (*tasktwin.Dump, error) {
	if !d.keeps {
		return d.control.Dump(ctx)
	}
	// The pool has one connection.
	if _, err := d.control.Pool().Exec(ctx, "SET search_path = other, public"); err != nil {
		return nil, err
	}
	rows, err := d.control.Dump(ctx)
	_, resetErr := d.control.Pool().Exec(ctx, "RESET search_path")
	return rows, errors.Join(err, resetErr)
}

// Reset replaces all rows but those that are kept. Few rows are deleted much faster
// than tables are truncated.
func (d *DB) Reset(ctx context.Context, rows *tasktwin.Dump) error {
	var sql strings.Builder
	sql.WriteString("BEGIN; SET LOCAL session_replication_role = replica;")
	for _, table := range tables {
		fmt.Fprintf(&sql, "DELETE FROM %s", table[0])
		if d.keeps {
			sql.WriteString(" WHERE " + isOther(table[1]))
		}
		sql.WriteString(";")
	}
	sql.WriteString("COMMIT")
	if _, err := d.control.Pool().Exec(ctx, sql.String()); err != nil {
		return fmt.Errorf("conformance: delete all rows: %w", err)
	}
	return d.control.Load(ctx, rows)
}
