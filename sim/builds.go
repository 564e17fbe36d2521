package sim

import "github.com/tasktwin/tasktwin"

// build begins the next build of a task's workspace.
func (r *run) build(t *task, at instant, transition tasktwin.WorkspaceTransition, reason tasktwin.BuildReason) error {
	t.round++
	t.builds++
	runs := t.phase == idle
	t.transition, t.reason = transition, reason
	r.books.builds++
	if err := r.insertBuild(t, at); err != nil {
		return err
	}
	r.plan(t, at+instant(r.world.params.Queue.at(t.normal(forQueue, uint64(t.builds)))), (*run).startJob)
	switch transition {
	case tasktwin.WorkspaceTransitionStart:
		t.phase = building
		r.books.start(t, at)
		if t.builds > 1 {
			// The pause before it, if there was one, has ended.
			return r.meter.collect(at)
		}
		return nil
	case tasktwin.WorkspaceTransitionStop:
		t.phase = stopping
		r.books.stop(t, at)
	default:
		t.phase = gone
	}
	if !runs {
		return nil // its agent has been told before
	}
	return r.updateAgent(t, at, tasktwin.WorkspaceAgentLifecycleStateShuttingDown)
}

// repeatBuild begins the build that failed once more.
func (r *run) repeatBuild(t *task, at instant) error { return r.build(t, at, t.transition, t.reason) }

// startJob has a provisioner take the latest build.
func (r *run) startJob(t *task, at instant) error {
	t.jobStarted = at
	takes := r.world.params.StartBuild
	if t.transition != tasktwin.WorkspaceTransitionStart {
		takes = r.world.params.StopBuild
	}
	r.plan(t, at+instant(takes.at(t.normal(forBuild, uint64(t.builds)))), (*run).endJob)
	return r.updateJob(t, at, 0, false)
}

// endJob ends the latest build, well or not.
func (r *run) endJob(t *task, at instant) error {
	p := &r.world.params
	deletes := t.transition == tasktwin.WorkspaceTransitionDelete
	failed := !deletes && t.chance(p.BuildFailure, forBuildFailure, uint64(t.builds))
	if err := r.updateJob(t, at, at, failed); err != nil {
		return err
	}
	switch {
	case failed:
		r.books.failed++
		return r.afterFailure(t, at)
	case t.transition == tasktwin.WorkspaceTransitionStart:
		return r.startAgent(t, at)
	case !t.off:
		t.off = true
		if err := r.updateAgent(t, at, tasktwin.WorkspaceAgentLifecycleStateOff); err != nil {
			return err
		}
	}
	if deletes {
		return nil
	}
	t.phase = paused
	if t.isWanted() {
		return r.goOn(t, at)
	}
	return nil
}

// isWanted says that somebody wants a task that does not run, or wants it gone.
func (t *task) isWanted() bool { return t.doomed || t.pending > 0 }

// goOn does what is wanted of a task that does not run.
func (r *run) goOn(t *task, at instant) error {
	if t.doomed {
		return r.removeTask(t, at)
	}
	return r.build(t, at, tasktwin.WorkspaceTransitionStart, tasktwin.BuildReasonTaskResume)
}

// afterFailure goes on after a build that failed: it is repeated, unless
// something else is wanted by now.
func (r *run) afterFailure(t *task, at instant) error {
	t.phase = failed
	if t.transition == tasktwin.WorkspaceTransitionStop && t.isWanted() {
		return r.goOn(t, at)
	}
	r.planWhile(t, at+instant(r.world.params.Retry.at(t.normal(forRetry, uint64(t.builds)))), (*run).repeatBuild)
	return nil
}

// startAgent makes the agent of a start build that has succeeded.
func (r *run) startAgent(t *task, at instant) error {
	p, n := &r.world.params, uint64(t.builds)
	if err := r.insertAgent(t, at); err != nil {
		return err
	}
	ready := at + instant(p.AgentStart.at(t.normal(forAgent, n)))
	if t.chance(p.Stuck, forStuck, n) {
		r.plan(t, ready, (*run).delayAgent)
		ready += instant(p.StuckFor.at(t.normal(forStuckTime, n)))
	}
	r.plan(t, ready, (*run).readyAgent)
	return nil
}

// delayAgent says that an agent has not become ready in time.
func (r *run) delayAgent(t *task, at instant) error {
	return r.updateAgent(t, at, tasktwin.WorkspaceAgentLifecycleStateStartTimeout)
}

// readyAgent has a task's agent begin with what it was started for.
func (r *run) readyAgent(t *task, at instant) error {
	if at <= t.quiet {
		r.plan(t, t.quiet+1, (*run).readyAgent)
		return nil
	}
	if err := r.updateAgent(t, at, tasktwin.WorkspaceAgentLifecycleStateReady); err != nil {
		return err
	}
	if err := r.updateHealth(t, tasktwin.WorkspaceAppHealthHealthy); err != nil {
		return err
	}
	r.books.closeWaits(t, at)
	if t.pending > 0 {
		if err := r.beginTurn(t, at); err != nil {
			return err
		}
		return r.sayNotes(t, at, tasktwin.WorkspaceAppStatusStateWorking)
	}
	if err := r.sayNotes(t, at, tasktwin.WorkspaceAppStatusStateIdle); err != nil {
		return err
	}
	return r.rest(t, at, tasktwin.WorkspaceAppStatusStateIdle, "Ready")
}
