package sqlitedb

import (
	"context"
	_ "embed"

	"github.com/google/uuid"

	"github.com/tasktwin/tasktwin"
)

//go:embed telemetry.sql
var telemetrySQL string

const (
	// taskColumns are the columns of tasks, in the order of [taskFields].
	taskColumns = `id, organization_id, owner_id, name, workspace_id, template_version_id, template_parameters, prompt, created_at,
		deleted_at, display_name`

	getTaskSQL       = `SELECT * FROM tasks_with_status WHERE id = ?`
	getTaskByNameSQL = `SELECT * FROM tasks_with_status WHERE owner_id = ? AND lower(name) = lower(?)`

	insertTaskSQL = `INSERT INTO tasks
		(id, organization_id, owner_id, name, display_name, workspace_id, template_version_id, template_parameters, prompt, created_at)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
		RETURNING ` + taskColumns
	updateTaskPromptSQL = `UPDATE tasks SET prompt = ? WHERE id = ? AND deleted_at IS NULL RETURNING ` + taskColumns
	deleteTaskSQL       = `UPDATE tasks SET deleted_at = ? WHERE id = ? AND deleted_at IS NULL RETURNING id`

	upsertSnapshotSQL = `INSERT INTO task_snapshots (task_id, log_snapshot, log_snapshot_created_at) VALUES (?, ?, ?)
		ON CONFLICT (task_id) DO UPDATE
		SET log_snapshot = excluded.log_snapshot, log_snapshot_created_at = excluded.log_snapshot_created_at`
	getSnapshotSQL    = `SELECT task_id, log_snapshot, log_snapshot_created_at FROM task_snapshots WHERE task_id = ?`
	deleteSnapshotSQL = `DELETE FROM task_snapshots WHERE task_id = ?`

	insertStatusSQL = `INSERT INTO workspace_app_statuses
		(id, created_at, agent_id, app_id, workspace_id, state, message, uri)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?)
		RETURNING id, created_at, agent_id, app_id, workspace_id, state, message, uri`
)

// GetTaskByID returns the task with its status.
func (db *DB) GetTaskByID(ctx context.Context, id uuid.UUID) (tasktwin.TaskWithStatus, error) {
	var t tasktwin.TaskWithStatus
	err := db.scanRow(ctx, getTaskSQL, viewFields(&t), id[:])
	return t, err
}

// GetTaskByOwnerIDAndName returns an owner's task by its name, in any case.
func (db *DB) GetTaskByOwnerIDAndName(
	ctx context.Context, arg tasktwin.GetTaskByOwnerIDAndNameParams,
) (tasktwin.TaskWithStatus, error) {
	var t tasktwin.TaskWithStatus
	err := db.scanRow(ctx, getTaskByNameSQL, viewFields(&t), arg.OwnerID[:], arg.Name)
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
	stmt, err := db.statement(ctx, query+" ORDER BY created_at DESC, id")
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
		if err := rows.Scan(viewFields(&t)...); err != nil {
			return nil, err
		}
		tasks = append(tasks, t)
	}
	return tasks, rows.Err()
}

// viewFields are the destinations of the view's columns.
func viewFields(t *tasktwin.TaskWithStatus) []any {
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

// taskFields are the destinations of taskColumns.
func taskFields(t *tasktwin.Task) []any {
	return []any{
		&t.ID, &t.OrganizationID, &t.OwnerID, &t.Name, &t.WorkspaceID, &t.TemplateVersionID, (*[]byte)(&t.TemplateParameters),
		&t.Prompt,
		timeScanner{&t.CreatedAt},
		nullTimeScanner{&t.DeletedAt},
		&t.DisplayName,
	}
}

// InsertTask inserts a task.
func (db *DB) InsertTask(ctx context.Context, arg tasktwin.InsertTaskParams) (tasktwin.Task, error) {
	var t tasktwin.Task
	err := db.scanRow(ctx, insertTaskSQL, taskFields(&t), arg.ID[:], arg.OrganizationID[:], arg.OwnerID[:], arg.Name, arg.DisplayName,
		nullID(arg.WorkspaceID), arg.TemplateVersionID[:], string(arg.TemplateParameters), arg.Prompt, arg.CreatedAt.UnixMicro())
	return t, err
}

// UpdateTaskPrompt sets a task's prompt.
func (db *DB) UpdateTaskPrompt(ctx context.Context, arg tasktwin.UpdateTaskPromptParams) (tasktwin.Task, error) {
	var t tasktwin.Task
	err := db.scanRow(ctx, updateTaskPromptSQL, taskFields(&t), arg.Prompt, arg.ID[:])
	return t, err
}

// DeleteTask deletes a task and its snapshot. SQLite has no data-modifying CTE: it takes
// two statements, which are one transaction in the engines.
func (db *DB) DeleteTask(ctx context.Context, arg tasktwin.DeleteTaskParams) (uuid.UUID, error) {
	if err := db.exec(ctx, deleteSnapshotSQL, arg.ID[:]); err != nil {
		return uuid.Nil, err
	}
	var id uuid.UUID
	err := db.scanRow(ctx, deleteTaskSQL, []any{&id}, arg.DeletedAt.UnixMicro(), arg.ID[:])
	return id, err
}

// UpsertTaskSnapshot inserts or replaces a task's snapshot.
func (db *DB) UpsertTaskSnapshot(ctx context.Context, arg tasktwin.UpsertTaskSnapshotParams) error {
	return db.exec(ctx, upsertSnapshotSQL, arg.TaskID[:], string(arg.LogSnapshot), arg.LogSnapshotCreatedAt.UnixMicro())
}

// GetTaskSnapshot returns a task's snapshot. Its JSON is the text that was inserted.
func (db *DB) GetTaskSnapshot(ctx context.Context, taskID uuid.UUID) (tasktwin.TaskSnapshot, error) {
	var s tasktwin.TaskSnapshot
	err := db.scanRow(ctx, getSnapshotSQL,
		[]any{&s.TaskID, (*[]byte)(&s.LogSnapshot), timeScanner{&s.LogSnapshotCreatedAt}}, taskID[:])
	return s, err
}

// InsertWorkspaceAppStatus inserts a status.
func (db *DB) InsertWorkspaceAppStatus(
	ctx context.Context, arg tasktwin.InsertWorkspaceAppStatusParams,
) (tasktwin.WorkspaceAppStatus, error) {
	var s tasktwin.WorkspaceAppStatus
	err := db.scanRow(ctx, insertStatusSQL,
		[]any{&s.ID, timeScanner{&s.CreatedAt}, &s.AgentID, &s.AppID, &s.WorkspaceID, &s.State, &s.Message, &s.URI},
		arg.ID[:], arg.CreatedAt.UnixMicro(), arg.AgentID[:], arg.AppID[:], arg.WorkspaceID[:], string(arg.State), arg.Message, arg.URI)
	return s, err
}

// GetTelemetryTaskEvents returns the telemetry row of each task with a recent build.
func (db *DB) GetTelemetryTaskEvents(
	ctx context.Context, arg tasktwin.GetTelemetryTaskEventsParams,
) ([]tasktwin.GetTelemetryTaskEventsRow, error) {
	stmt, err := db.statement(ctx, telemetrySQL)
	if err != nil {
		return nil, err
	}
	rows, err := stmt.QueryContext(ctx, arg.CreatedAfter.UnixMicro(), arg.Now.UnixMicro())
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
