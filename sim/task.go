package sim

import (
	"github.com/google/uuid"

	"github.com/tasktwin/tasktwin"
)

// phase is what a task's workspace does.
type phase uint8

const (
	// building: a start build is under way, or its agent starts.
	building phase = iota
	// working: the agent works.
	working
	// idle: the agent runs and has nothing to do.
	idle
	// stopping: a stop build is under way.
	stopping
	// failed: a build has failed and is going to be repeated.
	failed
	// paused: the workspace is stopped.
	paused
	// gone: the task is deleted.
	gone
)

// user is a person in a run.
type user struct {
	*person
	index   int
	tasks   int
	answers Durations
}

// task is a task in a run.
type task struct {
	source
	*user
	id        uuid.UUID
	workspace uuid.UUID
	name      string
	created   instant
	rank      uint64

	phase phase
	// round grows when the task leaves a wait, which voids what was planned for it.
	// It begins at one.
	round uint32

	// builds counts the workspace's builds; transition, reason and job are of the
	// latest.
	builds     int32
	transition tasktwin.WorkspaceTransition
	reason     tasktwin.BuildReason
	job        uuid.UUID
	jobStarted instant
	// agent and app are of the latest start build that succeeded.
	agent, app uuid.UUID
	// off is that the agent has been stopped.
	off bool

	// turn counts the turns that are done. said and reports count statuses, the
	// latter those of the turn.
	turn    uint64
	said    uint64
	reports uint64
	// workEnds is when the turn under way is done. From unwellAt to wellAt, unless
	// they are zero, the app is unhealthy.
	workEnds         instant
	unwellAt, wellAt instant

	// state is what the agent said last when it did not work, at first idle, and idleSince when it became idle.
	state     tasktwin.WorkspaceAppStatusState
	idleSince instant
	// waiting is when the answers came that wait for the task's resume.
	waiting []instant
	// doomed is that the task is to be deleted once its build is through.
	doomed bool

	// pending counts the turns that have been asked for and not begun.
	pending int
	// script is what a recording has of the task, due the turn that comes next, and
	// begun how far its work has been begun. notes are turns without work that came
	// before there was an app to say them.
	script *RecordedTask
	due    int
	begun  int
	notes  []*Turn
	// quiet is the latest status that was not working. Work has to begin later: at
	// one instant, statuses have no order.
	quiet instant
	// place is the task's place among those that live.
	place int

	taskBooks
}

// bound is the agent and the app to which a build binds the task.
func (t *task) bound() (agent, app uuid.NullUUID) {
	if t.app == none {
		return agent, app
	}
	return valid(t.agent), valid(t.app)
}

// none is the app of a task that has had none yet.
var none uuid.UUID
