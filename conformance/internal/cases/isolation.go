package cases

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"maps"
	"slices"
	"time"

	"github.com/google/uuid"

	"github.com/tasktwin/tasktwin"
	"github.com/tasktwin/tasktwin/conformance/internal/workload"
)

var isolationCases = []Case{
	{
		Name:    "snapshot/what is never sent fixes none",
		Methods: "ListTasks UpsertTaskSnapshot InsertTask",
		Run:     SnapshotWhatIsNeverSentFixesNone,
	},
	{Name: "snapshot/a row that another has changed", Methods: "UpdateTaskPrompt", Run: SnapshotARowThatAnotherHasChanged},
	{
		Name:    "snapshot/a transaction that changes nothing is no conflict",
		Methods: "DeleteUserByID InsertTask",
		Run:     SnapshotATransactionThatChangesNothingIsNoConflict,
	},
	{Name: "transaction/its store is of no use after any end", Run: TransactionItsStoreIsOfNoUseAfterAnyEnd},
	{Name: "cancellation/of a statement that waits", Methods: "InsertTask ListTasks", Alone: true, Run: CancellationOfAStatementThatWaits},
	{
		Name:    "values/beside NULL",
		Methods: "InsertProvisionerJob InsertWorkspaceAppStatus InsertTask InsertTemplateVersion UpsertTaskWorkspaceApp",
		Run:     ValuesBesideNULL,
	},
	{
		Name:    "values/answers are the caller's",
		Methods: "GetTaskByID GetWorkspaceByID GetTaskSnapshot ListTasks UpdateTaskPrompt",
		Run:     ValuesAnswersAreTheCallers,
	},
}

func init() { register(isolationCases) }

func SnapshotWhatIsNeverSentFixesNone(t TB, f *Fixture) {
	f.base()
	for _, c := range []struct {
		name  string
		first func(s tasktwin.Store) error
		sees  int // number of tasks seen that others insert meanwhile
	}{
		{"a wrong enum", func(s tasktwin.Store) error {
			_, err := s.ListTasks(f.ctx, tasktwin.ListTasksParams{Status: "bogus"})
			return err
		}, 1},
		{"wrong JSON", func(s tasktwin.Store) error {
			return s.UpsertTaskSnapshot(f.ctx, tasktwin.UpsertTaskSnapshotParams{TaskID: absent, LogSnapshot: json.RawMessage(`{`)})
		}, 0},
	} {
		before := len(f.names())
		err := f.tx(&tasktwin.TxOptions{Isolation: tasktwin.RepeatableRead}, func(tx *Fixture) error {
			err := failsInSavepoint(f.ctx, tx.Store, c.first)
			f.task(uuid.NullUUID{})
			equal(t, c.name, len(tx.names()), before+c.sees)
			return err
		})
		succeeds(t, c.name, err)
	}
}

func SnapshotARowThatAnotherHasChanged(t TB, f *Fixture) {
	f.base()
	task := f.task(uuid.NullUUID{})
	update := func(s tasktwin.Store, prompt string) error {
		_, err := s.UpdateTaskPrompt(f.ctx, tasktwin.UpdateTaskPromptParams{ID: task.ID, Prompt: prompt})
		return err
	}
	for _, isolation := range []tasktwin.IsolationLevel{tasktwin.RepeatableRead, tasktwin.Serializable} {
		err := f.tx(&tasktwin.TxOptions{Isolation: isolation}, func(tx *Fixture) error {
			_ = tx.names()
			succeeds(t, "the other's", update(f.Store, "other "+string(isolation)))
			err := update(tx.Store, "mine")
			fails(t, "mine", err, sqlState(tasktwin.SerializationFailure))
			fails(t, "aborted", tx.insertsTask("never"), aborted)
			return err
		})
		fails(t, "returned", err, sqlState(tasktwin.SerializationFailure))
	}
}

func SnapshotATransactionThatChangesNothingIsNoConflict(t TB, f *Fixture) {
	f.base()
	err := f.tx(&tasktwin.TxOptions{Isolation: tasktwin.RepeatableRead}, func(tx *Fixture) error {
		_ = tx.names()
		other := f.tx(nil, func(other *Fixture) error {
			_, err := other.DeleteUserByID(f.ctx, absent)
			noRows(t, "an absent user", err)
			return nil
		})
		succeeds(t, "the other's", other)
		return tx.insertsTask("mine")
	})
	succeeds(t, "mine", err)
}

func TransactionItsStoreIsOfNoUseAfterAnyEnd(t TB, f *Fixture) {
	f.base()
	var kept *Fixture
	isDone := func(what string) {
		t.Helper()
		for name, err := range map[string]error{"write": kept.insertsTask(what), "ping": kept.Ping(f.ctx)} {
			if !errors.Is(err, tasktwin.ErrTxDone) {
				t.Errorf("%s, %s: got %v, want ErrTxDone", what, name, err)
			}
		}
	}
	ends := map[string]func() error{
		"return":   func() error { return nil },
		"error":    func() error { return errOwn },
		"panic":    func() error { panic("boom") },
		"swallows": func() error { _ = kept.violates(); return nil },
	}
	for _, name := range slices.Sorted(maps.Keys(ends)) {
		ending := func(tx *Fixture) error {
			kept = tx
			return ends[name]()
		}
		func() {
			defer func() { _ = recover() }()
			_ = f.tx(nil, ending)
		}()
		isDone("a transaction's " + name)
		err := f.tx(nil, func(tx *Fixture) error {
			func() {
				defer func() { _ = recover() }()
				_ = tx.tx(nil, ending)
			}()
			isDone("a savepoint's " + name)
			return tx.insertsTask("after " + name)
		})
		succeeds(t, "the transaction around the savepoint", err)
	}
	equal(t, "tasks", f.names(), []string{"after error", "after panic", "after return", "after swallows"})
}

