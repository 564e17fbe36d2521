package bench

import (
	"database/sql"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/tasktwin/tasktwin"
	"github.com/tasktwin/tasktwin/memdb"
)

// unevenWorld returns a data set with different kinds of tasks: without bindings,
// without a workspace, deleted, stopped, and in each state.
func unevenWorld() *tasktwin.Dump {
	d := World(Size{Tasks: 40, Builds: 6, Statuses: 31, RecentEvery: 3})
	states := []tasktwin.WorkspaceAppStatusState{
		tasktwin.WorkspaceAppStatusStateWorking, tasktwin.WorkspaceAppStatusStateIdle, tasktwin.WorkspaceAppStatusStateComplete,
	}
	for i := range d.WorkspaceAppStatuses {
		s := &d.WorkspaceAppStatuses[i]
		s.State = states[i%len(states)]
		// Multiples of half an hour make ties; the others test rounding.
		if i%2 == 0 {
			s.CreatedAt = s.CreatedAt.Truncate(30 * time.Minute)
		} else {
			s.CreatedAt = s.CreatedAt.Add(time.Duration(i) * 700 * time.Microsecond)
		}
	}
	for i := range d.WorkspaceBuilds {
		b := &d.WorkspaceBuilds[i]
		if i%7 == 0 {
			b.Transition = tasktwin.WorkspaceTransitionDelete
		}
		if i%11 == 0 {
			b.CreatedAt = b.CreatedAt.Add(-90 * time.Minute)
		}
	}
	for i := range d.ProvisionerJobs {
		switch j := &d.ProvisionerJobs[i]; i % 13 {
		case 0:
			j.CompletedAt = sql.NullTime{}
		case 1:
			j.CompletedAt, j.StartedAt = sql.NullTime{}, sql.NullTime{}
		case 2:
			j.CanceledAt = j.StartedAt
		case 3:
			j.CompletedAt, j.CanceledAt = sql.NullTime{}, j.StartedAt
		}
	}
	lifecycles := tasktwin.AllWorkspaceAgentLifecycleStateValues()
	for i := range d.WorkspaceAgents {
		if i%2 == 0 {
			d.WorkspaceAgents[i].LifecycleState = lifecycles[i/2%len(lifecycles)]
		}
	}
	healths := tasktwin.AllWorkspaceAppHealthValues()
	for i := range d.WorkspaceApps {
		d.WorkspaceApps[i].Health = healths[i/3%len(healths)]
	}
	for i := range d.Tasks {
		if i%9 == 4 {
			d.Tasks[i].WorkspaceID = uuid.NullUUID{}
		}
	}
	bindings := d.TaskWorkspaceApps
	d.TaskWorkspaceApps = nil
	for i, b := range bindings {
		switch {
		case i%3 == 2 && i%4 == 0:
			b.WorkspaceAppID = uuid.NullUUID{}
		case i/3%8 == 5:
			continue
		}
		d.TaskWorkspaceApps = append(d.TaskWorkspaceApps, b)
	}
	return d
}

// SQLite returns the same results as the engines, so it does the same work.
func TestSQLiteAnswersAlike(t *testing.T) {
	t.Parallel()
	d := unevenWorld()
	mem := memdb.New(memdb.Options{})
	require.NoError(t, mem.Load(t.Context(), d))
	lite := newSQLite(t)
	require.NoError(t, lite.Load(t.Context(), d))
	require.NoError(t, lite.Analyze(t.Context()))

	for _, after := range []time.Time{{}, Recent, Now} {
		arg := tasktwin.GetTelemetryTaskEventsParams{CreatedAfter: after, Now: Now}
		want, err := mem.GetTelemetryTaskEvents(t.Context(), arg)
		require.NoError(t, err)
		got, err := lite.GetTelemetryTaskEvents(t.Context(), arg)
		require.NoError(t, err)
		require.Equal(t, want, got)
	}
	seen := map[tasktwin.TaskStatus]bool{}
	for _, arg := range []tasktwin.ListTasksParams{
		{},
		{OwnerID: UserID(0)},
		{OwnerID: uuid.New()},
		{OrganizationID: OrganizationID()},
		{Status: tasktwin.TaskStatusError},
		{OwnerID: UserID(0), OrganizationID: OrganizationID(), Status: tasktwin.TaskStatusActive},
	} {
		want, err := mem.ListTasks(t.Context(), arg)
		require.NoError(t, err)
		got, err := lite.ListTasks(t.Context(), arg)
		require.NoError(t, err)
		require.Equal(t, want, got)
		for _, task := range want {
			seen[task.Status] = true
		}
	}
	require.Len(t, seen, len(tasktwin.AllTaskStatusValues()), "%v", seen)
	for n := range d.Tasks {
		want, err := mem.GetTaskByID(t.Context(), TaskID(n))
		require.NoError(t, err)
		got, err := lite.GetTaskByID(t.Context(), TaskID(n))
		require.NoError(t, err)
		require.Equal(t, want, got)
	}
	_, err := lite.GetTaskByID(t.Context(), uuid.New())
	require.ErrorIs(t, err, sql.ErrNoRows)
}

// An inserted row is read back from the peers as from memdb, and a duplicate is
// refused.
func TestPeersInsertAlike(t *testing.T) {
	t.Parallel()
	size := Size{Tasks: 3, Builds: 6, Statuses: 6}
	task, status := newTasks(size, 1)[0], newStatuses(size, 1)[0]
	mem := loadMemdb(t, size)
	wantTask, err := mem.InsertTask(t.Context(), task)
	require.NoError(t, err)
	wantStatus, err := mem.InsertWorkspaceAppStatus(t.Context(), status)
	require.NoError(t, err)

	for name, peer := range map[string]interface {
		taskInserter
		statusInserter
	}{
		"sqlite":   loadSQLite(t, size),
		"go-memdb": loadGoMemdb(t, size),
	} {
		gotTask, err := peer.InsertTask(t.Context(), task)
		require.NoError(t, err, name)
		require.Equal(t, wantTask, gotTask, name)
		gotStatus, err := peer.InsertWorkspaceAppStatus(t.Context(), status)
		require.NoError(t, err, name)
		require.Equal(t, wantStatus, gotStatus, name)

		_, err = peer.InsertWorkspaceAppStatus(t.Context(), status)
		require.Error(t, err, name)
		task := task
		task.ID = uuid.New()
		_, err = peer.InsertTask(t.Context(), task)
		require.Error(t, err, "%s takes a second task of one name", name)
	}
}

func TestGoMemdbReadsRows(t *testing.T) {
	t.Parallel()
	size := Size{Tasks: 3, Builds: 6, Statuses: 6}
	db := loadGoMemdb(t, size)
	fork := db.Fork()
	_, err := fork.InsertTask(t.Context(), newTasks(size, 1)[0])
	require.NoError(t, err)
	for n, want := range World(size).Tasks {
		got, err := db.TaskByID(t.Context(), TaskID(n))
		require.NoError(t, err)
		require.Equal(t, &want, got)
	}
	_, err = fork.TaskByID(t.Context(), TaskID(size.Tasks))
	require.NoError(t, err)
	_, err = db.TaskByID(t.Context(), TaskID(size.Tasks))
	require.ErrorIs(t, err, sql.ErrNoRows)
}
