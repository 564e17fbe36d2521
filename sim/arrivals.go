package sim

import (
	"fmt"

	"github.com/tasktwin/tasktwin"
)

// planArrival schedules a user's next task.
func (r *run) planArrival(u *user, from simTime) {
	var at simTime
	if r.world.recorded != nil {
		script := r.world.recorded[u.index]
		if u.tasks == len(script) {
			return
		}
		at = simTimeOf(script[u.tasks].Turns[0].At)
	} else {
		at = r.world.rhythm.after(from, u.gap*u.exponential(forArrival, uint64(u.tasks)))
	}
	// The rank orders a user before the user's tasks.
	r.queue.push(event{at: at, rank: uint64(u.index) << 32, user: u})
}

// arrive submits a user's next task, and starts its workspace.
func (r *run) arrive(u *user, at simTime) error {
	n := uint64(u.tasks)
	u.tasks++
	s := u.sub(n)
	t := &task{
		source: s, user: u, id: s.id(kindTask, 0), workspace: s.id(kindWorkspace, 0), created: at,
		state: tasktwin.WorkspaceAppStatusStateIdle, rank: uint64(u.index)<<32 | (n + 1), generation: 1, liveIndex: len(r.live),
	}
	var prompt string
	if r.world.recorded != nil {
		t.recorded = r.world.recorded[u.index][n]
		t.name, prompt = displayName(t.recorded.Name), t.recorded.Turns[0].Message
	} else {
		prompt = prompts[s.uint64(forPrompt, 0)%uint64(len(prompts))]
		t.name = fmt.Sprintf("%s (%s, %d)", prompt, u.username, n+1)
	}
	r.planArrival(u, at)
	r.live = append(r.live, t)
	r.ledger.tasks++
	if err := r.insertTask(t, prompt); err != nil {
		return err
	}
	if t.recorded == nil {
		t.pending = 1
	} else if err := r.receiveTurn(t, at); err != nil {
		return err
	}
	return r.build(t, at, tasktwin.WorkspaceTransitionStart, tasktwin.BuildReasonInitiator)
}

// removeTask deletes a task and its workspace. If a build is in progress, it marks
// the task for deletion after the build.
func (r *run) removeTask(t *task, at simTime) error {
	switch t.phase {
	case building, stopping:
		t.pendingDelete = true
		return nil
	case deleted:
		return nil
	default:
	}
	if err := r.build(t, at, tasktwin.WorkspaceTransitionDelete, tasktwin.BuildReasonInitiator); err != nil {
		return err
	}
	// Telemetry has no events of deleted tasks.
	if err := r.collect(t, at); err != nil {
		return err
	}
	r.ledger.close(t, at)
	r.ledger.deleted++
	last := len(r.live) - 1
	moved := r.live[last]
	r.live[t.liveIndex], moved.liveIndex, r.live[last] = moved, t.liveIndex, nil
	r.live = r.live[:last]
	return r.deleteTask(t, at)
}
