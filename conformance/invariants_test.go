package conformance

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/tasktwin/tasktwin"
	"github.com/tasktwin/tasktwin/conformance/internal/workload"
	"github.com/tasktwin/tasktwin/conformance/parity"
	"github.com/tasktwin/tasktwin/memdb"
)

// Concurrent readers always see a state between transactions: a task comes and
// goes with its owner, its binding and its snapshot, and all lists agree.
func TestReadersSeeWholeTransactions(t *testing.T) {
	t.Parallel()
	rounds := uint64(3000)
	if testing.Short() {
		rounds = 300
	}
	db := memdb.New(memdb.Options{})
	// The rows of the matrix except the task, and an agent.
	rows := workload.MatrixRows()
	rows = append(rows[:len(rows)-1], parity.Op{Name: "InsertWorkspaceAgent", Arg: tasktwin.InsertWorkspaceAgentParams{
		ID: parentAgent, LifecycleState: tasktwin.WorkspaceAgentLifecycleStateReady,
	}})
	require.NoError(t, parity.Apply(t.Context(), db, rows, nil))

	var done atomic.Bool
	var readers, writers sync.WaitGroup
	for range 2 {
		readers.Go(func() {
			for !done.Load() {
				err := db.InTx(t.Context(), func(s tasktwin.Store) error {
					return checkInvariants(t.Context(), s)
				}, &tasktwin.TxOptions{Isolation: tasktwin.RepeatableRead, ReadOnly: true})
				if err != nil {
					t.Error(err)
					return
				}
			}
		})
	}
	for w := range uint64(2) {
		writers.Go(func() {
			for n := range rounds {
				if err := insertAndDelete(t.Context(), db, 1_000_000*(w+1)+n*2); err != nil {
					t.Error(err)
					return
				}
			}
		})
	}
	writers.Wait()
	done.Store(true)
	readers.Wait()
	require.NoError(t, checkInvariants(t.Context(), db))
}

// The parents of the rows that are inserted and deleted: rows of the matrix, and
// an agent.
var parentOrg, parentVersion, parentAgent = id(1), id(4), id(7)

// insertAndDelete inserts a user with a task in one transaction. Then it deletes
// every other task, and the user, in one statement each.
func insertAndDelete(ctx context.Context, db *memdb.DB, serial uint64) error {
	user, task := id(serial), id(serial+1)
	err := db.InTx(ctx, func(s tasktwin.Store) error {
		_, err1 := s.InsertUser(ctx, tasktwin.InsertUserParams{ID: user, Username: user.String()})
		_, err2 := s.InsertTask(ctx, tasktwin.InsertTaskParams{
			ID: task, OwnerID: user, OrganizationID: parentOrg, TemplateVersionID: parentVersion, Name: "a",
			TemplateParameters: json.RawMessage(`{}`), CreatedAt: at(float64(serial % 100)),
		})
		_, err3 := s.UpsertTaskWorkspaceApp(ctx, tasktwin.UpsertTaskWorkspaceAppParams{
			TaskID: task, WorkspaceBuildNumber: 1, WorkspaceAgentID: nullUUID(parentAgent),
		})
		err4 := s.UpsertTaskSnapshot(ctx, tasktwin.UpsertTaskSnapshotParams{TaskID: task, LogSnapshot: json.RawMessage(`1`)})
		return errors.Join(err1, err2, err3, err4)
	}, nil)
	if err != nil {
		return err
	}
	if serial%4 == 0 {
		if _, err := db.DeleteTask(ctx, tasktwin.DeleteTaskParams{ID: task, DeletedAt: at(1)}); err != nil {
			return err
		}
	}
	_, err = db.DeleteUserByID(ctx, user)
	return err
}

// checkInvariants returns an error if a store does not look like the state between
// two transactions.
func checkInvariants(ctx context.Context, s tasktwin.Store) error {
	dumper, ok := s.(tasktwin.Dumper)
	if !ok {
		return fmt.Errorf("%T is not a Dumper", s)
	}
	d, err := dumper.Dump(ctx)
	if err != nil {
		return err
	}
	live := 0
	for _, t := range d.Tasks {
		if !t.DeletedAt.Valid {
			live++
		}
	}
	if len(d.Tasks) != len(d.Users)-1 || len(d.Tasks) != len(d.TaskWorkspaceApps) || live != len(d.TaskSnapshots) {
		return fmt.Errorf("%d users, %d tasks, %d of them live, %d bindings, %d snapshots",
			len(d.Users)-1, len(d.Tasks), live, len(d.TaskWorkspaceApps), len(d.TaskSnapshots))
	}
	all, err := s.ListTasks(ctx, tasktwin.ListTasksParams{})
	if err != nil {
		return err
	}
	ofOrganization, err := s.ListTasks(ctx, tasktwin.ListTasksParams{OrganizationID: parentOrg})
	if err != nil {
		return err
	}
	byStatus := 0
	for _, status := range tasktwin.AllTaskStatusValues() {
		tasks, err := s.ListTasks(ctx, tasktwin.ListTasksParams{Status: status})
		if err != nil {
			return err
		}
		byStatus += len(tasks)
	}
	if len(all) != live || byStatus != live || parity.Compare(all, ofOrganization) != "" {
		return fmt.Errorf("%d live tasks, %d listed, %d of the organization, %d by status", live, len(all), len(ofOrganization), byStatus)
	}
	return nil
}
