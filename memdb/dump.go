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
		d.Organizations = dumpTable(st, &organizations, plain)
		d.Users = dumpTable(st, &users, plain)
		d.Templates = dumpTable(st, &templates, copyTemplate)
		d.TemplateVersions = dumpTable(st, &templateVersions, copyTemplateVersion)
		d.Workspaces = dumpTable(st, &workspaces, copyWorkspace)
		d.ProvisionerJobs = dumpTable(st, &jobs, copyJob)
		d.WorkspaceBuilds = dumpTable(st, &builds, copyBuild)
		d.WorkspaceAgents = dumpTable(st, &agents, copyAgent)
		d.WorkspaceApps = dumpTable(st, &apps, copyApp)
		d.WorkspaceAppStatuses = make([]tasktwin.WorkspaceAppStatus, st.Tables.statuses.size)
		for n := range st.Tables.statuses.size {
			d.WorkspaceAppStatuses[n] = copyStatus(st, n)
		}
		slices.SortFunc(d.WorkspaceAppStatuses, func(a, b tasktwin.WorkspaceAppStatus) int { return compareIDs(a.ID, b.ID) })
		d.Tasks = dumpTable(st, &tasks, copyTask)
		d.TaskWorkspaceApps = make([]tasktwin.TaskWorkspaceApp, 0, st.Tables.bindings.Len())
		for _, f := range byKey(st, &tasks) {
			d.TaskWorkspaceApps = append(d.TaskWorkspaceApps, copies(st, &bindings, st.Tables.bindings.ofTask.Get(f.slot), copyBinding)...)
		}
		d.TaskSnapshots = dumpTable(st, &snapshots, copySnapshot)
		return &d, nil
	})
}

func compareIDs(a, b uuid.UUID) int { return bytes.Compare(a[:], b[:]) }

func dumpTable[R, T any](st *state, d *table[R], out func(*state, *R) T) []T {
	rows := make([]T, 0, d.Table(&st.Tables).Len())
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
func byKey[R any](st *state, d *table[R]) []found[R] {
	t := d.Table(&st.Tables)
	rows := make([]found[R], 0, t.Len())
	for slot, r := range t.All() {
		rows = append(rows, found[R]{slot, r})
	}
	slices.SortFunc(rows, func(a, b found[R]) int { return compareIDs(d.id(a.row), d.id(b.row)) })
	return rows
}
