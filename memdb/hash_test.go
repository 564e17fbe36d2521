package memdb

import (
	"encoding/json"
	"strconv"
	"testing"

	"github.com/google/uuid"

	"github.com/tasktwin/tasktwin"
)

// sameTag returns two values with the same tag in an index. Among half a million values
// there are a few such pairs.
func sameTag[T any](t *testing.T, value func(n int) T, tag func(T) uint32) (a, b T) {
	t.Helper()
	seen := map[uint32]T{}
	for n := range 500_000 {
		b = value(n)
		a, ok := seen[tag(b)]
		if ok {
			return a, b
		}
		seen[tag(b)] = b
	}
	t.Fatal("no two values have one tag")
	return a, b
}

func must(t testing.TB) func(_ any, err error) {
	return func(_ any, err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
}

// Rows whose ids or names have the same tag are distinguished.
func TestRowsOfOneTag(t *testing.T) {
	t.Parallel()
	db, ctx := New(Options{}), t.Context()
	a, b := sameTag(t, func(int) uuid.UUID { return uuid.New() }, hashID)
	name1, name2 := sameTag(t, strconv.Itoa, func(name string) uint32 { return hashName(a, name) })
	for _, id := range []uuid.UUID{a, b} {
		name := id.String()
		must(t)(db.InsertOrganization(ctx, tasktwin.InsertOrganizationParams{ID: id, Name: name}))
		must(t)(db.InsertUser(ctx, tasktwin.InsertUserParams{ID: id, Username: name}))
		must(t)(db.InsertTemplate(ctx, tasktwin.InsertTemplateParams{ID: id, Name: name, OrganizationID: id, CreatedBy: id}))
		must(t)(db.InsertTemplateVersion(ctx, tasktwin.InsertTemplateVersionParams{ID: id, Name: name, OrganizationID: id, CreatedBy: id}))
		must(t)(db.InsertWorkspace(ctx, tasktwin.InsertWorkspaceParams{
			ID: id, Name: name, OwnerID: id, OrganizationID: id, TemplateID: id, GroupACL: []byte("{}"), UserACL: []byte("{}"),
		}))
		must(t)(db.InsertProvisionerJob(ctx, tasktwin.InsertProvisionerJobParams{ID: id, OrganizationID: id}))
		must(t)(db.InsertWorkspaceBuild(ctx, tasktwin.InsertWorkspaceBuildParams{
			ID: id, WorkspaceID: id, TemplateVersionID: id, JobID: id, BuildNumber: 1,
			Transition: tasktwin.WorkspaceTransitionStart, Reason: tasktwin.BuildReasonCLI,
		}))
		must(t)(db.InsertWorkspaceAgent(ctx, tasktwin.InsertWorkspaceAgentParams{
			ID: id, LifecycleState: tasktwin.WorkspaceAgentLifecycleStateReady,
		}))
		must(t)(db.InsertWorkspaceApp(ctx, tasktwin.InsertWorkspaceAppParams{ID: id, AgentID: id, Health: tasktwin.WorkspaceAppHealthHealthy}))
		must(t)(db.InsertWorkspaceAppStatus(ctx, tasktwin.InsertWorkspaceAppStatusParams{
			ID: id, AgentID: id, AppID: id, WorkspaceID: id, State: tasktwin.WorkspaceAppStatusStateIdle,
		}))
		must(t)(nil, db.UpsertTaskSnapshot(ctx, tasktwin.UpsertTaskSnapshotParams{
			TaskID: insertTask(t, db, id, id, name), LogSnapshot: []byte("1"),
		}))
	}
	for _, name := range []string{name1, name2} {
		id := insertTask(t, db, uuid.New(), a, name)
		got, err := db.GetTaskByOwnerIDAndName(ctx, tasktwin.GetTaskByOwnerIDAndNameParams{OwnerID: a, Name: name})
		if err != nil || got.ID != id {
			t.Errorf("the task %s is %s, %v", name, got.ID, err)
		}
	}
	same := map[uuid.UUID]uuid.UUID{a: insertTask(t, db, uuid.New(), a, "same"), b: insertTask(t, db, uuid.New(), b, "same")}
	for owner, id := range same {
		got, err := db.GetTaskByOwnerIDAndName(ctx, tasktwin.GetTaskByOwnerIDAndNameParams{OwnerID: owner, Name: "same"})
		if err != nil || got.ID != id {
			t.Errorf("the task of %s is %s, %v", owner, got.ID, err)
		}
	}
	for _, id := range []uuid.UUID{b, a} {
		task, err := db.GetTaskByID(ctx, id)
		if err != nil || task.ID != id || task.OwnerID != id {
			t.Errorf("task %s is %s, %v", id, task.ID, err)
		}
		must(t)(db.DeleteProvisionerJobByID(ctx, id))
		builds, err := db.ListWorkspaceBuildsByWorkspaceID(ctx, id)
		if err != nil || len(builds) != 0 {
			t.Errorf("builds of %s are left after their job: %v, %v", id, builds, err)
		}
	}
}

func insertTask(t *testing.T, db *DB, id, owner uuid.UUID, name string) uuid.UUID {
	t.Helper()
	must(t)(db.InsertTask(t.Context(), tasktwin.InsertTaskParams{
		ID: id, Name: name, OwnerID: owner, OrganizationID: owner, TemplateVersionID: owner, TemplateParameters: json.RawMessage("{}"),
	}))
	return id
}
