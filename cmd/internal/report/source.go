package report

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"github.com/google/uuid"

	"github.com/tasktwin/tasktwin"
)

// read returns the history of every task, newest first, in the order of ListTasks. It
// has deleted tasks only of stores that can dump, because no query returns them. The
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
		out = slices.Concat(out, deletedTasks(dump, tasks))
		slices.SortStableFunc(out, compareTasks)
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
		rows, err = s.DumpTables(ctx, "provisioner_jobs", "workspace_builds", "workspace_app_statuses", "task_workspace_apps", "tasks")
	case tasktwin.Dumper:
		rows, err = s.Dump(ctx)
	default:
		return nil, false, nil
	}
	return rows, true, err
}

// compareTasks is the order of ListTasks.
func compareTasks(a, b *history) int {
	return cmp.Or(b.task.CreatedAt.Compare(a.task.CreatedAt), slices.Compare(a.task.ID[:], b.task.ID[:]))
}

// deletedTasks returns histories without events of the deleted tasks. Their owners have
// the names of the users, if these have been read, or of live tasks, or else their ids.
func deletedTasks(d *tasktwin.Dump, live []tasktwin.TaskWithStatus) []*history {
	type names struct{ username, name string }
	owners := map[uuid.UUID]names{}
	for i := range live {
		owners[live[i].OwnerID] = names{live[i].OwnerUsername, live[i].OwnerName}
	}
	for i := range d.Users {
		owners[d.Users[i].ID] = names{d.Users[i].Username, d.Users[i].Name}
	}
	var out []*history
	for i := range d.Tasks {
		t := &d.Tasks[i]
		if !t.DeletedAt.Valid {
			continue
		}
		owner, known := owners[t.OwnerID]
		if !known {
			owner.username = t.OwnerID.String()
		}
		out = append(out, &history{task: tasktwin.TaskWithStatus{
			ID: t.ID, OrganizationID: t.OrganizationID, OwnerID: t.OwnerID, Name: t.Name, DisplayName: t.DisplayName, WorkspaceID: t.WorkspaceID,
			TemplateVersionID: t.TemplateVersionID, Prompt: t.Prompt, CreatedAt: t.CreatedAt, DeletedAt: t.DeletedAt,
			OwnerUsername: owner.username, OwnerName: owner.name, Status: statusDeleted,
		}})
	}
	return out
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
