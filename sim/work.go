package sim

import "github.com/tasktwin/tasktwin"

// beginTurn starts the task's next pending turn.
func (r *run) beginTurn(t *task, at simTime) error {
	p := &r.world.params
	t.generation++
	t.phase = working
	t.pending--
	t.reports = 0
	var takes span
	if t.recorded != nil {
		t.nextWorkTurn = t.turnWithWork(t.nextWorkTurn)
		takes = max(spanOf(t.recorded.Turns[t.nextWorkTurn].Work), 1)
		t.nextWorkTurn++
	} else {
		takes = p.Work.fromNormal(t.normal(forWork, t.turn))
	}
	t.unhealthyFrom, t.unhealthyUntil = 0, 0
	if t.chance(p.Unhealthy, forUnhealthy, t.turn) {
		t.unhealthyFrom = at + 1 + simTime(float64(takes)*t.uniform(forUnhealthyStart, t.turn))
		lasts := p.UnhealthyFor.fromNormal(t.normal(forUnhealthyTime, t.turn))
		t.unhealthyUntil = t.unhealthyFrom + simTime(lasts)
		takes += 1 + lasts
		r.plan(t, t.unhealthyFrom, (*run).failHealth)
		r.plan(t, t.unhealthyUntil, (*run).restoreHealth)
	}
	t.workEnds = at + simTime(takes)
	t.workSince = at
	return r.work(t, at)
}

// turnWithWork returns the index of a recorded task's first turn with work from i on.
func (t *task) turnWithWork(i int) int {
	for i < len(t.recorded.Turns) && t.recorded.Turns[i].Work == 0 {
		i++
	}
	return i
}

// work inserts a working status and schedules the next one. Recorded work, which may last
// for months, has statuses only at its start and its end.
func (r *run) work(t *task, at simTime) error {
	// A turn has fewer than 1<<32 reports.
	n := t.turn<<32 | t.reports
	t.reports++
	t.lastWorking = at
	next := t.workEnds
	if t.recorded == nil {
		next = at + simTime(r.world.params.Report.fromNormal(t.normal(forReport, n)))
	}
	if next >= t.unhealthyFrom && next < t.unhealthyUntil {
		next = t.unhealthyUntil
	}
	r.plan(t, min(next, t.workEnds), (*run).reportWork)
	return r.reportStatus(t, at, tasktwin.WorkspaceAppStatusStateWorking, r.message(t, n))
}

// message returns the message of a working status.
func (r *run) message(t *task, n uint64) string {
	if t.recorded != nil {
		return t.recorded.Turns[t.nextWorkTurn-1].Message
	}
	return messages[t.uint64(forMessage, n)%uint64(len(messages))]
}

// reportWork continues a turn or ends it.
func (r *run) reportWork(t *task, at simTime) error {
	if at < t.workEnds {
		return r.work(t, at)
	}
	t.turn++
	t.active += span(at - t.workSince)
	t.workSince = 0
	if t.pending > 0 {
		return r.beginTurn(t, at)
	}
	state, message := r.outcome(t)
	return r.endTurn(t, at, state, message)
}

// outcome returns the status at the end of a turn: idle if the agent waits for an answer,
// else complete or failure.
func (r *run) outcome(t *task) (tasktwin.WorkspaceAppStatusState, string) {
	p := &r.world.params
	more := t.chance(1-1/p.Turns, forNextTurn, t.turn)
	if t.recorded != nil {
		more = t.turnWithWork(t.nextWorkTurn) < len(t.recorded.Turns)
	}
	switch {
	case more:
		return tasktwin.WorkspaceAppStatusStateIdle, "Waiting for an answer"
	case t.recorded == nil && t.chance(p.Failure, forFailure, 0):
		return tasktwin.WorkspaceAppStatusStateFailure, "Giving up"
	default:
		return tasktwin.WorkspaceAppStatusStateComplete, "Done"
	}
}