func CancellationOfAStatementThatWaits(t TB, f *Fixture) {
	f.base()
	arg := f.newTask("contended", uuid.NullUUID{})
	err := f.tx(nil, func(holder *Fixture) error {
		if _, err := holder.InsertTask(f.ctx, arg); err != nil {
			return err
		}
		ended := make(chan error)
		go func() { // in another goroutine: a transaction does not wait for itself
			ended <- f.tx(nil, func(tx *Fixture) error {
				waiting, cancel := context.WithTimeout(f.ctx, 500*time.Millisecond)
				defer cancel()
				_, err := tx.InsertTask(waiting, arg)
				if !errors.Is(err, context.DeadlineExceeded) {
					t.Errorf("the statement that waited: %v", err)
				}
				_, err = tx.ListTasks(f.ctx, tasktwin.ListTasksParams{})
				fails(t, "the next statement", err, aborted)
				return nil
			})
		}()
		if err := <-ended; !errors.Is(err, tasktwin.ErrCommitAborted) {
			t.Errorf("the transaction: %v", err)
		}
		return nil
	})
	succeeds(t, "the holder", err)
}

func ValuesBesideNULL(t TB, f *Fixture) {
	f.base()
	arg := f.newJob()
	arg.StartedAt, arg.CompletedAt = sql.NullTime{Time: at(3)}, sql.NullTime{Time: at(4)}
	arg.CanceledAt = sql.NullTime{Time: workload.Extremes[5]}
	arg.Error = sql.NullString{String: "\xff"}
	job := must[tasktwin.ProvisionerJob](t)(f.InsertProvisionerJob(f.ctx, arg))
	equal(t, "job", []any{job.StartedAt, job.CanceledAt, job.CompletedAt, job.Error},
		[]any{sql.NullTime{}, sql.NullTime{}, sql.NullTime{}, sql.NullString{}})
	equal(t, "job, read", must[tasktwin.ProvisionerJob](t)(f.GetProvisionerJobByID(f.ctx, job.ID)), job)

	ws, agent := f.workspace(), f.agent(tasktwin.WorkspaceAgentLifecycleStateReady)
	app := f.app(agent.ID, tasktwin.WorkspaceAppHealthHealthy)
	status := f.newStatus(app, ws.ID, tasktwin.WorkspaceAppStatusStateIdle, 1)
	status.URI = sql.NullString{String: "x"}
	equal(t, "status", must[tasktwin.WorkspaceAppStatus](t)(f.InsertWorkspaceAppStatus(f.ctx, status)).URI, sql.NullString{})

	task := must[tasktwin.Task](t)(f.InsertTask(f.ctx, f.newTask("a", uuid.NullUUID{UUID: absent})))
	equal(t, "task", task.WorkspaceID, uuid.NullUUID{})
	version := f.newVersion("v2")
	version.TemplateID.Valid = false
	equal(t, "version", must[tasktwin.TemplateVersion](t)(f.InsertTemplateVersion(f.ctx, version)).TemplateID, uuid.NullUUID{})
	f.bind(task.ID, 1, uuid.NullUUID{UUID: absent}, uuid.NullUUID{UUID: absent})
	equal(t, "binding", f.bindings(task.ID), []tasktwin.TaskWorkspaceApp{{TaskID: task.ID, WorkspaceBuildNumber: 1}})
}

func ValuesAnswersAreTheCallers(t TB, f *Fixture) {
	f.base()
	ws := f.workspace()
	task := f.task(nullUUID(ws.ID))
	text := json.RawMessage(`{}`)
	succeeds(t, "upsert", f.UpsertTaskSnapshot(f.ctx, tasktwin.UpsertTaskSnapshotParams{TaskID: task.ID, LogSnapshot: text}))
	scribble := func(all ...json.RawMessage) {
		for _, m := range all {
			if string(m) != "{}" {
				t.Errorf("it is %q", m)
			}
			copy(m, bytes.Repeat([]byte("!"), len(m)))
		}
	}
	scribble(text, ws.GroupACL, ws.UserACL, task.TemplateParameters)
	for range 2 {
		w := must[tasktwin.Workspace](t)(f.GetWorkspaceByID(f.ctx, ws.ID))
		scribble(w.GroupACL, w.UserACL)
		row := must[tasktwin.TaskWithStatus](t)(f.GetTaskByID(f.ctx, task.ID))
		scribble(row.TemplateParameters, row.WorkspaceGroupACL, row.WorkspaceUserACL)
		listed := must[[]tasktwin.TaskWithStatus](t)(f.ListTasks(f.ctx, tasktwin.ListTasksParams{}))
		scribble(listed[0].TemplateParameters, listed[0].WorkspaceGroupACL, listed[0].WorkspaceUserACL)
		snapshot := must[tasktwin.TaskSnapshot](t)(f.GetTaskSnapshot(f.ctx, task.ID))
		scribble(snapshot.LogSnapshot)
		updated := must[tasktwin.Task](t)(f.UpdateTaskPrompt(f.ctx, tasktwin.UpdateTaskPromptParams{ID: task.ID, Prompt: "x"}))
		scribble(updated.TemplateParameters)
	}
}
