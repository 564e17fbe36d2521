package memdb_test

import (
	"context"
	"fmt"
	"runtime"

	"github.com/google/uuid"

	"github.com/tasktwin/tasktwin"
	"github.com/tasktwin/tasktwin/memdb"
)

// A test of concurrent code asks who waits, and needs no sleeps. Handler B waits for handler
// A, which has locked the agent.
func ExampleDB_Waits() {
	ctx := context.Background()
	db := memdb.New(memdb.Options{})
	agent := tasktwin.InsertWorkspaceAgentParams{ID: uuid.UUID{15: 1}, LifecycleState: tasktwin.WorkspaceAgentLifecycleStateCreated}
	if _, err := db.InsertWorkspaceAgent(ctx, agent); err != nil {
		panic(err)
	}
	handler := func(ctx context.Context, s tasktwin.Store, state tasktwin.WorkspaceAgentLifecycleState) error {
		_, err := s.UpdateWorkspaceAgentLifecycleStateByID(ctx, tasktwin.UpdateWorkspaceAgentLifecycleStateByIDParams{
			ID: agent.ID, LifecycleState: state,
		})
		return err
	}
	ended := make(chan error)
	err := db.InTx(tasktwin.WithSession(ctx, "A"), func(tx tasktwin.Store) error {
		if err := handler(ctx, tx, tasktwin.WorkspaceAgentLifecycleStateStarting); err != nil {
			return err
		}
		go func() {
			ended <- handler(tasktwin.WithSession(ctx, "B"), db, tasktwin.WorkspaceAgentLifecycleStateReady)
		}()
		for len(db.Waits()) == 0 {
			runtime.Gosched()
		}
		for _, w := range db.Waits() {
			fmt.Printf("%s waits for %v, table %s, row %s\n", w.Session, w.For, w.Table, w.Key)
		}
		return nil
	}, nil)
	fmt.Println("A:", err)
	fmt.Println("B:", <-ended)
	row, _ := db.GetWorkspaceAgentByID(ctx, agent.ID)
	fmt.Println(row.LifecycleState)
	// Output:
	// B waits for [A], table workspace_agents, row (id)=(00000000-0000-0000-0000-000000000001)
	// A: <nil>
	// B: <nil>
	// ready
}
