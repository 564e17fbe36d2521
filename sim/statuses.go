package sim

import (
	"errors"

	"github.com/tasktwin/tasktwin"
)

// reportStatus inserts a status of the task's app.
func (r *run) reportStatus(t *task, at simTime, state tasktwin.WorkspaceAppStatusState, message string) error {
	t.statuses++
	// A status at the instant of a build is one from before it.
	if t.phase == building && at > t.buildSince {
		r.ledger.endBuilding(t, at)
	}
	n, agent := t.statuses, t.agentBuild
	return r.keep(t, write{at: at, status: func() tasktwin.InsertWorkspaceAppStatusParams {
		return tasktwin.InsertWorkspaceAppStatusParams{
			ID: t.source.id(kindStatus, n), CreatedAt: at.time(), AgentID: t.agentID(agent), AppID: t.appID(agent),
			WorkspaceID: t.workspace, State: state, Message: message,
		}
	}})
}

// leadingStatuses returns how many statuses changes begin with.
func leadingStatuses(writes []write) int {
	for i := range writes {
		if writes[i].status == nil {
			return i
		}
	}
	return len(writes)
}

// insertStatuses inserts statuses, in one call if the store can.
func (r *run) insertStatuses(t *task, writes []write) error {
	batcher, ok := r.store.(tasktwin.BatchInserter)
	if !ok || len(writes) == 1 {
		for _, w := range writes {
			if _, err := r.store.InsertWorkspaceAppStatus(r.ctx, w.status()); err != nil {
				return taskError(t, w.at, err)
			}
		}
		return nil
	}
	r.batch = r.batch[:0]
	for _, w := range writes {
		r.batch = append(r.batch, w.status())
	}
	_, err := batcher.InsertWorkspaceAppStatuses(r.ctx, r.batch)
	if failed, ok := errors.AsType[*tasktwin.BatchError](err); ok {
		return taskError(t, writes[failed.Index].at, failed.Err)
	}
	if err != nil {
		return taskError(t, writes[0].at, err)
	}
	return nil
}
