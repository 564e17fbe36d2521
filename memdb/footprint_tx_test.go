package memdb

import (
	"context"
	"testing"

	"github.com/tasktwin/tasktwin"
	"github.com/tasktwin/tasktwin/internal/footprint"
)

// A statement of a transaction touches what is in the state that it reads.
func TestFootprintsInATransaction(t *testing.T) {
	t.Parallel()
	defer footprint.Start()()
	fixture := newFootprints(t)
	insertThree := insertTaskOf(taskParams(idThree, idOne, "three"))
	deleteJob := call(tasktwin.Store.DeleteProvisionerJobByID, idTwo)
	insertSameName := insertTaskOf(unboundTask(idFour, "three"))
	for _, c := range []struct {
		name  string
		level tasktwin.IsolationLevel
		// first is a statement of the transaction, and other one of another session after it.
		first, other, run statement
		want              string
	}{
		{"the commit of another", tasktwin.ReadCommitted, updatePrompt(idThree), insertThree, getTaskByName("three"), `
			task_workspace_apps of one of tasks, by task_workspace_apps_task_id_fkey: sees
			tasks (id)=(03): sees
			tasks, a key of tasks_owner_id_name_unique_idx: sees
			users (id)=(01): sees
			workspaces (id)=(01): sees
		`},
		{"the commit of another after a write", tasktwin.ReadCommitted, updatePrompt(idTwo), insertThree, getTaskByName("three"), `
			task_workspace_apps of one of tasks, by task_workspace_apps_task_id_fkey: sees
			tasks (id)=(03): sees
			tasks, a key of tasks_owner_id_name_unique_idx: sees
			users (id)=(01): sees
			workspaces (id)=(01): sees
		`},
		{"a snapshot", tasktwin.RepeatableRead, getTaskByName("three"), insertThree, getTaskByName("three"), `
			tasks, a key of tasks_owner_id_name_unique_idx: sees
			error: sql: no rows in result set
		`},
		{"a key that the snapshot does not have", tasktwin.RepeatableRead, getTaskByName("three"), insertThree, insertSameName, `
			organizations, a key of organizations_pkey: sees
			tasks of one of organizations, by tasks_organization_id_fkey: update, writes
			tasks of one of template_versions, by tasks_template_version_id_fkey: update, writes
			tasks of one of users, by tasks_owner_id_fkey: update, writes
			tasks, a key of tasks_owner_id_name_unique_idx: sees, update
			tasks, a key of tasks_pkey: sees, update
			template_versions, a key of template_versions_pkey: sees
			users, a key of users_pkey: sees
			error: tasks_owner_id_name_unique_idx
		`},
		{"a cascade to a row that the snapshot does not have", tasktwin.RepeatableRead, getTaskByName("three"), insertNextBuild, deleteJob, `
			all provisioner_jobs: writes
			provisioner_jobs (id)=(02): sees, update, writes
			provisioner_jobs of one of organizations, by provisioner_jobs_organization_id_fkey: update, writes
			provisioner_jobs, a key of provisioner_jobs_pkey: sees, update, writes
			workspace_builds (id)=(02): sees, update
			workspace_builds of one of provisioner_jobs, by workspace_builds_job_id_fkey: sees, update, writes
			error: 40001
		`},
		{"a row that has changed since the snapshot", tasktwin.RepeatableRead, getTaskByName("three"), updatePrompt(idTwo), updatePrompt(idTwo), `
			tasks (id)=(02): sees, no key update
			tasks, a key of tasks_pkey: sees
			error: 40001
		`},
		{"a serializable transaction", tasktwin.Serializable, getTaskByName("three"), insertThree, getTaskByName("two"), `
			task_workspace_apps of one of tasks, by task_workspace_apps_task_id_fkey: sees
			tasks (id)=(02): sees
			tasks, a key of tasks_owner_id_name_unique_idx: sees
			users (id)=(01): sees
		`},
	} {
		db := fixture.fork()
		must(t)(nil, insertJob(t.Context(), db))
		var s *footprint.Statement
		var err error
		_ = db.InTx(t.Context(), func(tx tasktwin.Store) error {
			_ = c.first(t.Context(), tx)
			must(t)(nil, c.other(t.Context(), db))
			s, err = c.run.record(t.Context(), tx)
			return err
		}, &tasktwin.TxOptions{Isolation: c.level})
		db.check(t, c.name, c.want, s, err)
	}
}

// A load refers to rows that it has stored itself, in a state that is not the transaction's yet.
func TestFootprintOfALoadBesideATransaction(t *testing.T) {
	t.Parallel()
	defer footprint.Start()()
	db := newFootprints(t)
	db.inTx(t, "A", updatePrompt(idTwo), func() {
		load := func(ctx context.Context, s tasktwin.Store) error {
			return s.(tasktwin.Loader).Load(ctx, &tasktwin.Dump{
				Organizations:   []tasktwin.Organization{{ID: idThree, Name: "three"}},
				ProvisionerJobs: []tasktwin.ProvisionerJob{{ID: idThree, OrganizationID: idThree}},
			})
		}
		s, err := statement(load).record(t.Context(), db.DB)
		db.check(t, "a load", `
			all organizations: writes
			all provisioner_jobs: writes
			organizations (id)=(03): sees, update, writes
			organizations, a key of idx_organization_name_lower: sees, update, writes
			organizations, a key of organizations_pkey: sees, update, writes
			provisioner_jobs (id)=(03): update, writes
			provisioner_jobs of one of organizations, by provisioner_jobs_organization_id_fkey: update, writes
			provisioner_jobs, a key of provisioner_jobs_pkey: sees, update, writes
		`, s, err)
	})
}
