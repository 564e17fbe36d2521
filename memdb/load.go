package memdb

import (
	"context"
	"errors"
	"slices"

	"github.com/google/uuid"

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
		func() error { return loadTable(st, &templatesTable, d.Templates, parseTemplate) },
		func() error { return loadTable(st, &templateVersionsTable, d.TemplateVersions, parseTemplateVersion) },
		func() error {
			return loadTable(st, &workspacesTable, d.Workspaces, func(row *tasktwin.Workspace) (fresh[work], error) {
				r := *row
				err := firstError(timestamp(&r.CreatedAt), timestamp(&r.UpdatedAt), text(r.Name), varchar(&r.Name, 64), jsonb(&r.GroupACL), jsonb(&r.UserACL))
				return newWorkspace(&r), err
			})
		},
		func() error {
			return loadTable(st, &jobsTable, d.ProvisionerJobs, func(r *tasktwin.ProvisionerJob) (fresh[job], error) {
				return parseJob(&tasktwin.InsertProvisionerJobParams{
					ID: r.ID, CreatedAt: r.CreatedAt, UpdatedAt: r.UpdatedAt, StartedAt: r.StartedAt, CanceledAt: r.CanceledAt,
					CompletedAt: r.CompletedAt, Error: r.Error, OrganizationID: r.OrganizationID, InitiatorID: r.InitiatorID,
				})
			})
		},
		func() error {
			return loadTable(st, &buildsTable, d.WorkspaceBuilds, func(r *tasktwin.WorkspaceBuild) (fresh[bld], error) {
				params := tasktwin.InsertWorkspaceBuildParams(*r)
				return parseBuild(&params)
			})
		},
		func() error {
			return loadTable(st, &agentsTable, d.WorkspaceAgents, func(r *tasktwin.WorkspaceAgent) (fresh[agt], error) {
				row := *r
				return parseAgent(&row)
			})
		},
		func() error {
			return loadTable(st, &appsTable, d.WorkspaceApps, func(r *tasktwin.WorkspaceApp) (fresh[app], error) {
				row := *r
				err := firstError(timestamp(&row.CreatedAt), text(row.DisplayName), varchar(&row.DisplayName, 64), text(row.Slug))
				return newApp(&row), err
			})
		},
		func() error { return st.loadStatuses(d.WorkspaceAppStatuses) },
		func() error { return loadTable(st, &tasksTable, d.Tasks, parseTaskRow) },
		func() error {
			return loadTable(st, &bindingsTable, d.TaskWorkspaceApps, func(r *tasktwin.TaskWorkspaceApp) (fresh[bind], error) {
				return newBinding(r), nil
			})
		},
		func() error { return loadTable(st, &snapshotsTable, d.TaskSnapshots, parseSnapshot) },
	} {
		if err := load(); err != nil {
			return err
		}
	}
	return nil
}

// parsed parses a copy of a row that is kept as it is.
func parsed[R any](parse func(*R) error) func(*R) (fresh[R], error) {
	return func(row *R) (fresh[R], error) {
		r := new(R)
		*r = *row
		return fresh[R]{row: r}, parse(r)
	}
}

func parseTaskRow(row *tasktwin.Task) (fresh[taskRow], error) {
	t := *row
	err := firstError(text(t.Name), jsonb(&t.TemplateParameters), text(t.Prompt), timestamp(&t.CreatedAt),
		nullTimestamp(&t.DeletedAt), text(t.DisplayName), varchar(&t.DisplayName, 127))
	return newTask(&t), err
}

// copied is how many rows COPY takes at a time: it looks at the values of all of
// them before it puts the first into the unique indexes.
const copied = 1000

// loadTable adds rows to a table. PostgreSQL checks the foreign keys at the end,
// row by row: until then a row that refers to nothing is in the table, and in the
// way of others that want to be unique.
func loadTable[T, R any](st *state, d *tableDef[R], rows []T, parse func(*T) (fresh[R], error)) error {
	var missing error
	absent := map[absentee]uint32{}
	batch := make([]fresh[R], 0, min(len(rows), copied))
	for some := range slices.Chunk(rows, copied) {
		batch = batch[:0]
		for i := range some {
			f, err := parse(&some[i])
			if err != nil {
				return err
			}
			if err := d.checkValues(f.row); err != nil {
				return err
			}
			batch = append(batch, f)
		}
		for i := range batch {
			f := &batch[i]
			if p := d.findParents(st, f.row, &f.refs); p != nil {
				if missing == nil {
					missing = missingParent(d.name, p.name)
				}
				d.adopt(st, f, absent)
			}
			var tags tags
			if err := d.checkUnique(st, f.row, &tags); err != nil {
				return err
			}
			slot := d.place(st, f, &tags)
			if d.stored != nil && missing == nil { // else nobody will see what is derived
				d.stored(st, slot, f.row, nil)
			}
		}
	}
	return missing
}

// absentee is a row that is referred to, by one of a table's foreign keys, and is
// not there.
type absentee struct {
	key int
	id  uuid.UUID
}

// adopt lets a row refer to slots without rows, one for each id, in place of what
// is not there, so that it is among others that refer to the same.
func (d *tableDef[R]) adopt(st *state, f *fresh[R], absent map[absentee]uint32) {
	for i := range d.parents {
		p := &d.parents[i]
		at := p.column(f.row)
		if *at != noSlot || !f.refs[i].Valid {
			continue
		}
		who := absentee{i, f.refs[i].UUID}
		slot, ok := absent[who]
		if !ok {
			slot = p.reserve(st)
			absent[who] = slot
		}
		*at = slot
	}
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
