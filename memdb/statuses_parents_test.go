package memdb

import (
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/tasktwin/tasktwin"
)

// A status may have another agent and another workspace than the one before it of the same app,
// and a missing one is an error.
func TestParentsOfStatuses(t *testing.T) {
	t.Parallel()
	db, ctx, one, two := New(Options{}), t.Context(), uuid.New(), uuid.New()
	insertApp(t, db, one)
	must(t)(db.InsertWorkspace(ctx, tasktwin.InsertWorkspaceParams{
		ID: two, OwnerID: one, OrganizationID: one, TemplateID: one, Name: "two", GroupACL: []byte("{}"), UserACL: []byte("{}"),
	}))
	must(t)(db.InsertWorkspaceAgent(ctx, tasktwin.InsertWorkspaceAgentParams{
		ID: two, LifecycleState: tasktwin.WorkspaceAgentLifecycleStateReady,
	}))
	parents := [][2]uuid.UUID{{one, one}, {two, one}, {two, two}, {one, two}, {one, two}, {two, one}}
	for n, p := range parents {
		must(t)(db.InsertWorkspaceAppStatus(ctx, tasktwin.InsertWorkspaceAppStatusParams{
			ID: uuid.New(), CreatedAt: time.Unix(int64(n), 0), AppID: one, AgentID: p[0], WorkspaceID: p[1],
			State: tasktwin.WorkspaceAppStatusStateIdle,
		}))
	}
	for missing, arg := range map[tasktwin.ForeignKeyConstraint]tasktwin.InsertWorkspaceAppStatusParams{
		tasktwin.FKWorkspaceAppStatusesAgentIDFKey:     {AgentID: uuid.New(), AppID: one, WorkspaceID: one},
		tasktwin.FKWorkspaceAppStatusesAppIDFKey:       {AgentID: one, AppID: uuid.New(), WorkspaceID: one},
		tasktwin.FKWorkspaceAppStatusesWorkspaceIDFKey: {AgentID: one, AppID: one, WorkspaceID: uuid.New()},
	} {
		arg.ID, arg.State = uuid.New(), tasktwin.WorkspaceAppStatusStateIdle
		if _, err := db.InsertWorkspaceAppStatus(ctx, arg); !tasktwin.IsForeignKeyViolation(err, missing) {
			t.Errorf("%s: %v", missing, err)
		}
	}
	rows, err := db.ListWorkspaceAppStatusesByAppID(ctx, one)
	must(t)(nil, err)
	for n, row := range rows {
		if got := [2]uuid.UUID{row.AgentID, row.WorkspaceID}; got != parents[n] {
			t.Errorf("status %d has the agent and the workspace %s, want %s", n, got, parents[n])
		}
	}
	if len(rows) != len(parents) {
		t.Errorf("%d statuses, want %d", len(rows), len(parents))
	}
}
