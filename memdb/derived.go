package memdb

import (
	"slices"

	"github.com/tasktwin/tasktwin/memdb/internal/cow"
)

// deriveFromRows sets the hooks that update derived data when rows change: the tasks' rows
// of the view and their positions in the lists, the latest builds of workspaces, and
// telemetry.
func deriveFromRows() {
	workspaces.Stored, workspaces.Removed = workspaceStored, workspaceRemoved
	jobs.Stored = jobStored
	builds.Stored, builds.Removed = buildStored, buildRemoved
	agents.Stored = agentStored
	apps.Stored = appStored
	tasks.Stored, tasks.Removed = taskStored, taskRemoved
	bindings.Stored, bindings.Removed = bindingStored, bindingRemoved
	deriveFromOrphans()
	users.BySlot = append(users.BySlot, func(t *tables) cow.Pages { return &t.taskLists.byOwner })
	organizations.BySlot = append(organizations.BySlot, func(t *tables) cow.Pages { return &t.taskLists.byOrganization })
	workspaces.BySlot = append(workspaces.BySlot, func(t *tables) cow.Pages { return &t.latestBuilds })
	tasks.BySlot = append(tasks.BySlot, func(t *tables) cow.Pages { return &t.telemetry })
}

// deriveFromOrphans sets the hooks for rows that are deleted in a snapshot which has rows that
// refer to them.
func deriveFromOrphans() {
	users.Orphaned = func(st *state, slot uint32) { refreshTasks(st, st.Tables.tasks.ofOwner.Get(slot)) }
	workspaces.Orphaned = func(st *state, slot uint32) {
		findLatestBuilds(st, slot)
		refreshTasksOf(st, slot)
	}
	jobs.Orphaned = func(st *state, slot uint32) { jobStored(st, slot, nil, nil) }
	agents.Orphaned = func(st *state, slot uint32) { agentStored(st, slot, nil, nil) }
	apps.Orphaned = func(st *state, slot uint32) { appStored(st, slot, nil, nil) }
}

func workspaceStored(st *state, slot uint32, _, _ *workspaceRow) { refreshTasksOf(st, slot) }

func workspaceRemoved(st *state, slot uint32, _ *workspaceRow) {
	st.Tables.latestBuilds.Set(st.Owner(), slot, latestBuilds{})
}

func jobStored(st *state, slot uint32, _, _ *jobRow) {
	if b := buildOfJob(st, slot); b != nil {
		refreshTasksOf(st, b.workspace)
	}
}

func buildStored(st *state, _ uint32, b, _ *buildRow) {
	latest := st.Tables.latestBuilds.At(st.Owner(), b.workspace)
	*latest = latest.add(b)
	list := tasksOf(st, b.workspace)
	for task := range list.All() {
		refreshTask(st, task)
		buildAdded(st, task, b, *latest)
	}
}

// buildRemoved finds the latest of the remaining builds. If the workspace is deleted, too,
// its tasks are as well, and there is nothing to update.
func buildRemoved(st *state, _ uint32, b *buildRow) {
	if st.Tables.workspaces.Row(b.workspace) == nil {
		return
	}
	findLatestBuilds(st, b.workspace)
	ofWorkspace := tasksOf(st, b.workspace)
	st.Tables.stale = slices.AppendSeq(st.Tables.stale, ofWorkspace.All())
}

func findLatestBuilds(st *state, workspace uint32) {
	var latest latestBuilds
	list := st.Tables.builds.ofWorkspace.Get(workspace)
	for n := range list.All() {
		latest = latest.add(st.Tables.builds.Row(n.Slot))
	}
	st.Tables.latestBuilds.Set(st.Owner(), workspace, latest)
}

// statusStored adds a new status of an app to the timelines of the tasks that are bound to
// the app.
func statusStored(st *state, app uint32, s *statusRecord) {
	eachBoundTask(st, st.Tables.bindings.ofApp.Get(app), func(task uint32) { statusAdded(st, task, s, app) })
}

func agentStored(st *state, slot uint32, _, _ *agentRow) {
	refreshBound(st, st.Tables.bindings.ofAgent.Get(slot))
}

func appStored(st *state, slot uint32, _, _ *appRow) {
	refreshBound(st, st.Tables.bindings.ofApp.Get(slot))
}

func taskStored(st *state, slot uint32, r, old *taskRow) {
	r.derive(st, slot)
	relist(st, slot, r, old)
	startTelemetry(st, slot, r)
}

func taskRemoved(st *state, slot uint32, r *taskRow) {
	relist(st, slot, nil, r)
	startTelemetry(st, slot, nil)
}

// bindingStored has nothing to update if an upsert has stored the same row again.
func bindingStored(st *state, _ uint32, r, old *bindingRow) {
	if old == nil || *old != *r {
		refreshTask(st, r.task)
		bindingAdded(st, r, old)
	}
}

func bindingRemoved(st *state, _ uint32, r *bindingRow) {
	if st.Tables.tasks.Row(r.task) != nil {
		st.Tables.stale = append(st.Tables.stale, r.task)
	}
}

// refreshTask recomputes the derived data of a task, if it is live.
func refreshTask(st *state, slot uint32) {
	old := st.Tables.tasks.Row(slot)
	if !old.live() {
		return
	}
	next := *old
	next.derive(st, slot)
	if next.taskView != old.taskView {
		relist(st, slot, &next, old)
		st.Tables.tasks.Set(st.Owner(), slot, &next)
	}
}

func refreshTasksOf(st *state, workspace uint32) { refreshTasks(st, tasksOf(st, workspace)) }

func refreshTasks(st *state, list cow.Set) {
	for task := range list.All() {
		refreshTask(st, task)
	}
}

// refreshBound recomputes the tasks of the bindings.
func refreshBound(st *state, bound cow.Set) {
	eachBoundTask(st, bound, func(task uint32) { refreshTask(st, task) })
}

// refreshStale recomputes the tasks that a delete has marked as stale, and drops the sums of
// their telemetry.
func refreshStale(st *state) {
	for _, slot := range st.Tables.stale {
		refreshTask(st, slot)
		forgetTelemetry(st, slot)
	}
	st.Tables.stale = nil
}
