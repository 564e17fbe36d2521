package sim

import "github.com/tasktwin/tasktwin"

// build starts the next build of a task's workspace.
func (r *run) build(t *task, at simTime, transition tasktwin.WorkspaceTransition, reason tasktwin.BuildReason) error {
	t.generation++
	t.builds++
	running := t.phase == idle
	t.transition, t.reason = transition, reason
	r.ledger.builds++
	if err := r.insertBuild(t, at); err != nil {
		return err
	}
	r.plan(t, at+simTime(r.world.params.Queue.fromNormal(t.normal(forQueue, uint64(t.builds)))), (*run).startJob)
	switch transition {
	case tasktwin.WorkspaceTransitionStart:
		t.phase = building
		r.ledger.start(t, at)
		if t.builds > 1 {
			// If the task was paused, the pause ends here.
			return r.collect(t, at)
		}
		return nil
	case tasktwin.WorkspaceTransitionStop:
		t.phase = stopping
		r.ledger.stop(t, at)
	default:
		t.phase = deleted
	}
	if !running {
		return nil // the agent is already shutting down or off
	}
	return r.updateAgent(t, at, tasktwin.WorkspaceAgentLifecycleStateShuttingDown)
}

// repeatBuild retries a failed build.
func (r *run) repeatBuild(t *task, at simTime) error { return r.build(t, at, t.transition, t.reason) }

// startJob starts the job of the latest build.
func (r *run) startJob(t *task, at simTime) error {
	t.jobStarted = at
	takes := r.world.params.StartBuild
	if t.transition != tasktwin.WorkspaceTransitionStart {
		takes = r.world.params.StopBuild
	}
	r.plan(t, at+simTime(takes.fromNormal(t.normal(forBuild, uint64(t.builds)))), (*run).endJob)
	return r.updateJob(t, at, 0, false)
}

// endJob completes the job of the latest build, which may fail.
func (r *run) endJob(t *task, at simTime) error {
	p := &r.world.params
	deletes := t.transition == tasktwin.WorkspaceTransitionDelete
	failed := !deletes && t.chance(p.BuildFailure, forBuildFailure, uint64(t.builds))
	if err := r.updateJob(t, at, at, failed); err != nil {
		return err
	}
	r.ledger.endBuilding(t, at)
	switch {
	case failed:
		r.ledger.failed++
		return r.afterFailure(t, at)
	case t.transition == tasktwin.WorkspaceTransitionStart:
		return r.startAgent(t, at)
	case !t.agentOff:
		t.agentOff = true
		if err := r.updateAgent(t, at, tasktwin.WorkspaceAgentLifecycleStateOff); err != nil {
			return err
		}
	}
	if deletes {
		return nil
	}
	t.phase = paused
	if t.hasPendingAction() {
		return r.resumeOrDelete(t, at)
	}
	return r.flush(t)
}

// hasPendingAction reports whether a stopped task is to be resumed or deleted.
func (t *task) hasPendingAction() bool { return t.pendingDelete || t.pending > 0 }

// resumeOrDelete deletes a stopped task if it is marked for deletion, and resumes it
// otherwise.
func (r *run) resumeOrDelete(t *task, at simTime) error {
	if t.pendingDelete {
		return r.removeTask(t, at)
	}
	return r.build(t, at, tasktwin.WorkspaceTransitionStart, tasktwin.BuildReasonTaskResume)
}

// afterFailure schedules a retry of a failed build. If a stop build failed and the task is
// to be resumed or deleted by now, it does that instead.
func (r *run) afterFailure(t *task, at simTime) error {
	t.phase = failed
	if t.transition == tasktwin.WorkspaceTransitionStop && t.hasPendingAction() {
		return r.resumeOrDelete(t, at)
	}
	r.planWhile(t, at+simTime(r.world.params.Retry.fromNormal(t.normal(forRetry, uint64(t.builds)))), (*run).repeatBuild)
	return nil
}

// startAgent starts the agent of a successful start build.
func (r *run) startAgent(t *task, at simTime) error {
	p, n := &r.world.params, uint64(t.builds)
	if err := r.insertAgent(t, at); err != nil {
		return err
	}
	ready := at + simTime(p.AgentStart.fromNormal(t.normal(forAgent, n)))
	if t.chance(p.Stuck, forStuck, n) {
		r.plan(t, ready, (*run).delayAgent)
		ready += simTime(p.StuckFor.fromNormal(t.normal(forStuckTime, n)))
	}
	r.plan(t, ready, (*run).readyAgent)
	return nil
}

// delayAgent sets the agent's state to start_timeout.
func (r *run) delayAgent(t *task, at simTime) error {
	return r.updateAgent(t, at, tasktwin.WorkspaceAgentLifecycleStateStartTimeout)
}

// readyAgent makes the agent ready and starts a pending turn, if there is one.
func (r *run) readyAgent(t *task, at simTime) error {
	if at <= t.lastIdleStatus {
		r.plan(t, t.lastIdleStatus+1, (*run).readyAgent)
		return nil
	}
	if err := r.updateAgent(t, at, tasktwin.WorkspaceAgentLifecycleStateReady); err != nil {
		return err
	}
	if err := r.updateHealth(t, at, tasktwin.WorkspaceAppHealthHealthy); err != nil {
		return err
	}
	r.ledger.closeWaits(t, at)
	if t.pending > 0 {
		if err := r.beginTurn(t, at); err != nil {
			return err
		}
		return r.reportNotes(t, at, tasktwin.WorkspaceAppStatusStateWorking)
	}
	if err := r.reportNotes(t, at, tasktwin.WorkspaceAppStatusStateIdle); err != nil {
		return err
	}
	return r.endTurn(t, at, tasktwin.WorkspaceAppStatusStateIdle, "Ready")
}
