// Package sqlitedb is a store on in-memory SQLite for comparison with the engines: it has
// their schema, indexes and view, and the queries of the benchmarks with the same
// results.
package sqlitedb

import (
	"context"
	"database/sql"
	_ "embed"
	"fmt"
	"sync"
	"time"

	"github.com/google/uuid"
	_ "modernc.org/sqlite" // the driver

	"github.com/tasktwin/tasktwin"
)

//go:embed schema.sql
var schemaSQL string

//go:embed telemetry.sql
var telemetrySQL string

// The statements that a DB prepares.
const (
	getTaskSQL = `SELECT * FROM tasks_with_status WHERE id = ?`

	insertTaskSQL = `INSERT INTO tasks
		(id, organization_id, owner_id, name, display_name, workspace_id, template_version_id, template_parameters, prompt, created_at)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
		RETURNING id, organization_id, owner_id, name, workspace_id, template_version_id, template_parameters, prompt, created_at,
			deleted_at, display_name`

	insertStatusSQL = `INSERT INTO workspace_app_statuses
		(id, created_at, agent_id, app_id, workspace_id, state, message, uri)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?)
		RETURNING id, created_at, agent_id, app_id, workspace_id, state, message, uri`
)

// DB is a database in memory, on one connection.
type DB struct {
	sql                                              *sql.DB
	getTask, insertTask, insertStatus, telemetryRows *sql.Stmt

	mu    sync.Mutex
	lists map[string]*sql.Stmt // by their SQL
}

// Open returns an empty database with the schema.
func Open(ctx context.Context) (*DB, error) {
	db, err := sql.Open("sqlite", ":memory:")
	if err != nil {
		return nil, fmt.Errorf("sqlitedb: %w", err)
	}
	// Each connection would have its own database.
	db.SetMaxOpenConns(1)
	s := &DB{sql: db, lists: map[string]*sql.Stmt{}}
	if err := s.prepare(ctx); err != nil {
		_ = db.Close()
		return nil, fmt.Errorf("sqlitedb: %w", err)
	}
	return s, nil
}

func (db *DB) prepare(ctx context.Context) error {
	for _, statement := range []string{"PRAGMA foreign_keys = ON", schemaSQL} {
		if _, err := db.sql.ExecContext(ctx, statement); err != nil {
			return err
		}
	}
	for _, p := range []struct {
		into **sql.Stmt
		text string
	}{
		{&db.getTask, getTaskSQL},
		{&db.insertTask, insertTaskSQL},
		{&db.insertStatus, insertStatusSQL},
		{&db.telemetryRows, telemetrySQL},
	} {
		var err error
		if *p.into, err = db.sql.PrepareContext(ctx, p.text); err != nil {
			return err
		}
	}
	return nil
}

// Exec runs a statement.
func (db *DB) Exec(ctx context.Context, statement string, args ...any) error {
	_, err := db.sql.ExecContext(ctx, statement, args...)
	return err
}

// Close frees the database.
func (db *DB) Close() error { return db.sql.Close() }

// Micros is a time in the database's format.
func Micros(t time.Time) int64 { return t.UnixMicro() }

func nullID(u uuid.NullUUID) any {
	if !u.Valid {
		return nil
	}
	return u.UUID[:]
}

func nullMicros(t sql.NullTime) any {
	if !t.Valid {
		return nil
	}
	return t.Time.UnixMicro()
}

// timeScanner scans a time.
type timeScanner struct{ into *time.Time }

// Scan implements [sql.Scanner].
func (i timeScanner) Scan(v any) error {
	us, ok := v.(int64)
	if !ok {
		return fmt.Errorf("sqlitedb: a time is a %T", v)
	}
	*i.into = time.UnixMicro(us).UTC()
	return nil
}

// nullTimeScanner scans a time or NULL.
type nullTimeScanner struct{ into *sql.NullTime }

// Scan implements [sql.Scanner].
func (n nullTimeScanner) Scan(v any) error {
	if v == nil {
		*n.into = sql.NullTime{}
		return nil
	}
	n.into.Valid = true
	return timeScanner{&n.into.Time}.Scan(v)
}

// GetTaskByID returns the task with its status.
func (db *DB) GetTaskByID(ctx context.Context, id uuid.UUID) (tasktwin.TaskWithStatus, error) {
	var t tasktwin.TaskWithStatus
	err := db.getTask.QueryRowContext(ctx, id[:]).Scan(columns(&t)...)
	return t, err
}

