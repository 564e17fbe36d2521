package memdb

import (
	"testing"

	"github.com/google/uuid"

	"github.com/tasktwin/tasktwin"
)

// An upsert that stores the same binding again leaves the sums of the task's timeline as they are.
// One that changes the agent or the app drops them.
func TestSameBindingKeepsTheSums(t *testing.T) {
	t.Parallel()
	db, ctx, id := New(Options{}), t.Context(), uuid.New()
	insertBoundTask(t, db, id)
	other := uuid.New()
	must(t)(db.InsertWorkspaceAgent(ctx, tasktwin.InsertWorkspaceAgentParams{
		ID: other, LifecycleState: tasktwin.WorkspaceAgentLifecycleStateReady,
	}))
	same, otherAgent, noApp := bindingParams(id, id, 1), bindingParams(id, id, 1), bindingParams(id, id, 1)
	otherAgent.WorkspaceAgentID = nullUUID(other)
	noApp.WorkspaceAppID = uuid.NullUUID{}
	for _, step := range []struct {
		name     string
		binding  tasktwin.UpsertTaskWorkspaceAppParams
		computed bool
	}{
		{"the same", same, true},
		{"another agent", otherAgent, false},
		{"that agent again", otherAgent, true},
		{"no app", noApp, false},
		{"no app again", noApp, true},
	} {
		must(t)(db.GetTelemetryTaskEvents(ctx, tasktwin.GetTelemetryTaskEventsParams{}))
		must(t)(db.UpsertTaskWorkspaceApp(ctx, step.binding))
		if got := db.store.Peek().Tables.telemetry.Get(0).phase.Load() == computed; got != step.computed {
			t.Errorf("%s: the sums are kept: %t", step.name, got)
		}
	}
}
