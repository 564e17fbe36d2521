package memdb

import "slices"

// What is derived from rows follows them: a task's row of the view and its place
// in the lists, the latest builds of a workspace, and telemetry.
func init() {
	workspacesTable.stored, workspacesTable.removed = workspaceStored, workspaceRemoved
	jobsTable.stored = jobStored
	buildsTable.stored, buildsTable.removed = buildStored, buildRemoved
	agentsTable.stored = agentStored
	appsTable.stored = appStored
	tasksTable.stored, tasksTable.removed = taskStored, taskRemoved
	bindingsTable.stored, bindingsTable.removed = bindingStored, bindingRemoved
}

func workspaceStored(st *state, slot uint32, _, _ *work) { st.refreshTasksOf(slot) }

func workspaceRemoved(st *state, slot uint32, _ *work) {
	st.latestBuilds.Set(st.own, slot, latestBuilds{})
}

func jobStored(st *state, slot uint32, _, _ *job) {
	if b := st.buildOfJob(slot); b != nil {
		st.refreshTasksOf(b.workspace)
	}
}

func buildStored(st *state, _ uint32, b, _ *bld) {
	latest := st.latestBuilds.At(st.own, b.workspace)
	*latest = latest.add(b)
	for task := range st.tasksOf(b.workspace) {
		st.taskChanged(task)
	}
}

// buildRemoved looks at the builds that are left. Where the workspace is gone
// too, so are its tasks.
func buildRemoved(st *state, _ uint32, b *bld) {
	if !workspacesTable.exists(st, b.workspace) {
		return
	}
	var latest latestBuilds
	builds := st.buildsOf.Get(b.workspace)
	for n := range builds.All() {
		latest = latest.add(st.builds.rows.Get(n.slot))
	}
	st.latestBuilds.Set(st.own, b.workspace, latest)
	st.stale = slices.AppendSeq(st.stale, st.tasksOf(b.workspace))
}

func agentStored(st *state, slot uint32, _, _ *agt) { st.refreshBound(bindingsByAgent, slot) }

func appStored(st *state, slot uint32, _, _ *app) { st.refreshBound(bindingsByApp, slot) }

func taskStored(st *state, slot uint32, r, old *taskRow) {
	r.derive(st, slot)
	st.relist(slot, r, old)
	st.forgetTelemetry(slot)
}

func taskRemoved(st *state, slot uint32, r *taskRow) { st.relist(slot, nil, r) }

func bindingStored(st *state, _ uint32, r, _ *bind) {
	st.taskChanged(r.task)
}

func bindingRemoved(st *state, _ uint32, r *bind) {
	if tasksTable.exists(st, r.task) {
		st.stale = append(st.stale, r.task)
	}
}

// refresh derives a task anew, if it is live.
func (st *state) refresh(slot uint32) {
	old := st.tasks.rows.Get(slot)
	if !old.live() {
		return
	}
	next := *old
	next.derive(st, slot)
	if next.taskView != old.taskView {
		st.relist(slot, &next, old)
		st.tasks.rows.Set(st.own, slot, &next)
	}
}

func (st *state) refreshTasksOf(workspace uint32) {
	for task := range st.tasksOf(workspace) {
		st.refresh(task)
	}
}

// refreshBound derives the tasks anew that have a binding to an agent or an app.
func (st *state) refreshBound(list childList, slot uint32) {
	st.eachBound(list, slot, st.refresh)
}

// taskChanged derives a task anew, with its telemetry.
func (st *state) taskChanged(slot uint32) {
	st.refresh(slot)
	st.forgetTelemetry(slot)
}

// settle derives the tasks anew for which a delete has changed something.
func (st *state) settle() {
	for _, slot := range st.stale {
		st.taskChanged(slot)
	}
	st.stale = nil
}
