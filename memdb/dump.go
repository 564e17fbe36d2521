package memdb

import (
	"bytes"
	"context"
	"slices"

	"github.com/google/uuid"

	"github.com/tasktwin/tasktwin"
)

// Dump returns every row of every table, each table by its primary key.
func (q queries) Dump(ctx context.Context) (*tasktwin.Dump, error) {
	return read(ctx, q, nil, func(st *state) (*tasktwin.Dump, error) {
		var d tasktwin.Dump
		d.Organizations = dumpTable(st, &organizationsTable, plain)
		d.Users = dumpTable(st, &usersTable, plain)
		d.Templates = dumpTable(st, &templatesTable, copyTemplate)
		d.TemplateVersions = dumpTable(st, &templateVersionsTable, copyTemplateVersion)
		d.Workspaces = dumpTable(st, &workspacesTable, copyWorkspace)
		d.ProvisionerJobs = dumpTable(st, &jobsTable, copyJob)
		d.WorkspaceBuilds = dumpTable(st, &buildsTable, copyBuild)
		d.WorkspaceAgents = dumpTable(st, &agentsTable, copyAgent)
		d.WorkspaceApps = dumpTable(st, &appsTable, copyApp)
		d.WorkspaceAppStatuses = make([]tasktwin.WorkspaceAppStatus, st.statuses.size)
		for n := range st.statuses.size {
			d.WorkspaceAppStatuses[n] = st.statusRow(n)
		}
		slices.SortFunc(d.WorkspaceAppStatuses, func(a, b tasktwin.WorkspaceAppStatus) int { return compareIDs(a.ID, b.ID) })
		d.Tasks = dumpTable(st, &tasksTable, copyTask)
		d.TaskWorkspaceApps = make([]tasktwin.TaskWorkspaceApp, 0, st.bindings.size)
		for _, f := range byKey(st, &tasksTable) {
			d.TaskWorkspaceApps = append(d.TaskWorkspaceApps, copies(st, &st.bindings, st.bindingsOf.Get(f.slot), copyBinding)...)
		}
		d.TaskSnapshots = dumpTable(st, &snapshotsTable, copySnapshot)
		return &d, nil
	})
}

func compareIDs(a, b uuid.UUID) int { return bytes.Compare(a[:], b[:]) }

func dumpTable[R, T any](st *state, d *tableDef[R], out func(*state, *R) T) []T {
	rows := make([]T, 0, d.of(st).size)
	for _, f := range byKey(st, d) {
		rows = append(rows, out(st, f.row))
	}
	return rows
}

// found is a row and where it was.
type found[R any] struct {
	slot uint32
	row  *R
}

// byKey returns the rows of a table by primary key.
func byKey[R any](st *state, d *tableDef[R]) []found[R] {
	t := d.of(st)
	rows := make([]found[R], 0, t.size)
	for slot := range t.next {
		if r := t.rows.Get(slot); r != nil {
			rows = append(rows, found[R]{slot, r})
		}
	}
	slices.SortFunc(rows, func(a, b found[R]) int { return compareIDs(d.id(a.row), d.id(b.row)) })
	return rows
}
