package memdb

import (
	"testing"

	"github.com/google/uuid"

	"github.com/tasktwin/tasktwin"
)

// A snapshot may have a binding that others have deleted, and whose task the transaction has
// deleted. A status of its app changes no task.
func TestStatusOfADeletedTasksBinding(t *testing.T) {
	t.Parallel()
	db, ctx := New(Options{}), t.Context()
	one, two := uuid.New(), uuid.New()
	insertBoundTask(t, db, one)
	must(t)(db.InsertWorkspaceAgent(ctx, tasktwin.InsertWorkspaceAgentParams{
		ID: two, LifecycleState: tasktwin.WorkspaceAgentLifecycleStateReady,
	}))
	binding := bindingParams(one, one, 1)
	binding.WorkspaceAgentID = nullUUID(two)
	must(t)(db.UpsertTaskWorkspaceApp(ctx, binding))
	must(t)(db.InsertWorkspace(ctx, tasktwin.InsertWorkspaceParams{
		ID: two, OwnerID: one, OrganizationID: one, TemplateID: one, Name: "two", GroupACL: []byte("{}"), UserACL: []byte("{}"),
	}))
	err := db.InTx(ctx, func(tx tasktwin.Store) error {
		must(t)(tx.GetTaskByID(ctx, one))
		must(t)(db.DeleteWorkspaceAgentByID(ctx, two)) // and the binding
		must(t)(tx.DeleteWorkspaceByID(ctx, one))      // and the task
		must(t)(tx.InsertWorkspaceAppStatus(ctx, tasktwin.InsertWorkspaceAppStatusParams{
			ID: one, AgentID: one, AppID: one, WorkspaceID: two, State: tasktwin.WorkspaceAppStatusStateIdle,
		}))
		events, err := tx.GetTelemetryTaskEvents(ctx, tasktwin.GetTelemetryTaskEventsParams{})
		if err == nil && len(events) != 0 {
			t.Errorf("events of no task: %v", events)
		}
		return err
	}, &tasktwin.TxOptions{Isolation: tasktwin.RepeatableRead})
	must(t)(nil, err)
}
