package memdb

import (
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/tasktwin/tasktwin"
)

// insertApp inserts an app and a workspace and all rows that they refer to. All have the
// same id.
func insertApp(t testing.TB, db *DB, id uuid.UUID) {
	t.Helper()
	must(t)(db.InsertOrganization(t.Context(), tasktwin.InsertOrganizationParams{ID: id}))
	must(t)(db.InsertUser(t.Context(), tasktwin.InsertUserParams{ID: id}))
	must(t)(db.InsertTemplate(t.Context(), tasktwin.InsertTemplateParams{ID: id, OrganizationID: id, CreatedBy: id}))
	must(t)(db.InsertWorkspace(t.Context(), tasktwin.InsertWorkspaceParams{
		ID: id, OwnerID: id, OrganizationID: id, TemplateID: id, GroupACL: []byte("{}"), UserACL: []byte("{}"),
	}))
	must(t)(db.InsertWorkspaceAgent(t.Context(), tasktwin.InsertWorkspaceAgentParams{
		ID: id, LifecycleState: tasktwin.WorkspaceAgentLifecycleStateReady,
	}))
	must(t)(db.InsertWorkspaceApp(t.Context(), tasktwin.InsertWorkspaceAppParams{
		ID: id, AgentID: id, Health: tasktwin.WorkspaceAppHealthHealthy,
	}))
}

// insertBoundTask inserts a task that is bound to an app, all rows that it refers to and a
// first build. All except the build have the same id.
func insertBoundTask(t testing.TB, db *DB, id uuid.UUID) {
	t.Helper()
	insertApp(t, db, id)
	must(t)(db.InsertTemplateVersion(t.Context(), tasktwin.InsertTemplateVersionParams{
		ID: id, OrganizationID: id, CreatedBy: id, TemplateID: nullUUID(id),
	}))
	must(t)(db.InsertTask(t.Context(), taskParams(id, id, "task")))
	must(t)(db.UpsertTaskWorkspaceApp(t.Context(), bindingParams(id, id, 1)))
	must(t)(insertBuild(t, db, id, 1))
}

// taskParams returns the parameters of a task that refers to rows of insertBoundTask.
func taskParams(task, id uuid.UUID, name string) tasktwin.InsertTaskParams {
	return tasktwin.InsertTaskParams{
		ID: task, OrganizationID: id, OwnerID: id, Name: name, WorkspaceID: nullUUID(id), TemplateVersionID: id, TemplateParameters: []byte("{}"),
	}
}

func bindingParams(task, id uuid.UUID, number int32) tasktwin.UpsertTaskWorkspaceAppParams {
	return tasktwin.UpsertTaskWorkspaceAppParams{
		TaskID: task, WorkspaceBuildNumber: number, WorkspaceAgentID: nullUUID(id), WorkspaceAppID: nullUUID(id),
	}
}

func insertBuild(t testing.TB, db *DB, id uuid.UUID, number int32) (tasktwin.WorkspaceBuild, error) {
	t.Helper()
	return insertBuildAt(t, db, id, number, time.Unix(0, 0))
}

func insertBuildAt(t testing.TB, db *DB, id uuid.UUID, number int32, at time.Time) (tasktwin.WorkspaceBuild, error) {
	t.Helper()
	build := uuid.New()
	must(t)(db.InsertProvisionerJob(t.Context(), tasktwin.InsertProvisionerJobParams{ID: build, OrganizationID: id, InitiatorID: id}))
	return db.InsertWorkspaceBuild(t.Context(), tasktwin.InsertWorkspaceBuildParams{
		ID: build, CreatedAt: at, WorkspaceID: id, TemplateVersionID: id, BuildNumber: number, InitiatorID: id, JobID: build,
		Transition: tasktwin.WorkspaceTransitionStart, Reason: tasktwin.BuildReasonInitiator,
	})
}