// endTurn reports the status at the end of a turn, schedules the user's reaction and asks
// the policy.
func (r *run) endTurn(t *task, at simTime, state tasktwin.WorkspaceAppStatusState, message string) error {
	p := &r.world.params
	t.phase, t.state, t.idleSince, t.lastIdleStatus = idle, state, at, at
	if err := r.reportStatus(t, at, state, message); err != nil {
		return err
	}
	switch {
	case t.recorded != nil: // the recording has the answers
	case state == tasktwin.WorkspaceAppStatusStateIdle:
		takes := t.slowness * p.Answer.fromUniform(t.uniform(forAnswer, t.turn))
		r.plan(t, r.world.rhythm.after(at, takes), (*run).receiveAnswer)
	case t.chance(p.Deletion, forDeletion, 0):
		takes := float64(p.DeletionAfter.fromNormal(t.normal(forDeletionTime, 0)))
		r.plan(t, r.world.rhythm.after(at, takes), (*run).removeTask)
	}
	return r.decide(t, at)
}

// receiveAnswer adds a pending turn, and resumes the task if it is paused.
func (r *run) receiveAnswer(t *task, at simTime) error {
	if t.phase == idle && at <= t.lastIdleStatus {
		r.plan(t, t.lastIdleStatus+1, (*run).receiveAnswer)
		return nil
	}
	t.pending++
	r.ledger.answers++
	if t.phase == building || t.phase == working || t.phase == failed && t.transition == tasktwin.WorkspaceTransitionStart {
		// An earlier answer is being processed. If it waits for a resume, this answer waits,
		// too.
		if t.phase != working && t.reason == tasktwin.BuildReasonTaskResume {
			t.waiting = append(t.waiting, at)
		}
		return nil
	}
	t.answers = t.answers.add(duration(span(at - t.idleSince)))
	if t.phase == idle {
		return r.beginTurn(t, at)
	}
	t.waiting = append(t.waiting, at)
	if t.phase == stopping {
		return nil // endJob resumes the task
	}
	return r.resumeOrDelete(t, at)
}

// receiveTurn processes a recorded task's next turn and schedules the one after it.
func (r *run) receiveTurn(t *task, at simTime) error {
	turn := &t.recorded.Turns[t.nextTurn]
	first := t.nextTurn == 0
	t.nextTurn++
	if t.nextTurn < len(t.recorded.Turns) {
		r.plan(t, max(at, simTimeOf(t.recorded.Turns[t.nextTurn].At)), (*run).receiveTurn)
	}
	switch {
	case turn.Work == 0:
		return r.recordNote(t, at, turn)
	case first:
		t.pending++
		return nil
	default:
		return r.receiveAnswer(t, at)
	}
}

// recordNote reports a turn without work. Before the first app it only adds the turn to
// notes.
func (r *run) recordNote(t *task, at simTime, turn *Turn) error {
	switch {
	case t.agentBuild == 0:
		t.notes = append(t.notes, turn)
		return nil
	case t.phase == working:
		t.lastWorking = at
		return r.reportStatus(t, at, tasktwin.WorkspaceAppStatusStateWorking, turn.Message)
	default:
		t.lastIdleStatus = at
		return r.reportStatus(t, at, t.state, turn.Message)
	}
}

// reportNotes reports the notes that were kept until the first app.
func (r *run) reportNotes(t *task, at simTime, state tasktwin.WorkspaceAppStatusState) error {
	for _, n := range t.notes {
		if err := r.reportStatus(t, at, state, n.Message); err != nil {
			return err
		}
	}
	t.notes = nil
	return nil
}

func (r *run) failHealth(t *task, at simTime) error {
	return r.updateHealth(t, at, tasktwin.WorkspaceAppHealthUnhealthy)
}

func (r *run) restoreHealth(t *task, at simTime) error {
	return r.updateHealth(t, at, tasktwin.WorkspaceAppHealthHealthy)
}
