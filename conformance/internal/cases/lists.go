package cases

import (
	"context"
	"encoding/json"
	"errors"
	"slices"

	"github.com/google/uuid"

	"github.com/tasktwin/tasktwin"
)

var listCases = []Case{
	{Name: "task/of a list of workspaces", Methods: "GetTasksByWorkspaceIDs", Run: TaskOfAListOfWorkspaces},
	{Name: "app status/latest of an app", Methods: "GetLatestWorkspaceAppStatusByAppID", Run: AppStatusLatestOfAnApp},
	{
		Name:    "app status/latest of a list of workspaces",
		Methods: "GetLatestWorkspaceAppStatusesByWorkspaceIDs",
		Run:     AppStatusLatestOfAListOfWorkspaces,
	},
	{Name: "app status/of a list of apps", Methods: "GetWorkspaceAppStatusesByAppIDs", Run: AppStatusOfAListOfApps},
	{
		Name:    "app status/latest after a savepoint is rolled back",
		Methods: "GetLatestWorkspaceAppStatusByAppID GetLatestWorkspaceAppStatusesByWorkspaceIDs",
		Run:     AppStatusLatestAfterASavepointIsRolledBack,
	},
}

func init() { register(listCases) }

// byIDs asserts what a method answers to lists of ids: that of want to list, and
// nothing to those without known ids. It leaves the lists as they are.
func byIDs[T any](
	t TB, f *Fixture, method func(tasktwin.Store, context.Context, []uuid.UUID) ([]T, error), list []uuid.UUID, want ...T,
) {
	t.Helper()
	get := func(ids []uuid.UUID) []T { return must[[]T](t)(method(f.Store, f.ctx, ids)) }
	for what, ids := range map[string][]uuid.UUID{"nil": nil, "empty": {}, "unknown": {absent, absent}} {
		equal(t, what, get(ids), []T{})
	}
	before := slices.Clone(list)
	equal(t, "list", get(list), want)
	equal(t, "the list itself", list, before)
	changed := get(list)
	clear(changed)
	equal(t, "after a change of the answer", get(list), want)
	equal(t, "twice, with unknown ids", get(slices.Concat(list, []uuid.UUID{absent}, list)), want)
	slices.Reverse(before)
	equal(t, "in another order", get(before), want)
}

func TaskOfAListOfWorkspaces(t TB, f *Fixture) {
	f.base()
	several, one, none, gone, unlisted := f.workspace().ID, f.workspace().ID, f.workspace().ID, f.workspace().ID, f.workspace().ID
	old, low, high := f.newTask("old", nullUUID(several)), f.newTask("low", nullUUID(several)), f.newTask("high", nullUUID(one))
	low.CreatedAt, high.CreatedAt = at(1), at(1)
	f.insertTasks(high, old, low, f.newTask("unlisted", nullUUID(unlisted)), f.newTask("loose", uuid.NullUUID{}))
	deleted := f.task(nullUUID(gone))
	must[uuid.UUID](t)(f.DeleteTask(f.ctx, tasktwin.DeleteTaskParams{ID: deleted.ID, DeletedAt: at(2)}))
	var want []tasktwin.TaskWithStatus
	for _, id := range []uuid.UUID{low.ID, high.ID, old.ID} {
		want = append(want, must[tasktwin.TaskWithStatus](t)(f.GetTaskByID(f.ctx, id)))
	}
	byIDs(t, f, tasktwin.Store.GetTasksByWorkspaceIDs, []uuid.UUID{one, gone, several, none}, want...)
	byIDs(t, f, tasktwin.Store.GetTasksByWorkspaceIDs, []uuid.UUID{one}, want[1])
	for _, task := range must[[]tasktwin.TaskWithStatus](t)(f.GetTasksByWorkspaceIDs(f.ctx, []uuid.UUID{one, several})) {
		for _, value := range []json.RawMessage{task.TemplateParameters, task.WorkspaceGroupACL, task.WorkspaceUserACL, task.StatusDebug} {
			clear(value[:cap(value)])
		}
	}
	byIDs(t, f, tasktwin.Store.GetTasksByWorkspaceIDs, []uuid.UUID{several, one}, want...)
	equal(t, "ids of tasks are none of workspaces",
		must[[]tasktwin.TaskWithStatus](t)(f.GetTasksByWorkspaceIDs(f.ctx, []uuid.UUID{low.ID})), []tasktwin.TaskWithStatus{})
}

// twoApps returns apps of one agent.
func (f *Fixture) twoApps() (a, b tasktwin.WorkspaceApp) {
	f.t.Helper()
	agent := f.agent(tasktwin.WorkspaceAgentLifecycleStateReady).ID
	return f.app(agent, tasktwin.WorkspaceAppHealthHealthy), f.app(agent, tasktwin.WorkspaceAppHealthHealthy)
}

// insertStatuses inserts statuses in the given order.
func (f *Fixture) insertStatuses(args ...tasktwin.InsertWorkspaceAppStatusParams) {
	f.t.Helper()
	for _, arg := range args {
		must[tasktwin.WorkspaceAppStatus](f.t)(f.InsertWorkspaceAppStatus(f.ctx, arg))
	}
}