// ListTasks returns the tasks that match the arguments, the newest first. Its SQL has a
// condition for each argument that is set, so that it uses their indexes.
func (db *DB) ListTasks(ctx context.Context, arg tasktwin.ListTasksParams) (tasks []tasktwin.TaskWithStatus, err error) {
	query, args := "SELECT * FROM tasks_with_status WHERE true", []any(nil)
	if arg.OwnerID != uuid.Nil {
		query, args = query+" AND owner_id = ?", append(args, arg.OwnerID[:])
	}
	if arg.OrganizationID != uuid.Nil {
		query, args = query+" AND organization_id = ?", append(args, arg.OrganizationID[:])
	}
	if arg.Status != "" {
		query, args = query+" AND status = ?", append(args, string(arg.Status))
	}
	stmt, err := db.list(ctx, query+" ORDER BY created_at DESC, id")
	if err != nil {
		return nil, err
	}
	rows, err := stmt.QueryContext(ctx, args...)
	if err != nil {
		return nil, err
	}
	defer func() { _ = rows.Close() }()
	tasks = []tasktwin.TaskWithStatus{}
	for rows.Next() {
		var t tasktwin.TaskWithStatus
		if err := rows.Scan(columns(&t)...); err != nil {
			return nil, err
		}
		tasks = append(tasks, t)
	}
	return tasks, rows.Err()
}

// list prepares a list, once.
func (db *DB) list(ctx context.Context, query string) (*sql.Stmt, error) {
	db.mu.Lock()
	defer db.mu.Unlock()
	if stmt, ok := db.lists[query]; ok {
		return stmt, nil
	}
	stmt, err := db.sql.PrepareContext(ctx, query)
	if err != nil {
		return nil, err
	}
	db.lists[query] = stmt
	return stmt, nil
}

// columns are the destinations of the view's columns.
func columns(t *tasktwin.TaskWithStatus) []any {
	return []any{
		&t.ID, &t.OrganizationID, &t.OwnerID, &t.Name, &t.WorkspaceID, &t.TemplateVersionID, (*[]byte)(&t.TemplateParameters),
		&t.Prompt,
		timeScanner{&t.CreatedAt},
		nullTimeScanner{&t.DeletedAt},
		&t.DisplayName, (*[]byte)(&t.WorkspaceGroupACL),
		(*[]byte)(&t.WorkspaceUserACL), &t.Status, (*[]byte)(&t.StatusDebug), &t.WorkspaceBuildNumber, &t.WorkspaceAgentID,
		&t.WorkspaceAppID, &t.WorkspaceAgentLifecycleState, &t.WorkspaceAppHealth, &t.OwnerUsername, &t.OwnerName, &t.OwnerAvatarURL,
	}
}

// InsertTask inserts a task.
func (db *DB) InsertTask(ctx context.Context, arg tasktwin.InsertTaskParams) (tasktwin.Task, error) {
	var t tasktwin.Task
	err := db.insertTask.QueryRowContext(ctx, arg.ID[:], arg.OrganizationID[:], arg.OwnerID[:], arg.Name, arg.DisplayName,
		nullID(arg.WorkspaceID), arg.TemplateVersionID[:], string(arg.TemplateParameters), arg.Prompt, arg.CreatedAt.UnixMicro()).
		Scan(&t.ID, &t.OrganizationID, &t.OwnerID, &t.Name, &t.WorkspaceID, &t.TemplateVersionID, (*[]byte)(&t.TemplateParameters),
			&t.Prompt, timeScanner{&t.CreatedAt}, nullTimeScanner{&t.DeletedAt}, &t.DisplayName)
	return t, err
}

// InsertWorkspaceAppStatus inserts a status.
func (db *DB) InsertWorkspaceAppStatus(
	ctx context.Context, arg tasktwin.InsertWorkspaceAppStatusParams,
) (tasktwin.WorkspaceAppStatus, error) {
	var s tasktwin.WorkspaceAppStatus
	err := db.insertStatus.QueryRowContext(ctx, arg.ID[:], arg.CreatedAt.UnixMicro(), arg.AgentID[:], arg.AppID[:], arg.WorkspaceID[:],
		string(arg.State), arg.Message, arg.URI).
		Scan(&s.ID, timeScanner{&s.CreatedAt}, &s.AgentID, &s.AppID, &s.WorkspaceID, &s.State, &s.Message, &s.URI)
	return s, err
}

// GetTelemetryTaskEvents returns the telemetry row of each task with a recent build.
func (db *DB) GetTelemetryTaskEvents(
	ctx context.Context, arg tasktwin.GetTelemetryTaskEventsParams,
) ([]tasktwin.GetTelemetryTaskEventsRow, error) {
	rows, err := db.telemetryRows.QueryContext(ctx, arg.CreatedAfter.UnixMicro(), arg.Now.UnixMicro())
	if err != nil {
		return nil, err
	}
	defer func() { _ = rows.Close() }()
	events := []tasktwin.GetTelemetryTaskEventsRow{}
	for rows.Next() {
		var e tasktwin.GetTelemetryTaskEventsRow
		err := rows.Scan(&e.TaskID, &e.WorkspaceID, &e.WorkspaceAppID, nullTimeScanner{&e.StopBuildCreatedAt}, &e.StopBuildReason,
			nullTimeScanner{&e.StartBuildCreatedAt}, &e.StartBuildReason, &e.StartBuildNumber, nullTimeScanner{&e.LastWorkingStatusAt},
			nullTimeScanner{&e.FirstStatusAfterResumeAt}, &e.ActiveDurationMS)
		if err != nil {
			return nil, err
		}
		events = append(events, e)
	}
	return events, rows.Err()
}
