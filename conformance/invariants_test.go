package conformance

import (
	"encoding/json"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/tasktwin/tasktwin"
	"github.com/tasktwin/tasktwin/memdb"
)

// Readers find what holds between transactions, whatever writers are at: a task
// comes and goes with its owner, its binding and its snapshot, and all lists of
// one moment agree.
func TestReadersSeeWholeTransactions(t *testing.T) {
	t.Parallel()
	rounds := uint64(3000)
	if testing.Short() {
		rounds = 300
	}
	db := memdb.New(memdb.Options{})
	f := newFixture(t, db)
	f.base()
	agent := f.agent(tasktwin.WorkspaceAgentLifecycleStateReady)

	var done atomic.Bool
	var readers, writers sync.WaitGroup
	for range 2 {
		readers.Go(func() {
			for !done.Load() {
				err := db.InTx(t.Context(), func(s tasktwin.Store) error { return checkWhole(f.on(s)) }, &tasktwin.TxOptions{Isolation: tasktwin.RepeatableRead, ReadOnly: true})
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
				if err := comeAndGo(f, db, 1_000_000*(w+1)+n*2, agent); err != nil {
					t.Error(err)
					return
				}
			}
		})
	}
	writers.Wait()
	done.Store(true)
	readers.Wait()
	require.NoError(t, checkWhole(f))
}

// comeAndGo makes a user with a task in one transaction, deletes the task in one
// statement every other time, and the user in another.
func comeAndGo(f *fixture, db *memdb.DB, serial uint64, agent tasktwin.WorkspaceAgent) error {
	user, task := id(serial), id(serial+1)
	err := db.InTx(f.ctx, func(s tasktwin.Store) error {
		_, err1 := s.InsertUser(f.ctx, tasktwin.InsertUserParams{ID: user, Username: user.String()})
		_, err2 := s.InsertTask(f.ctx, tasktwin.InsertTaskParams{
			ID: task, OwnerID: user, OrganizationID: f.org.ID, TemplateVersionID: f.version.ID, Name: "a",
			TemplateParameters: json.RawMessage(`{}`), CreatedAt: at(float64(serial % 100)),
		})
		_, err3 := s.UpsertTaskWorkspaceApp(f.ctx, tasktwin.UpsertTaskWorkspaceAppParams{TaskID: task, WorkspaceBuildNumber: 1, WorkspaceAgentID: null(agent.ID)})
		err4 := s.UpsertTaskSnapshot(f.ctx, tasktwin.UpsertTaskSnapshotParams{TaskID: task, LogSnapshot: json.RawMessage(`1`)})
		return errors.Join(err1, err2, err3, err4)
	}, nil)
	if err != nil {
		return err
	}
	if serial%4 == 0 {
		if _, err := db.DeleteTask(f.ctx, tasktwin.DeleteTaskParams{ID: task, DeletedAt: at(1)}); err != nil {
			return err
		}
	}
	_, err = db.DeleteUserByID(f.ctx, user)
	return err
}

// checkWhole returns an error if a store is not as each transaction leaves it.
func checkWhole(f *fixture) error {
	dumper, ok := f.Store.(tasktwin.Dumper)
	if !ok {
		return fmt.Errorf("%T is not a Dumper", f.Store)
	}
	d, err := dumper.Dump(f.ctx)
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
	all, err := f.ListTasks(f.ctx, tasktwin.ListTasksParams{})
	if err != nil {
		return err
	}
	ofOrganization, err := f.ListTasks(f.ctx, tasktwin.ListTasksParams{OrganizationID: f.org.ID})
	if err != nil {
		return err
	}
	byStatus := 0
	for _, status := range tasktwin.AllTaskStatusValues() {
		tasks, err := f.ListTasks(f.ctx, tasktwin.ListTasksParams{Status: status})
		if err != nil {
			return err
		}
		byStatus += len(tasks)
	}
	if len(all) != live || byStatus != live || Compare(all, ofOrganization) != "" {
		return fmt.Errorf("%d live tasks, %d listed, %d of the organization, %d by status", live, len(all), len(ofOrganization), byStatus)
	}
	return nil
}
