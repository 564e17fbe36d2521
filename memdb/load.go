package memdb

import (
	"context"
	"errors"
	"slices"

	"github.com/tasktwin/tasktwin"
)

// Load adds many rows: see [tasktwin.Loader].
func (q queries) Load(ctx context.Context, rows *tasktwin.Dump) error {
	_, err := write(ctx, q, loadable(rows), partly, func(st *state) (struct{}, error) { return struct{}{}, st.load(rows) })
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
func (st *state) load(d *tasktwin.Dump) error {
	for _, load := range []func() error{
		func() error { return loadTable(st, &organizationsTable, d.Organizations, parsed(parseOrganization)) },
		func() error { return loadTable(st, &usersTable, d.Users, parsed(parseUser)) },
		func() error { return loadTable(st, &templatesTable, d.Templates, parsed(parseTemplate)) },
		func() error {
			return loadTable(st, &templateVersionsTable, d.TemplateVersions, parsed(parseTemplateVersion))
		},
		func() error {
			return loadTable(st, &workspacesTable, d.Workspaces, parsed(func(r *work) error {
				return firstError(timestamp(&r.CreatedAt), timestamp(&r.UpdatedAt), text(r.Name), varchar(&r.Name, 64), jsonb(&r.GroupACL), jsonb(&r.UserACL))
			}))
		},
		func() error {
			return loadTable(st, &jobsTable, d.ProvisionerJobs, func(r *tasktwin.ProvisionerJob) (*job, error) {
				return parseJob(&tasktwin.InsertProvisionerJobParams{
					ID: r.ID, CreatedAt: r.CreatedAt, UpdatedAt: r.UpdatedAt, StartedAt: r.StartedAt, CanceledAt: r.CanceledAt,
					CompletedAt: r.CompletedAt, Error: r.Error, OrganizationID: r.OrganizationID, InitiatorID: r.InitiatorID,
				})
			})
		},
		func() error {
			return loadTable(st, &buildsTable, d.WorkspaceBuilds, func(r *tasktwin.WorkspaceBuild) (*bld, error) {
				params := tasktwin.InsertWorkspaceBuildParams(*r)
				return parseBuild(&params)
			})
		},
		func() error {
			return loadTable(st, &agentsTable, d.WorkspaceAgents, func(r *tasktwin.WorkspaceAgent) (*agt, error) {
				row := *r
				return parseAgent(&row)
			})
		},
		func() error {
			return loadTable(st, &appsTable, d.WorkspaceApps, func(r *tasktwin.WorkspaceApp) (*app, error) {
				row := *r
				err := firstError(timestamp(&row.CreatedAt), text(row.DisplayName), varchar(&row.DisplayName, 64), text(row.Slug))
				return newApp(&row), err
			})
		},
		func() error { return st.loadStatuses(d.WorkspaceAppStatuses) },
		func() error { return loadTable(st, &tasksTable, d.Tasks, parseTaskRow) },
		func() error {
			return loadTable(st, &bindingsTable, d.TaskWorkspaceApps, parsed(func(r *bind) error {
				r.WorkspaceAgentID, r.WorkspaceAppID = nullUUID(r.WorkspaceAgentID), nullUUID(r.WorkspaceAppID)
				return nil
			}))
		},
		func() error { return loadTable(st, &snapshotsTable, d.TaskSnapshots, parsed(parseSnapshot)) },
	} {
		if err := load(); err != nil {
			return err
		}
	}
	return nil
}

// parsed parses a copy of a row that is kept as it is.
func parsed[R any](parse func(*R) error) func(*R) (*R, error) {
	return func(row *R) (*R, error) {
		r := new(R)
		*r = *row
		return r, parse(r)
	}
}

func parseTaskRow(row *tasktwin.Task) (*taskRow, error) {
	r := &taskRow{task: *row}
	t := &r.task
	t.WorkspaceID = nullUUID(t.WorkspaceID)
	return r, firstError(text(t.Name), jsonb(&t.TemplateParameters), text(t.Prompt), timestamp(&t.CreatedAt),
		nullTimestamp(&t.DeletedAt), text(t.DisplayName), varchar(&t.DisplayName, 127))
}

// copied is how many rows COPY takes at a time: it looks at the values of all of
// them before it puts the first into the unique indexes.
const copied = 1000

// loadTable adds rows to a table. PostgreSQL checks the foreign keys at the end,
// row by row: until then a row that refers to nothing is in the table, and in the
// way of others that want to be unique.
func loadTable[T, R any](st *state, d *tableDef[R], rows []T, parse func(*T) (*R, error)) error {
	var missing error
	orphans := map[parentNumber]bool{}
	batch := make([]*R, 0, min(len(rows), copied))
	for some := range slices.Chunk(rows, copied) {
		batch = batch[:0]
		for i := range some {
			r, err := parse(&some[i])
			if err != nil {
				return err
			}
			if err := d.checkValues(r); err != nil {
				return err
			}
			batch = append(batch, r)
		}
		for _, r := range batch {
			var tags tags
			if err := d.checkUnique(st, r, &tags); err != nil {
				return err
			}
			if u := d.numbered(); u != nil && orphans[u.key(r)] {
				return uniqueViolation(d.name, string(u.name))
			}
			var slots parentSlots
			err := d.checkParents(st, r, &slots)
			if err == nil {
				d.store(st, r, &tags, &slots)
				continue
			}
			if missing == nil {
				missing = err
			}
			d.place(st, r, &tags)
			if u := d.numbered(); u != nil {
				orphans[u.key(r)] = true
			}
		}
	}
	return missing
}

// numbered returns the unique index that is looked up among a parent's children,
// which is the last, or nil.
func (d *tableDef[R]) numbered() *unique[R] {
	if u := &d.unique[len(d.unique)-1]; u.key != nil {
		return u
	}
	return nil
}

// loadStatuses is loadTable for the log of statuses.
func (st *state) loadStatuses(rows []tasktwin.WorkspaceAppStatus) error {
	var missing error
	batch := make([]tasktwin.WorkspaceAppStatus, 0, min(len(rows), copied))
	for some := range slices.Chunk(rows, copied) {
		batch = append(batch[:0], some...)
		for i := range batch {
			if err := parseStatus(&batch[i]); err != nil {
				return err
			}
		}
		for i := range batch {
			r := &batch[i]
			tag, err := st.checkStatus(r)
			if err != nil {
				return err
			}
			parents, err := st.checkStatusParents(r)
			if missing == nil {
				missing = err
			}
			// A row that refers to nothing is in the way of its id until the end, too.
			// It refers to some rows then, and nobody will see that.
			st.storeStatus(r, tag, parents)
		}
	}
	return missing
}
