package sim

import "github.com/tasktwin/tasktwin"

// beginTurn has a task's agent work on the next turn that was asked for.
func (r *run) beginTurn(t *task, at instant) error {
	p := &r.world.params
	t.round++
	t.phase = working
	t.pending--
	t.reports = 0
	var takes span
	if t.script != nil {
		t.begun = t.nextWork(t.begun)
		takes = max(spanOf(t.script.Turns[t.begun].Work), 1)
		t.begun++
	} else {
		takes = p.Work.at(t.normal(forWork, t.turn))
	}
	t.unwellAt, t.wellAt = 0, 0
	if t.chance(p.Unhealthy, forUnhealthy, t.turn) {
		t.unwellAt = at + 1 + instant(float64(takes)*t.uniform(forUnhealthyStart, t.turn))
		lasts := p.UnhealthyFor.at(t.normal(forUnhealthyTime, t.turn))
		t.wellAt = t.unwellAt + instant(lasts)
		takes += 1 + lasts
		r.plan(t, t.unwellAt, (*run).failHealth)
		r.plan(t, t.wellAt, (*run).restoreHealth)
	}
	t.workEnds = at + instant(takes)
	t.workSince = at
	return r.work(t, at)
}

// nextWork is the first turn with work, of a recorded task, from i on.
func (t *task) nextWork(i int) int {
	for i < len(t.script.Turns) && t.script.Turns[i].Work == 0 {
		i++
	}
	return i
}

// work reports that the agent works, and plans the next report. Of recorded work,
// which may last for months, the agent reports the beginning and the end.
func (r *run) work(t *task, at instant) error {
	// A turn has fewer reports than this.
	n := t.turn<<32 | t.reports
	t.reports++
	t.lastWorking = at
	next := t.workEnds
	if t.script == nil {
		next = at + instant(r.world.params.Report.at(t.normal(forReport, n)))
	}
	if next >= t.unwellAt && next < t.wellAt {
		next = t.wellAt
	}
	r.plan(t, min(next, t.workEnds), (*run).reportWork)
	return r.say(t, at, tasktwin.WorkspaceAppStatusStateWorking, r.message(t, n))
}

// message is what an agent says of its work.
func (r *run) message(t *task, n uint64) string {
	if t.script != nil {
		return t.script.Turns[t.begun-1].Message
	}
	return messages[t.uint64(forMessage, n)%uint64(len(messages))]
}

// reportWork goes on with a turn, or ends it.
func (r *run) reportWork(t *task, at instant) error {
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
	return r.rest(t, at, state, message)
}

// outcome is what an agent says at the end of a turn: that it needs an answer,
// that the task is done, or that it failed.
func (r *run) outcome(t *task) (tasktwin.WorkspaceAppStatusState, string) {
	p := &r.world.params
	more := t.chance(1-1/p.Turns, forAnother, t.turn)
	if t.script != nil {
		more = t.nextWork(t.begun) < len(t.script.Turns)
	}
	switch {
	case more:
		return tasktwin.WorkspaceAppStatusStateIdle, "Waiting for an answer"
	case t.script == nil && t.chance(p.Failure, forFailure, 0):
		return tasktwin.WorkspaceAppStatusStateFailure, "Giving up"
	default:
		return tasktwin.WorkspaceAppStatusStateComplete, "Done"
	}
}

// rest says that a task's agent has nothing to do, plans what people do about
// it, and asks the policy.
func (r *run) rest(t *task, at instant, state tasktwin.WorkspaceAppStatusState, message string) error {
	p := &r.world.params
	t.phase, t.state, t.idleSince, t.quiet = idle, state, at, at
	if err := r.say(t, at, state, message); err != nil {
		return err
	}
	switch {
	case t.script != nil: // has the answers already
	case state == tasktwin.WorkspaceAppStatusStateIdle:
		r.plan(t, r.world.rhythm.after(at, t.slowness*p.Answer.at(t.uniform(forAnswer, t.turn))), (*run).takeAnswer)
	case t.chance(p.Deletion, forDeletion, 0):
		r.plan(t, r.world.rhythm.after(at, float64(p.DeletionAfter.at(t.normal(forDeletionTime, 0)))), (*run).removeTask)
	}
	return r.decide(t, at)
}

// takeAnswer has a task go on, once it runs.
func (r *run) takeAnswer(t *task, at instant) error {
	if t.phase == idle && at <= t.quiet {
		r.plan(t, t.quiet+1, (*run).takeAnswer)
		return nil
	}
	t.pending++
	r.books.answers++
	if t.phase == building || t.phase == working || t.phase == failed && t.transition == tasktwin.WorkspaceTransitionStart {
		// It came while an earlier one is being dealt with, and may wait with that.
		if t.phase != working && t.reason == tasktwin.BuildReasonTaskResume {
			t.waiting = append(t.waiting, at)
		}
		return nil
	}
	t.answers = t.answers.add(duration(at - t.idleSince))
	if t.phase == idle {
		return r.beginTurn(t, at)
	}
	t.waiting = append(t.waiting, at)
	if t.phase == stopping {
		return nil // resumes once it has stopped
	}
	return r.goOn(t, at)
}

// takeTurn takes a recorded task's next turn, and plans the one after it.
func (r *run) takeTurn(t *task, at instant) error {
	turn := &t.script.Turns[t.due]
	first := t.due == 0
	t.due++
	if t.due < len(t.script.Turns) {
		r.plan(t, max(at, instantOf(t.script.Turns[t.due].At)), (*run).takeTurn)
	}
	switch {
	case turn.Work == 0:
		return r.note(t, at, turn)
	case first:
		t.pending++
		return nil
	default:
		return r.takeAnswer(t, at)
	}
}

// note says what happened without work.
func (r *run) note(t *task, at instant, turn *Turn) error {
	switch {
	case t.app == none:
		t.notes = append(t.notes, turn)
		return nil
	case t.phase == working:
		t.lastWorking = at
		return r.say(t, at, tasktwin.WorkspaceAppStatusStateWorking, turn.Message)
	default:
		t.quiet = at
		return r.say(t, at, t.state, turn.Message)
	}
}

// sayNotes says the notes that came before the app was there.
func (r *run) sayNotes(t *task, at instant, state tasktwin.WorkspaceAppStatusState) error {
	for _, n := range t.notes {
		if err := r.say(t, at, state, n.Message); err != nil {
			return err
		}
	}
	t.notes = nil
	return nil
}

func (r *run) failHealth(t *task, _ instant) error {
	return r.updateHealth(t, tasktwin.WorkspaceAppHealthUnhealthy)
}

func (r *run) restoreHealth(t *task, _ instant) error {
	return r.updateHealth(t, tasktwin.WorkspaceAppHealthHealthy)
}
