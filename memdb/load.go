package memdb

import (
	"context"
	"errors"

	"github.com/google/uuid"

	"github.com/tasktwin/tasktwin"
	"github.com/tasktwin/tasktwin/memdb/internal/rel"
)

// Load adds many rows: see [tasktwin.Loader].
func (q queries) Load(ctx context.Context, rows *tasktwin.Dump) error {
	_, err := write(ctx, q, loadable(rows), rel.MayFailMidway, func(st *state) (struct{}, error) { return struct{}{}, loadTables(st, rows) })
	return err
}

// loadable returns the error of rows that PostgreSQL would not be sent, which
// comes before anything else.
func loadable(rows *tasktwin.Dump) error {
	if rows == nil {
		return errors.New("tasktwin: Load: rows is nil")
	}
	for i := range rows.WorkspaceBuilds {
		b := &rows.WorkspaceBuilds[i]
		if err := firstError(enum(b.Transition), enum(b.Reason)); err != nil {
			return err
		}
	}
	for i := range rows.WorkspaceAgents {
		if err := enum(rows.WorkspaceAgents[i].LifecycleState); err != nil {
			return err
		}
	}
	for i := range rows.WorkspaceApps {
		if err := enum(rows.WorkspaceApps[i].Health); err != nil {
			return err
		}
	}
	for i := range rows.WorkspaceAppStatuses {
		if err := enum(rows.WorkspaceAppStatuses[i].State); err != nil {
			return err
		}
	}
	return nil
}

// load adds the rows table by table. COPY reads the columns of a row in their
// order and applies a length with its column.
func loadTables(st *state, d *tasktwin.Dump) error {
	for _, load := range []func() error{
		func() error { return loadTable(st, &organizations, d.Organizations, parsed(parseOrganization)) },
		func() error { return loadTable(st, &users, d.Users, parsed(parseUser)) },
		func() error { return loadTable(st, &templates, d.Templates, parseTemplate) },
		func() error { return loadTable(st, &templateVersions, d.TemplateVersions, parseTemplateVersion) },
		func() error {
			return loadTable(st, &workspaces, d.Workspaces, func(row *tasktwin.Workspace) (pendingRow[workspaceRow], error) {
				r := *row
				err := firstError(timestamp(&r.CreatedAt), timestamp(&r.UpdatedAt), text(r.Name), varchar(&r.Name, 64), jsonb(&r.GroupACL), jsonb(&r.UserACL))
				return newWorkspace(&r), err
			})
		},
		func() error {
			return loadTable(st, &jobs, d.ProvisionerJobs, func(r *tasktwin.ProvisionerJob) (pendingRow[jobRow], error) {
				return parseJob(&tasktwin.InsertProvisionerJobParams{
					ID: r.ID, CreatedAt: r.CreatedAt, UpdatedAt: r.UpdatedAt, StartedAt: r.StartedAt, CanceledAt: r.CanceledAt,
					CompletedAt: r.CompletedAt, Error: r.Error, OrganizationID: r.OrganizationID, InitiatorID: r.InitiatorID,
				})
			})
		},
		func() error {
			return loadTable(st, &builds, d.WorkspaceBuilds, func(r *tasktwin.WorkspaceBuild) (pendingRow[buildRow], error) {
				params := tasktwin.InsertWorkspaceBuildParams(*r)
				return parseBuild(&params)
			})
		},
		func() error {
			return loadTable(st, &agents, d.WorkspaceAgents, func(r *tasktwin.WorkspaceAgent) (pendingRow[agentRow], error) {
				row := *r
				return parseAgent(&row)
			})
		},
		func() error {
			return loadTable(st, &apps, d.WorkspaceApps, func(r *tasktwin.WorkspaceApp) (pendingRow[appRow], error) {
				row := *r
				err := firstError(timestamp(&row.CreatedAt), text(row.DisplayName), varchar(&row.DisplayName, 64), text(row.Slug))
				return newApp(&row), err
			})
		},
		func() error {
			return loadTable(st, &statuses, d.WorkspaceAppStatuses, func(r *tasktwin.WorkspaceAppStatus) (pendingRow[statusRow], error) {
				row := *r
				return parseStatus(&row)
			})
		},
		func() error { return loadTable(st, &tasks, d.Tasks, parseTaskRow) },
		func() error {
			return loadTable(st, &bindings, d.TaskWorkspaceApps, func(r *tasktwin.TaskWorkspaceApp) (pendingRow[bindingRow], error) {
				return newBinding(r), nil
			})
		},
		func() error { return loadTable(st, &snapshots, d.TaskSnapshots, parseSnapshot) },
	} {
		if err := load(); err != nil {
			return err
		}
	}
	return nil
}

// parsed parses a copy of a row that is kept as it is.
func parsed[R any](parse func(*R) error) func(*R) (pendingRow[R], error) {
	return func(row *R) (pendingRow[R], error) {
		r := new(R)
		*r = *row
		return pendingRow[R]{row: r}, parse(r)
	}
}

func parseTaskRow(row *tasktwin.Task) (pendingRow[taskRow], error) {
	t := *row
	err := firstError(text(t.Name), jsonb(&t.TemplateParameters), text(t.Prompt), timestamp(&t.CreatedAt),
		nullTimestamp(&t.DeletedAt), text(t.DisplayName), varchar(&t.DisplayName, 127))
	return newTask(&t), err
}

// loadTable adds rows to a table.
func loadTable[T, R any](st *state, d *table[R], rows []T, parse func(*T) (pendingRow[R], error)) error {
	// absent are the slots that stand for missing parents, one for each id.
	type absentee struct {
		key int
		id  uuid.UUID
	}
	absent := map[absentee]uint32{}
	return rel.Load(st, &d.TableDef, rows, parse, rel.Pending[tables, R, pendingRow[R]]{
		Row:     func(f *pendingRow[R]) *R { return f.row },
		Resolve: d.resolve,
		Adopt: func(f *pendingRow[R], n int, reserve func() uint32) uint32 {
			who := absentee{n, f.refs[n].UUID}
			slot, ok := absent[who]
			if !ok {
				slot = reserve()
				absent[who] = slot
			}
			return slot
		},
		Explain: func(st *state, f *pendingRow[R], violated error) error { return d.explain(st, *f, violated) },
	})
}
