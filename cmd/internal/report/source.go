package report

import (
	"context"
	"fmt"

	"github.com/google/uuid"

	"github.com/tasktwin/tasktwin"
)

// read returns the history of every live task, in the order of ListTasks. The
// store must be a transaction that reads one consistent snapshot.
func read(ctx context.Context, store tasktwin.Store) ([]*history, error) {
	tasks, err := store.ListTasks(ctx, tasktwin.ListTasksParams{})
	if err != nil {
		return nil, fmt.Errorf("list tasks: %w", err)
	}
	out := make([]*history, len(tasks))
	for i := range tasks {
		out[i] = &history{task: tasks[i]}
	}
	switch dump, ok, err := dump(ctx, store); {
	case err != nil:
		return nil, fmt.Errorf("read all rows: %w", err)
	case ok:
		fill(out, dump)
	default:
		for _, h := range out {
			if err := h.query(ctx, store); err != nil {
				return nil, fmt.Errorf("task %s: %w", h.task.ID, err)
			}
		}
	}
	for _, h := range out {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		h.order()
	}
	return out, nil
}

// tablesDumper is a store that reads only some of its tables: pgdb's.
type tablesDumper interface {
	DumpTables(ctx context.Context, tables ...string) (*tasktwin.Dump, error)
}

// dump returns the rows that fill reads. It returns false for a store that cannot dump.
func dump(ctx context.Context, store tasktwin.Store) (rows *tasktwin.Dump, ok bool, err error) {
	switch s := store.(type) {
	case tablesDumper:
		rows, err = s.DumpTables(ctx, "provisioner_jobs", "workspace_builds", "workspace_app_statuses", "task_workspace_apps")
	case tasktwin.Dumper:
		rows, err = s.Dump(ctx)
	default:
		return nil, false, nil
	}
	return rows, true, err
}

// fill adds the rows of a dump to the histories of their tasks.
func fill(tasks []*history, d *tasktwin.Dump) {
	jobs := make(map[uuid.UUID]*tasktwin.ProvisionerJob, len(d.ProvisionerJobs))
	for i := range d.ProvisionerJobs {
		jobs[d.ProvisionerJobs[i].ID] = &d.ProvisionerJobs[i]
	}
	ofWorkspace, ofTask, ofApp := map[uuid.UUID][]*history{}, map[uuid.UUID]*history{}, map[uuid.UUID][]*history{}
	for _, h := range tasks {
		ofTask[h.task.ID] = h
		if id := h.task.WorkspaceID; id.Valid {
			ofWorkspace[id.UUID] = append(ofWorkspace[id.UUID], h)
		}
	}
	for i := range d.WorkspaceBuilds {
		b := &d.WorkspaceBuilds[i]
		owners := ofWorkspace[b.WorkspaceID]
		if len(owners) == 0 {
			continue
		}
		made := newBuild(b, jobs[b.JobID])
		for _, h := range owners {
			h.builds = append(h.builds, made)
		}
	}
	type binding struct{ task, app uuid.UUID }
	seen := map[binding]bool{}
	for i := range d.TaskWorkspaceApps {
		b := &d.TaskWorkspaceApps[i]
		h, key := ofTask[b.TaskID], binding{b.TaskID, b.WorkspaceAppID.UUID}
		if h == nil || !b.WorkspaceAppID.Valid || seen[key] {
			continue
		}
		seen[key] = true
		ofApp[key.app] = append(ofApp[key.app], h)
	}
	for i := range d.WorkspaceAppStatuses {
		s := &d.WorkspaceAppStatuses[i]
		for _, h := range ofApp[s.AppID] {
			h.statuses = append(h.statuses, newStatus(s))
		}
	}
}

// query reads the rows of a task from a store that is not a Dumper.
func (h *history) query(ctx context.Context, q tasktwin.Querier) error {
	if id := h.task.WorkspaceID; id.Valid {
		builds, err := q.ListWorkspaceBuildsByWorkspaceID(ctx, id.UUID)
		if err != nil {
			return fmt.Errorf("list builds: %w", err)
		}
		for i := range builds {
			job, err := q.GetProvisionerJobByID(ctx, builds[i].JobID)
			if err != nil {
				return fmt.Errorf("get the job of build %d: %w", builds[i].BuildNumber, err)
			}
			h.builds = append(h.builds, newBuild(&builds[i], &job))
		}
	}
	bindings, err := q.ListTaskWorkspaceAppsByTaskID(ctx, h.task.ID)
	if err != nil {
		return fmt.Errorf("list bindings: %w", err)
	}
	seen := map[uuid.UUID]bool{}
	for _, b := range bindings {
		if !b.WorkspaceAppID.Valid || seen[b.WorkspaceAppID.UUID] {
			continue
		}
		seen[b.WorkspaceAppID.UUID] = true
		statuses, err := q.ListWorkspaceAppStatusesByAppID(ctx, b.WorkspaceAppID.UUID)
		if err != nil {
			return fmt.Errorf("list statuses of app %s: %w", b.WorkspaceAppID.UUID, err)
		}
		for i := range statuses {
			h.statuses = append(h.statuses, newStatus(&statuses[i]))
		}
	}
	return nil
}
