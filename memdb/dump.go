package memdb

import (
	"context"

	"github.com/tasktwin/tasktwin"
)

// Dump returns every row of every table, each table by its primary key.
func (q queries) Dump(ctx context.Context) (*tasktwin.Dump, error) {
	var d tasktwin.Dump
	err := q.x.read(ctx, noArguments, func(st *state) error {
		dumpTable(st, organizations, &d.Organizations, plain)
		dumpTable(st, users, &d.Users, plain)
		dumpTable(st, templates, &d.Templates, plain)
		dumpTable(st, templateVersions, &d.TemplateVersions, plain)
		dumpTable(st, workspaces, &d.Workspaces, copyWorkspace)
		dumpTable(st, provisionerJobs, &d.ProvisionerJobs, plain)
		dumpTable(st, workspaceBuilds, &d.WorkspaceBuilds, plain)
		dumpTable(st, workspaceAgents, &d.WorkspaceAgents, plain)
		dumpTable(st, workspaceApps, &d.WorkspaceApps, plain)
		dumpTable(st, workspaceAppStatuses, &d.WorkspaceAppStatuses, plain)
		dumpTable(st, tasks, &d.Tasks, copyTask)
		dumpTable(st, taskWorkspaceApps, &d.TaskWorkspaceApps, plain)
		dumpTable(st, taskSnapshots, &d.TaskSnapshots, copySnapshot)
		return nil
	})
	if err != nil {
		return nil, err
	}
	return &d, nil
}

func dumpTable[R any](st *state, id tableID, into *[]R, out func(*R) R) {
	*into = make([]R, 0, st.index(id, primaryKey).Len())
	scanAll(st, id, primaryKey, func(r *R) bool {
		*into = append(*into, out(r))
		return true
	})
}
