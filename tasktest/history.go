package tasktest

import (
	"fmt"
	"time"

	"github.com/tasktwin/tasktwin"
)

// builds draws the number of a task's builds. The last one is a start if the task runs in
// the end.
func (p *population) builds(end flavor) int {
	n := 1 + p.random.IntN(2*p.history.Builds-1)
	switch end {
	case isPending:
		return 0
	case hasFailed:
		return n
	case isPaused, wasDeleted:
		return n + n%2 // even
	default:
		return n - 1 + n%2 // odd
	}
}

// between draws a time span, in whole seconds.
func (p *population) between(least, most time.Duration) time.Duration {
	return least + time.Duration(p.random.Int64N(int64((most-least)/time.Second)))*time.Second
}

// task adds a task with its history.
func (p *population) task(i int, end flavor) tasktwin.Task {
	p.t.Helper()
	spans := make([]time.Duration, p.builds(end))
	var total time.Duration
	for b := range spans {
		if spans[b] = p.between(10*time.Minute, 3*time.Hour); b%2 == 1 { // a pause
			spans[b] = p.between(5*time.Minute, 12*time.Hour)
		}
		total += spans[b]
	}
	at := p.Clock.Now().Add(-total)
	if end != isActive && end != isInitializing {
		at = at.Add(-p.between(time.Minute, lately))
	}
	arg := p.taskParams(at)
	arg.OwnerID = p.owners[min(i/tasksPerOwner, len(p.owners)-1)]
	arg.Prompt = fmt.Sprintf("%s, as in %d", prompts[p.random.IntN(len(prompts))], p.made[task])
	row := taskOf(arg)
	if end != isPending {
		ws := p.workspaceParams(at)
		ws.OwnerID = row.OwnerID
		row.WorkspaceID = nullUUID(ws.ID)
		p.rows.Workspaces = append(p.rows.Workspaces, tasktwin.Workspace(ws))
	}
	ended := p.timeline(row, at, spans, end)
	if end == wasDeleted {
		row.DeletedAt = nullTime(ended)
	}
	p.rows.Tasks = append(p.rows.Tasks, row)
	return row
}

// timeline adds the builds of a task, each with its time span, and all that they have. It
// returns when the last of them ended.
func (p *population) timeline(of tasktwin.Task, at time.Time, spans []time.Duration, end flavor) time.Time {
	var binding tasktwin.TaskWorkspaceApp
	starts := (len(spans) + 1) / 2
	statuses := p.random.IntN(2*p.history.Statuses + 1)
	for b, span := range spans {
		isLast := b == len(spans)-1
		p.build(of, at, b, end, isLast)
		if b%2 == 0 {
			binding = p.agent(at, end, isLast)
			if !isLast || end == isActive || end == isUnknown {
				p.statuses(of, binding, at, span, statuses*(b/2+1)/starts-statuses*(b/2)/starts)
			}
		}
		binding.TaskID, binding.WorkspaceBuildNumber = of.ID, int32(b+1)
		p.rows.TaskWorkspaceApps = append(p.rows.TaskWorkspaceApps, binding)
		at = at.Add(span)
	}
	return at
}

// build adds a build and its job, which has taken a while.
func (p *population) build(of tasktwin.Task, at time.Time, b int, end flavor, isLast bool) {
	transition, reason := tasktwin.WorkspaceTransitionStart, tasktwin.BuildReasonTaskResume
	switch {
	case b == 0:
		reason = tasktwin.BuildReasonInitiator
	case isLast && end == wasDeleted:
		transition, reason = tasktwin.WorkspaceTransitionDelete, tasktwin.BuildReasonInitiator
	case b%2 == 1:
		transition, reason = tasktwin.WorkspaceTransitionStop, tasktwin.BuildReasonTaskAutoPause
		if p.random.IntN(4) == 0 {
			reason = tasktwin.BuildReasonTaskManualPause
		}
	}
	arg := p.jobParams(at, of)
	done := at.Add(p.between(5*time.Second, 2*time.Minute))
	arg.UpdatedAt, arg.CompletedAt = done, nullTime(done)
	if isLast && end == hasFailed {
		arg.Error.String, arg.Error.Valid = "out of disk", true
	}
	p.rows.ProvisionerJobs = append(p.rows.ProvisionerJobs, jobOf(arg))
	p.rows.WorkspaceBuilds = append(p.rows.WorkspaceBuilds, tasktwin.WorkspaceBuild(
		p.buildParams(at, of, int32(b+1), transition, reason, arg.ID)))
}

// agent adds the agent and the app of a start, and returns the binding to them.
func (p *population) agent(at time.Time, end flavor, isLast bool) (binding tasktwin.TaskWorkspaceApp) {
	state, health := tasktwin.WorkspaceAgentLifecycleStateOff, tasktwin.WorkspaceAppHealthHealthy
	switch {
	case isLast && end == isActive:
		state = tasktwin.WorkspaceAgentLifecycleStateReady
	case isLast && (end == isInitializing || end == hasFailed):
		state, health = tasktwin.WorkspaceAgentLifecycleStateStarting, tasktwin.WorkspaceAppHealthInitializing
	}
	newAgent := tasktwin.WorkspaceAgent(p.agentParams(at, state))
	newApp := tasktwin.WorkspaceApp(p.appParams(at, newAgent.ID, health))
	p.rows.WorkspaceAgents = append(p.rows.WorkspaceAgents, newAgent)
	p.rows.WorkspaceApps = append(p.rows.WorkspaceApps, newApp)
	binding.WorkspaceAgentID, binding.WorkspaceAppID = nullUUID(newAgent.ID), nullUUID(newApp.ID)
	return binding
}

// statuses adds n statuses in a time span after a start: work, with a question now and then,
// and in the end a question or a result.
func (p *population) statuses(of tasktwin.Task, by tasktwin.TaskWorkspaceApp, at time.Time, span time.Duration, n int) {
	for i := range n {
		state := tasktwin.WorkspaceAppStatusStateWorking
		switch {
		case i == n-1 && p.random.IntN(3) == 0:
			state = tasktwin.WorkspaceAppStatusStateComplete
		case i == n-1 || p.random.IntN(5) == 0:
			state = tasktwin.WorkspaceAppStatusStateIdle
		}
		reported := whole(at.Add(span / time.Duration(n+1) * time.Duration(i+1)))
		arg := p.statusParams(reported, by, of.WorkspaceID.UUID, state)
		arg.Message = fmt.Sprintf("%s: step %d", arg.Message, p.made[status])
		p.rows.WorkspaceAppStatuses = append(p.rows.WorkspaceAppStatuses, tasktwin.WorkspaceAppStatus(arg))
	}
}

// prompts are what users ask for.
var prompts = [...]string{
	"Fix the flaky test", "Add pagination to the list endpoint", "Upgrade the driver and mend what breaks",
	"Write documentation for the client", "Find out why startup takes so long", "Port the report to the new format",
}