func AppStatusLatestOfAnApp(t TB, f *Fixture) {
	f.base()
	a, b := f.twoApps()
	ws, other := f.workspace().ID, f.workspace().ID
	for _, id := range []uuid.UUID{a.ID, absent, ws} {
		_, err := f.GetLatestWorkspaceAppStatusByAppID(f.ctx, id)
		noRows(t, "none", err)
	}
	latest := func(app uuid.UUID) tasktwin.WorkspaceAppStatus {
		return must[tasktwin.WorkspaceAppStatus](t)(f.GetLatestWorkspaceAppStatusByAppID(f.ctx, app))
	}
	low := f.newStatus(a, ws, tasktwin.WorkspaceAppStatusStateWorking, 2)
	high := f.newStatus(a, other, tasktwin.WorkspaceAppStatusStateIdle, 2)
	earlier := f.newStatus(a, ws, tasktwin.WorkspaceAppStatusStateComplete, 1)
	f.insertStatuses(high)
	equal(t, "the only one", latest(a.ID), tasktwin.WorkspaceAppStatus(high))
	f.insertStatuses(low, earlier, f.newStatus(b, ws, tasktwin.WorkspaceAppStatusStateFailure, 3))
	equal(t, "of two of one instant the one with the highest id", latest(a.ID), tasktwin.WorkspaceAppStatus(high))
	later := f.newStatus(a, ws, tasktwin.WorkspaceAppStatusStateFailure, 2.5)
	f.insertStatuses(later)
	equal(t, "the latest in time", latest(a.ID), tasktwin.WorkspaceAppStatus(later))
}

func AppStatusLatestOfAListOfWorkspaces(t TB, f *Fixture) {
	f.base()
	a, b := f.twoApps()
	first, second, none, unlisted := f.workspace().ID, f.workspace().ID, f.workspace().ID, f.workspace().ID
	low := f.newStatus(b, first, tasktwin.WorkspaceAppStatusStateWorking, 2)
	high := f.newStatus(a, first, tasktwin.WorkspaceAppStatusStateIdle, 2)
	inSecond := f.newStatus(a, second, tasktwin.WorkspaceAppStatusStateComplete, 1)
	f.insertStatuses(inSecond, high, low, f.newStatus(a, first, tasktwin.WorkspaceAppStatusStateFailure, 1),
		f.newStatus(a, second, tasktwin.WorkspaceAppStatusStateFailure, 0), f.newStatus(b, unlisted, tasktwin.WorkspaceAppStatusStateFailure, 4))
	byIDs(t, f, tasktwin.Store.GetLatestWorkspaceAppStatusesByWorkspaceIDs, []uuid.UUID{second, none, first},
		tasktwin.WorkspaceAppStatus(high), tasktwin.WorkspaceAppStatus(inSecond))
	later := f.newStatus(b, first, tasktwin.WorkspaceAppStatusStateFailure, 3)
	f.insertStatuses(later)
	byIDs(t, f, tasktwin.Store.GetLatestWorkspaceAppStatusesByWorkspaceIDs, []uuid.UUID{first}, tasktwin.WorkspaceAppStatus(later))
}

func AppStatusOfAListOfApps(t TB, f *Fixture) {
	f.base()
	a, b := f.twoApps()
	none, unlisted := f.twoApps()
	ws := f.workspace().ID
	low := f.newStatus(b, ws, tasktwin.WorkspaceAppStatusStateWorking, 2)
	high := f.newStatus(a, ws, tasktwin.WorkspaceAppStatusStateIdle, 2)
	earliest := f.newStatus(a, ws, tasktwin.WorkspaceAppStatusStateComplete, 1)
	latest := f.newStatus(a, ws, tasktwin.WorkspaceAppStatusStateComplete, 3)
	f.insertStatuses(high, latest, low, earliest, f.newStatus(unlisted, ws, tasktwin.WorkspaceAppStatusStateFailure, 2))
	byIDs(t, f, tasktwin.Store.GetWorkspaceAppStatusesByAppIDs, []uuid.UUID{b.ID, none.ID, a.ID},
		tasktwin.WorkspaceAppStatus(latest), tasktwin.WorkspaceAppStatus(high), tasktwin.WorkspaceAppStatus(low),
		tasktwin.WorkspaceAppStatus(earliest))
	byIDs(t, f, tasktwin.Store.GetWorkspaceAppStatusesByAppIDs, []uuid.UUID{b.ID}, tasktwin.WorkspaceAppStatus(low))
}

func AppStatusLatestAfterASavepointIsRolledBack(t TB, f *Fixture) {
	f.base()
	a, _ := f.twoApps()
	with, without := f.workspace().ID, f.workspace().ID
	first := f.newStatus(a, with, tasktwin.WorkspaceAppStatusStateWorking, 1)
	f.insertStatuses(first)
	latest := func(f *Fixture, want ...tasktwin.InsertWorkspaceAppStatusParams) {
		t.Helper()
		equal(t, "of the app", must[tasktwin.WorkspaceAppStatus](t)(f.GetLatestWorkspaceAppStatusByAppID(f.ctx, a.ID)),
			tasktwin.WorkspaceAppStatus(want[len(want)-1]))
		rows := make([]tasktwin.WorkspaceAppStatus, len(want))
		for i := range want {
			rows[i] = tasktwin.WorkspaceAppStatus(want[i])
		}
		equal(t, "of the workspaces",
			must[[]tasktwin.WorkspaceAppStatus](t)(f.GetLatestWorkspaceAppStatusesByWorkspaceIDs(f.ctx, []uuid.UUID{with, without})), rows)
	}
	second := f.newStatus(a, with, tasktwin.WorkspaceAppStatusStateIdle, 2)
	third := f.newStatus(a, without, tasktwin.WorkspaceAppStatusStateIdle, 3)
	err := f.tx(nil, func(tx *Fixture) error {
		undo := errors.New("roll back")
		err := tx.tx(nil, func(savepoint *Fixture) error {
			savepoint.insertStatuses(second, third)
			latest(savepoint, second, third)
			return undo
		})
		if !errors.Is(err, undo) {
			t.Errorf("got %v, want %v", err, undo)
		}
		latest(tx, first)
		return nil
	})
	succeeds(t, "commit", err)
	latest(f, first)
}
