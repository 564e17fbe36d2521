package sim

import (
	"github.com/google/uuid"

	"github.com/tasktwin/tasktwin"
)

// phase is the state of a task's workspace.
type phase uint8

const (
	// building: a start build is running, or its agent is starting.
	building phase = iota
	// working: the agent is working.
	working
	// idle: the agent is ready and has nothing to do.
	idle
	// stopping: a stop build is running.
	stopping
	// failed: a build has failed and will be retried.
	failed
	// paused: the workspace is stopped.
	paused
	// deleted: the task is deleted.
	deleted
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
	created   simTime
	rank      uint64

	phase phase
	// generation is incremented when the task stops waiting, which drops the events that
	// were scheduled for the wait. It starts at one.
	generation uint32

	// builds counts the workspace's builds; transition, reason and jobStarted are those of
	// the latest.
	builds     int32
	transition tasktwin.WorkspaceTransition
	reason     tasktwin.BuildReason
	jobStarted simTime
	// agentBuild is the number of the latest successful start build, which has started the
	// agent and the app, or 0.
	agentBuild int32
	// agentOff is set when the agent has been stopped.
	agentOff bool

	// turn counts the finished turns, statuses all statuses, reports the statuses of
	// the current turn.
	turn     uint64
	statuses uint64
	reports  uint64
	// workEnds is the end of the current turn. The app is unhealthy from unhealthyFrom to
	// unhealthyUntil, unless they are zero.
	workEnds                      simTime
	unhealthyFrom, unhealthyUntil simTime

	// state is the agent's latest status other than working, initially idle. idleSince is
	// the time at which the task became idle.
	state     tasktwin.WorkspaceAppStatusState
	idleSince simTime
	// waiting has the times of the answers that wait for the task's resume.
	waiting []simTime
	// pendingDelete is set if the task is to be deleted after its current build.
	pendingDelete bool

	// pending counts the turns that have been requested but not started.
	pending int
	// recorded is the task in a recording, nextTurn the index of its next turn,
	// nextWorkTurn the index after the latest turn that was started. notes are turns
	// without work from before the first app.
	recorded     *RecordedTask
	nextTurn     int
	nextWorkTurn int
	notes        []*Turn
	// lastIdleStatus is the time of the latest status other than working. Work must start
	// later, because statuses at the same time have no order.
	lastIdleStatus simTime
	// liveIndex is the task's index in run.live.
	liveIndex int
	// writes are the changes of the task's rows that have not been made.
	writes []write

	taskLedger
}

// jobID returns the id of the job of a build.
func (t *task) jobID(build int32) uuid.UUID { return t.source.id(kindJob, uint64(build)) }

// agentID returns the id of the agent that a build has started.
func (t *task) agentID(build int32) uuid.UUID { return t.source.id(kindAgent, uint64(build)) }

// appID returns the id of the app of the agent that a build has started.
func (t *task) appID(build int32) uuid.UUID { return t.source.id(kindApp, uint64(build)) }
