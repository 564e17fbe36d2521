package sim

import (
	"time"

	"github.com/tasktwin/tasktwin"
)

// decide asks the policy about an idle task.
func (r *run) decide(t *task, at simTime) error {
	now := at.time()
	action := r.policy.Decide(TaskView{
		ID: t.id, OwnerID: t.user.id, Name: t.name, Owner: t.username, State: t.state,
		CreatedAt: t.created.time(), IdleSince: t.idleSince.time(), Pauses: t.timesPaused, OwnerAnswers: t.answers,
	}, now)
	switch {
	case action.do == pause:
		return r.build(t, at, tasktwin.WorkspaceTransitionStop, tasktwin.BuildReasonTaskAutoPause)
	case action.do == keep:
		return r.flush(t)
	case !action.until.After(now):
		return &PolicyError{Policy: r.policy.Name(), Task: t.name, Until: action.until, Now: now}
	case action.until.After(r.until.time()):
		return r.flush(t) // after the end of the run
	}
	// Rounded up to a microsecond.
	until := simTimeOf(action.until.Add(time.Microsecond - time.Nanosecond))
	r.planWhile(t, until, (*run).decide)
	return nil
}

func duration(s span) time.Duration { return time.Duration(s) * time.Microsecond }
