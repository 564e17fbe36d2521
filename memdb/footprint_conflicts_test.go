package memdb

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/uuid"

	"github.com/tasktwin/tasktwin"
	"github.com/tasktwin/tasktwin/internal/footprint"
)

// publish returns the accesses of a statement that is no part of a transaction: it commits what it writes.
func publish(s *footprint.Statement) map[footprint.Item]footprint.Access {
	items := accesses(s)
	for item, a := range items {
		if a&footprint.Writes != 0 {
			items[item] |= footprint.Publishes
		}
	}
	return items
}

// Items are the same in the footprints of all statements that touch them. In the cases, the items
// are those of which the order of two statements of different sessions may matter.
func TestFootprintsConflict(t *testing.T) {
	t.Parallel()
	defer footprint.Start()()
	fixture := newFootprints(t)
	insertThree := insertTaskOf(taskParams(idThree, idOne, "Three"))
	insertUser := call(tasktwin.Store.InsertUser, tasktwin.InsertUserParams{ID: idThree, Username: "three", Email: "three"})
	deleteWorkspace := call(tasktwin.Store.DeleteWorkspaceByID, idOne)
	ownedByThree := unboundTask(idThree, "three")
	ownedByThree.OwnerID = idThree
	for _, c := range []struct {
		name string
		a, b statement
		want string
	}{
		{"a name, looked for", insertThree, getTaskByName("three"), `
			tasks, a key of tasks_owner_id_name_unique_idx
		`},
		{"another name", insertThree, getTaskByName("four"), ``},
		{"the name of another task", insertThree, getTaskByName("two"), ``},
		{"a name, given up", deleteTask(idTwo), insertTaskOf(unboundTask(idThree, "two")), `
			tasks, a key of tasks_owner_id_name_unique_idx
		`},
		{"an id, looked for", insertThree, call(tasktwin.Store.GetTaskByID, idThree), `
			tasks, a key of tasks_pkey
		`},
		{"another id", insertThree, call(tasktwin.Store.GetTaskByID, idOne), ``},
		{"a row", updatePrompt(idOne), call(tasktwin.Store.GetTaskByID, idOne), `
			tasks (id)=(01)
			tasks, a key of tasks_pkey
		`},
		{"the same row", updatePrompt(idOne), updatePrompt(idOne), `
			tasks (id)=(01)
			tasks, a key of tasks_owner_id_name_unique_idx
			tasks, a key of tasks_pkey
		`},
		{"another row", updatePrompt(idOne), updatePrompt(idTwo), ``},
		{"a table", insertThree, call(tasktwin.Store.ListTasks, tasktwin.ListTasksParams{}), `
			all tasks
		`},
		{"an owner's list", insertThree, call(tasktwin.Store.ListTasks, tasktwin.ListTasksParams{OwnerID: idOne}), `
			tasks of one of users, by tasks_owner_id_fkey
		`},
		{"another owner's list", insertThree, call(tasktwin.Store.ListTasks, tasktwin.ListTasksParams{OwnerID: idThree}), ``},
		{"a missing parent", insertTaskOf(ownedByThree), insertUser, `
			users, a key of users_pkey
		`},
		{"the parent of a new row", deleteWorkspace, insertThree, `
			tasks of one of organizations, by tasks_organization_id_fkey
			tasks of one of template_versions, by tasks_template_version_id_fkey
			tasks of one of users, by tasks_owner_id_fkey
			tasks of one of workspaces, by tasks_workspace_id_fkey
			workspaces (id)=(01)
			workspaces, a key of workspaces_pkey
		`},
		{"the child of a parent that is deleted", deleteWorkspace, bind(idOne, uuid.NullUUID{}, nullUUID(idOne)), `
			task_workspace_apps of one of tasks, by task_workspace_apps_task_id_fkey
			task_workspace_apps of one of workspace_agents, by task_workspace_apps_workspace_agent_id_fkey
			task_workspace_apps of one of workspace_apps, by task_workspace_apps_workspace_app_id_fkey
			tasks, a key of tasks_pkey
		`},
		{"a snapshot", deleteWorkspace, call(tasktwin.Store.GetTaskSnapshot, idOne), `
			task_snapshots (task_id)=(01)
			task_snapshots, a key of task_snapshots_pkey
		`},
		{"a build of a job", insertNextBuild, insertNextBuild, `
			workspace_builds of one of provisioner_jobs, by workspace_builds_job_id_fkey
			workspace_builds of one of template_versions, by workspace_builds_template_version_id_fkey
			workspace_builds of one of workspaces, by workspace_builds_workspace_id_fkey
			workspace_builds, a key of workspace_builds_pkey
		`},
		{"a binding of a task", bind(idTwo, nullUUID(idOne), uuid.NullUUID{}), call(tasktwin.Store.GetTaskByID, idTwo), `
			task_workspace_apps of one of tasks, by task_workspace_apps_task_id_fkey
		`},
		{"a binding of another task", bind(idTwo, nullUUID(idOne), uuid.NullUUID{}), call(tasktwin.Store.GetTaskByID, idOne), ``},
		{"an agent that is bound", call(tasktwin.Store.DeleteWorkspaceAgentByID, idOne), bind(idOne, uuid.NullUUID{}, nullUUID(idOne)), `
			task_workspace_apps (task_id, workspace_build_number)=(01, 1)
			task_workspace_apps of one of tasks, by task_workspace_apps_task_id_fkey
			task_workspace_apps of one of workspace_agents, by task_workspace_apps_workspace_agent_id_fkey
			task_workspace_apps of one of workspace_apps, by task_workspace_apps_workspace_app_id_fkey
			task_workspace_apps, a key of task_workspace_apps_pkey
			workspace_apps, a key of workspace_apps_pkey
		`},
		{"a status", insertStatus(idThree), call(tasktwin.Store.ListWorkspaceAppStatusesByAppID, idOne), `
			workspace_app_statuses of one of workspace_apps, by workspace_app_statuses_app_id_fkey
		`},
		{"two statuses", insertStatus(idTwo), insertStatus(idThree), `
			workspace_app_statuses of one of workspace_agents, by workspace_app_statuses_agent_id_fkey
			workspace_app_statuses of one of workspace_apps, by workspace_app_statuses_app_id_fkey
			workspace_app_statuses of one of workspaces, by workspace_app_statuses_workspace_id_fkey
		`},
	} {
		a, _ := c.a.record(t.Context(), fixture.fork())
		b, _ := c.b.record(t.Context(), fixture.fork())
		ofA, ofB := publish(a), publish(b)
		var lines []string
		for item, access := range ofA {
			if other, ok := ofB[item]; ok && footprint.Conflict(access, other) {
				lines = append(lines, fixture.short.Replace(a.Names[item]))
			}
		}
		slices.Sort(lines)
		if got := strings.Join(lines, "\n"); got != unindented(c.want) {
			t.Errorf("%s:\n%s\nwant:%s", c.name, got, c.want)
		}
	}
}
