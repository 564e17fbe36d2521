package conformance

import (
	"bytes"
	"cmp"
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/tasktwin/tasktwin"
	"github.com/tasktwin/tasktwin/conformance/internal/program"
	"github.com/tasktwin/tasktwin/memdb"
)

type (
	taskRow  = tasktwin.TaskWithStatus
	eventRow = tasktwin.GetTelemetryTaskEventsRow
)

// bugCtx is the context of the calls that a bug makes itself.
var bugCtx = context.Background()

// bugs are mistakes that engines typically make.
var bugs = []bug{
	changesAnswer("order: ties by id descending", "ListTasks",
		func(_ tasktwin.Store, _ any, rows []taskRow, err error) ([]taskRow, error) {
			slices.SortFunc(rows, func(a, b taskRow) int {
				return cmp.Or(b.CreatedAt.Compare(a.CreatedAt), bytes.Compare(b.ID[:], a.ID[:]))
			})
			return rows, err
		}),
	changesAnswer("order: oldest first", "ListTasks", func(_ tasktwin.Store, _ any, rows []taskRow, err error) ([]taskRow, error) {
		slices.Reverse(rows)
		return rows, err
	}),
	changesArgument("filter: status is ignored", "ListTasks", func(arg tasktwin.ListTasksParams) tasktwin.ListTasksParams {
		if arg.Status.Valid() {
			arg.Status = ""
		}
		return arg
	}),
	changesAnswer("order: of two tasks of a workspace the last", "GetTaskByWorkspaceID",
		func(s tasktwin.Store, arg any, row taskRow, err error) (taskRow, error) {
			all, listErr := s.ListTasks(bugCtx, tasktwin.ListTasksParams{})
			for _, other := range all {
				if err == nil && listErr == nil && other.WorkspaceID == arg {
					row = other
				}
			}
			return row, err
		}),
	changesAnswer("order: statuses by time only", "ListWorkspaceAppStatusesByAppID",
		func(_ tasktwin.Store, _ any, rows []tasktwin.WorkspaceAppStatus, err error) ([]tasktwin.WorkspaceAppStatus, error) {
			slices.SortStableFunc(rows, func(a, b tasktwin.WorkspaceAppStatus) int {
				return cmp.Or(a.CreatedAt.Compare(b.CreatedAt), bytes.Compare(b.ID[:], a.ID[:]))
			})
			return rows, err
		}),
	changesAnswer("lists of ids: an id that is listed twice counts twice", "GetTasksByWorkspaceIDs",
		func(_ tasktwin.Store, arg any, rows []taskRow, err error) ([]taskRow, error) {
			ids := arg.([]uuid.UUID)
			twice := []taskRow{}
			for _, row := range rows {
				twice = append(twice, row)
				if i := slices.Index(ids, row.WorkspaceID.UUID); slices.Contains(ids[i+1:], row.WorkspaceID.UUID) {
					twice = append(twice, row)
				}
			}
			return twice, err
		}),
	changesAnswer("lists of ids: nil is a list of all", "GetWorkspaceAppStatusesByAppIDs",
		func(s tasktwin.Store, arg any, rows []tasktwin.WorkspaceAppStatus, err error) ([]tasktwin.WorkspaceAppStatus, error) {
			if dumper, ok := s.(tasktwin.Dumper); ok && err == nil && arg.([]uuid.UUID) == nil {
				all, _ := dumper.Dump(bugCtx)
				return all.WorkspaceAppStatuses, nil
			}
			return rows, err
		}),
	changesAnswer("order: statuses of several apps by app", "GetWorkspaceAppStatusesByAppIDs",
		func(_ tasktwin.Store, _ any, rows []tasktwin.WorkspaceAppStatus, err error) ([]tasktwin.WorkspaceAppStatus, error) {
			slices.SortStableFunc(rows, func(a, b tasktwin.WorkspaceAppStatus) int { return bytes.Compare(a.AppID[:], b.AppID[:]) })
			return rows, err
		}),
	changesAnswer("latest status: of one instant the lowest id", "GetLatestWorkspaceAppStatusByAppID",
		func(s tasktwin.Store, arg any, row tasktwin.WorkspaceAppStatus, err error) (tasktwin.WorkspaceAppStatus, error) {
			all, _ := s.ListWorkspaceAppStatusesByAppID(bugCtx, arg.(uuid.UUID))
			for _, status := range slices.Backward(all) {
				if err == nil && status.CreatedAt.Equal(row.CreatedAt) {
					row = status
				}
			}
			return row, err
		}),
	changesAnswer("latest status of a workspace: of one instant the lowest id", "GetLatestWorkspaceAppStatusesByWorkspaceIDs",
		func(s tasktwin.Store, _ any, rows []tasktwin.WorkspaceAppStatus, err error) ([]tasktwin.WorkspaceAppStatus, error) {
			for i := range rows {
				all, _ := s.ListWorkspaceAppStatusesByAppID(bugCtx, rows[i].AppID)
				for _, status := range slices.Backward(all) {
					if status.CreatedAt.Equal(rows[i].CreatedAt) && status.WorkspaceID == rows[i].WorkspaceID {
						rows[i] = status
					}
				}
			}
			return rows, err
		}),
	changesAnswer("latest build by time", "GetLatestWorkspaceBuildByWorkspaceID",
		func(s tasktwin.Store, arg any, row tasktwin.WorkspaceBuild, err error) (tasktwin.WorkspaceBuild, error) {
			builds, _ := s.ListWorkspaceBuildsByWorkspaceID(bugCtx, arg.(uuid.UUID))
			for _, b := range builds {
				if b.CreatedAt.After(row.CreatedAt) {
					row = b
				}
			}
			return row, err
		}),
	changesAnswer("lower: names are compared as they are", "GetTaskByOwnerIDAndName",
		func(_ tasktwin.Store, arg any, row taskRow, err error) (taskRow, error) {
			if err == nil && row.Name != arg.(tasktwin.GetTaskByOwnerIDAndNameParams).Name {
				return taskRow{}, sql.ErrNoRows
			}
			return row, err
		}),
	{name: "lower: ASCII only", opts: memdb.Options{Lower: memdb.LowerC}},
	{name: "lower: full mapping", opts: memdb.Options{Lower: memdb.LowerICU}},
	{name: "errors of another version", opts: memdb.Options{PostgresVersion: 18}},
	changesArgument("time: rounded instead of cut", "InsertTask", func(arg tasktwin.InsertTaskParams) tasktwin.InsertTaskParams {
		arg.CreatedAt = arg.CreatedAt.Round(time.Microsecond)
		return arg
	}),
	changesArgument("time: a microsecond off", "InsertWorkspaceAppStatus",
		func(arg tasktwin.InsertWorkspaceAppStatusParams) tasktwin.InsertWorkspaceAppStatusParams {
			arg.CreatedAt = arg.CreatedAt.Add(time.Microsecond)
			return arg
		}),
	changesAnswer("time: in another zone", "GetWorkspaceAgentByID",
		func(_ tasktwin.Store, _ any, row tasktwin.WorkspaceAgent, err error) (tasktwin.WorkspaceAgent, error) {
			row.CreatedAt = row.CreatedAt.In(time.FixedZone("", 3600))
			return row, err
		}),
	changesAnswer("json: no space after colons", "GetTaskSnapshot",
		func(_ tasktwin.Store, _ any, row tasktwin.TaskSnapshot, err error) (tasktwin.TaskSnapshot, error) {
			row.LogSnapshot = json.RawMessage(strings.ReplaceAll(string(row.LogSnapshot), `": `, `":`))
			return row, err
		}),
	changesAnswer("json: escaped for HTML", "InsertWorkspace",
		func(_ tasktwin.Store, _ any, row tasktwin.Workspace, err error) (tasktwin.Workspace, error) {
			row.UserACL = bytes.ReplaceAll(row.UserACL, []byte("é"), []byte(`\u00e9`))
			return row, err
		}),
	changesArgument("json: NULL becomes an object", "InsertTask", func(arg tasktwin.InsertTaskParams) tasktwin.InsertTaskParams {
		if arg.TemplateParameters == nil {
			arg.TemplateParameters = json.RawMessage(`{}`)
		}
		return arg
	}),
	changesArgument("columns are swapped", "UpdateWorkspaceACLByID",
		func(arg tasktwin.UpdateWorkspaceACLByIDParams) tasktwin.UpdateWorkspaceACLByIDParams {
			arg.GroupACL, arg.UserACL = arg.UserACL, arg.GroupACL
			return arg
		}),
	changesArgument("text: NUL bytes are dropped", "InsertUser", func(arg tasktwin.InsertUserParams) tasktwin.InsertUserParams {
		arg.Name = strings.ReplaceAll(arg.Name, "\x00", "")
		return arg
	}),
	changesArgument("text: bad bytes are replaced", "InsertWorkspaceAppStatus",
		func(arg tasktwin.InsertWorkspaceAppStatusParams) tasktwin.InsertWorkspaceAppStatusParams {
			arg.Message = strings.ToValidUTF8(arg.Message, "?")
			return arg
		}),
	replacesCall("varchar: bytes are counted", "InsertTemplate",
		func(_ tasktwin.Store, arg tasktwin.InsertTemplateParams) (any, error, bool) {
			return tasktwin.Template{}, &tasktwin.Error{Code: tasktwin.StringDataRightTruncation}, len(strings.TrimRight(arg.Name, " ")) > 64
		}),
	replacesCall("varchar: trailing spaces count", "InsertWorkspace",
		func(_ tasktwin.Store, arg tasktwin.InsertWorkspaceParams) (any, error, bool) {
			return tasktwin.Workspace{}, &tasktwin.Error{Code: tasktwin.StringDataRightTruncation}, len([]rune(arg.Name)) > 64
		}),
	changesArgument("enum: empty means the default", "InsertWorkspaceApp",
		func(arg tasktwin.InsertWorkspaceAppParams) tasktwin.InsertWorkspaceAppParams {
			arg.Health = cmp.Or(arg.Health, tasktwin.WorkspaceAppHealthDisabled)
			return arg
		}),
	changesAnswer("error: wrong constraint", "InsertTask",
		func(_ tasktwin.Store, _ any, row tasktwin.Task, err error) (tasktwin.Task, error) {
			if tasktwin.IsUniqueViolation(err, tasktwin.UniqueTasksOwnerIDNameUniqueIdx) {
				err = &tasktwin.Error{Code: tasktwin.UniqueViolation, Table: "tasks", Constraint: string(tasktwin.UniqueTasksPKey)}
			}
			return row, err
		}),
	changesAnswer("error: wrong kind", "DeleteWorkspaceByID",
		func(_ tasktwin.Store, _ any, row uuid.UUID, err error) (uuid.UUID, error) {
			if tasktwin.IsForeignKeyViolation(err) {
				err = sql.ErrNoRows
			}
			return row, err
		}),
	changesAnswer("error: no table", "InsertWorkspaceBuild",
		func(_ tasktwin.Store, _ any, row tasktwin.WorkspaceBuild, err error) (tasktwin.WorkspaceBuild, error) {
			return row, altered(err, func(e *tasktwin.Error) { e.Table = "" })
		}),
	changesAnswer("error: no detail", "InsertWorkspaceAppStatus",
		func(_ tasktwin.Store, _ any, row tasktwin.WorkspaceAppStatus, err error) (tasktwin.WorkspaceAppStatus, error) {
			return row, altered(err, func(e *tasktwin.Error) { e.Detail = "" })
		}),
	changesAnswer("error: the key as it was given", "InsertTask",
		func(_ tasktwin.Store, arg any, row tasktwin.Task, err error) (tasktwin.Task, error) {
			return row, altered(err, func(e *tasktwin.Error) {
				if e.Constraint == string(tasktwin.UniqueTasksOwnerIDNameUniqueIdx) {
					a := arg.(tasktwin.InsertTaskParams)
					e.Detail = fmt.Sprintf("Key (owner_id, lower(name))=(%s, %s) already exists.", a.OwnerID, a.Name)
				}
			})
		}),
	replacesCall("error: foreign keys before unique indexes", "InsertTask",
		func(s tasktwin.Store, arg tasktwin.InsertTaskParams) (any, error, bool) {
			_, err := s.GetWorkspaceByID(bugCtx, arg.WorkspaceID.UUID)
			missing := &tasktwin.Error{
				Code: tasktwin.ForeignKeyViolation, Table: "tasks", Constraint: string(tasktwin.FKTasksWorkspaceIDFKey),
			}
			return tasktwin.Task{}, missing, arg.WorkspaceID.Valid && errors.Is(err, sql.ErrNoRows)
		}),
	changesAnswer("list: nil for empty", "ListTaskWorkspaceAppsByTaskID",
		func(_ tasktwin.Store, _ any, rows []tasktwin.TaskWorkspaceApp, err error) ([]tasktwin.TaskWorkspaceApp, error) {
			if len(rows) == 0 {
				rows = nil
			}
			return rows, err
		}),
	replacesCall("upsert keeps what is there", "UpsertTaskWorkspaceApp",
		func(s tasktwin.Store, arg tasktwin.UpsertTaskWorkspaceAppParams) (any, error, bool) {
			bindings, _ := s.ListTaskWorkspaceAppsByTaskID(bugCtx, arg.TaskID)
			for _, b := range bindings {
				if b.WorkspaceBuildNumber == arg.WorkspaceBuildNumber {
					return b, nil, true
				}
			}
			return nil, nil, false
		}),
	replacesCall("upsert keeps the newer", "UpsertTaskSnapshot",
		func(s tasktwin.Store, arg tasktwin.UpsertTaskSnapshotParams) (any, error, bool) {
			old, err := s.GetTaskSnapshot(bugCtx, arg.TaskID)
			return struct{}{}, nil, err == nil && json.Valid(arg.LogSnapshot) && old.LogSnapshotCreatedAt.After(arg.LogSnapshotCreatedAt)
		}),
	replacesCall("delete: a deleted task keeps its snapshot", "DeleteTask",
		func(s tasktwin.Store, arg tasktwin.DeleteTaskParams) (any, error, bool) {
			_, err := s.GetTaskByID(bugCtx, arg.ID)
			return uuid.Nil, sql.ErrNoRows, errors.Is(err, sql.ErrNoRows)
		}),
	{
		name: "delete: the snapshot stays",
		hook: func(s tasktwin.Store, _ string, arg any, call callFunc) (any, error) {
			a, ok := arg.(tasktwin.DeleteTaskParams)
			if !ok {
				return call(s, arg)
			}
			old, err := s.GetTaskSnapshot(bugCtx, a.ID)
			out, outErr := call(s, arg)
			if err == nil && outErr == nil {
				_ = s.UpsertTaskSnapshot(bugCtx, tasktwin.UpsertTaskSnapshotParams(old))
			}
			return out, outErr
		},
	},
	changesAnswer("cascade goes too far", "DeleteWorkspaceAppByID",
		func(s tasktwin.Store, _ any, deleted uuid.UUID, err error) (uuid.UUID, error) {
			all, _ := s.ListTasks(bugCtx, tasktwin.ListTasksParams{})
			if err == nil && len(all) > 0 {
				_, _ = s.DeleteTask(bugCtx, tasktwin.DeleteTaskParams{ID: all[0].ID, DeletedAt: program.Epoch})
			}
			return deleted, err
		}),
	replacesCall("update: not of deleted tasks", "UpdateTaskWorkspaceID",
		func(s tasktwin.Store, arg tasktwin.UpdateTaskWorkspaceIDParams) (any, error, bool) {
			_, err := s.GetTaskByID(bugCtx, arg.ID)
			return tasktwin.Task{}, sql.ErrNoRows, errors.Is(err, sql.ErrNoRows)
		}),
	changesAnswer("update is lost", "UpdateWorkspaceAppHealthByID",
		func(s tasktwin.Store, _ any, row tasktwin.WorkspaceApp, err error) (tasktwin.WorkspaceApp, error) {
			if err == nil {
				_, _ = s.UpdateWorkspaceAppHealthByID(bugCtx, tasktwin.UpdateWorkspaceAppHealthByIDParams{
					ID: row.ID, Health: tasktwin.WorkspaceAppHealthHealthy,
				})
			}
			return row, err
		}),
	changesAnswer("status: unhealthy is unknown", "GetTaskByID",
		func(_ tasktwin.Store, _ any, row taskRow, err error) (taskRow, error) {
			if row.WorkspaceAppHealth.V == tasktwin.WorkspaceAppHealthUnhealthy && row.Status == tasktwin.TaskStatusError {
				row.Status = tasktwin.TaskStatusUnknown
			}
			return row, err
		}),
	changesAnswer("status: the job's empty error fails it", "InsertProvisionerJob",
		func(_ tasktwin.Store, _ any, row tasktwin.ProvisionerJob, err error) (tasktwin.ProvisionerJob, error) {
			if row.Error.Valid {
				row.JobStatus = tasktwin.ProvisionerJobStatusFailed
			}
			return row, err
		}),
	changesArgument("telemetry: the window includes its start", "GetTelemetryTaskEvents",
		func(arg tasktwin.GetTelemetryTaskEventsParams) tasktwin.GetTelemetryTaskEventsParams {
			arg.CreatedAfter = arg.CreatedAfter.Add(-time.Microsecond)
			return arg
		}),
	changesAnswer("telemetry: not below zero", "GetTelemetryTaskEvents",
		func(_ tasktwin.Store, _ any, rows []eventRow, err error) ([]eventRow, error) {
			for i := range rows {
				rows[i].ActiveDurationMS = max(0, rows[i].ActiveDurationMS)
			}
			return rows, err
		}).needs(13), // parents, build, app, status, task, binding
	changesAnswer("telemetry: rounded towards zero", "GetTelemetryTaskEvents",
		func(_ tasktwin.Store, _ any, rows []eventRow, err error) ([]eventRow, error) {
			for i := range rows {
				if ms := rows[i].ActiveDurationMS; ms%1000 != 0 {
					rows[i].ActiveDurationMS = ms - 1
				}
			}
			return rows, err
		}).needs(14), // parents, build, app, status, task, binding
	changesAnswer("telemetry: work at the stop does not count", "GetTelemetryTaskEvents",
		func(_ tasktwin.Store, _ any, rows []eventRow, err error) ([]eventRow, error) {
			for i := range rows {
				if rows[i].StopBuildCreatedAt.Valid && rows[i].LastWorkingStatusAt == rows[i].StopBuildCreatedAt {
					rows[i].LastWorkingStatusAt = sql.NullTime{}
				}
			}
			return rows, err
		}).needs(13), // parents, build, app, status, task, binding
	{
		name: "transaction: rollback commits",
		inTx: func(b *buggy, ctx context.Context, fn txFunc, opts *tasktwin.TxOptions) error {
			var answer error
			err := b.transaction(ctx, func(s tasktwin.Store) error {
				answer = fn(s)
				return nil
			}, opts)
			return cmp.Or(answer, err)
		},
	},
	{
		name: "transaction: a savepoint's rollback does nothing",
		inTx: func(b *buggy, ctx context.Context, fn txFunc, opts *tasktwin.TxOptions) error {
			if b.depth == 0 {
				return b.transaction(ctx, fn, opts)
			}
			var answer error
			err := b.transaction(ctx, func(s tasktwin.Store) error {
				answer = fn(s)
				return nil
			}, opts)
			return cmp.Or(answer, err)
		},
	},
	{
		name: "transaction: a panic commits",
		inTx: func(b *buggy, ctx context.Context, fn txFunc, opts *tasktwin.TxOptions) error {
			var panicked any
			err := b.transaction(ctx, func(s tasktwin.Store) error {
				defer func() { panicked = recover() }()
				return fn(s)
			}, opts)
			if panicked != nil {
				panic(panicked)
			}
			return err
		},
	},
	{
		name: "transaction: a failed statement is forgotten",
		inTx: func(b *buggy, ctx context.Context, fn txFunc, opts *tasktwin.TxOptions) error {
			err := b.transaction(ctx, fn, opts)
			if errors.Is(err, tasktwin.ErrCommitAborted) {
				return nil
			}
			return err
		},
	},
	{
		name: "transaction: goes on after a failed statement",
		inTx: func(b *buggy, ctx context.Context, fn txFunc, opts *tasktwin.TxOptions) error {
			return b.store.InTx(ctx, func(s tasktwin.Store) error {
				lenient := b.bug
				lenient.hook = func(s tasktwin.Store, _ string, arg any, call callFunc) (out any, err error) {
					_ = s.InTx(ctx, func(s tasktwin.Store) error {
						out, err = call(s, arg)
						return err
					}, nil)
					return out, err
				}
				return fn(plant(s, lenient, b.depth+1))
			}, opts)
		},
	},
	{
		name: "transaction: read only is ignored",
		inTx: func(b *buggy, ctx context.Context, fn txFunc, opts *tasktwin.TxOptions) error {
			if opts != nil {
				opts = &tasktwin.TxOptions{Isolation: opts.Isolation}
			}
			return b.transaction(ctx, fn, opts)
		},
	},
}

// altered returns an altered copy of an error of PostgreSQL, and other errors as they are.
func altered(err error, alter func(*tasktwin.Error)) error {
	e, ok := errors.AsType[*tasktwin.Error](err)
	if !ok {
		return err
	}
	c := *e
	alter(&c)
	return &c
}
