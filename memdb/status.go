package memdb

import (
	"database/sql"
	"encoding/json"
	"slices"
	"sync/atomic"

	"github.com/google/uuid"

	"github.com/tasktwin/tasktwin"
	"github.com/tasktwin/tasktwin/memdb/internal/rel"
)

// taskView is the part of a row of tasks_with_status that is derived from other tables. It
// is recomputed whenever one of its inputs changes.
type taskView struct {
	// owner is nil if the owner is deleted, so that the view does not have the task: see derive.
	owner *tasktwin.User
	acls  *acls
	// build, agentID and appID belong to the binding with the highest build number.
	build          sql.NullInt32
	agentID, appID uuid.NullUUID
	inputs         inputs
	// newest is the time of the workspace's newest build.
	newest pgTime
}

// derive computes the derived part of the task at a slot. In a transaction with a snapshot a
// row that it is joined with may be deleted: see [rel.Table.Parent].
func (r *taskRow) derive(st *state, slot uint32) {
	r.acls, r.inputs, r.newest = emptyACLs, inputs{}, never
	r.build, r.agentID, r.appID = sql.NullInt32{}, uuid.NullUUID{}, uuid.NullUUID{}
	r.owner = st.Tables.users.Row(r.ownerSlot)
	if r.workspaceSlot != rel.NoSlot {
		if w := st.Tables.workspaces.Row(r.workspaceSlot); w != nil {
			r.acls = w.acls
		}
		r.newest = st.Tables.latestBuilds.Get(r.workspaceSlot).newestAt()
	}
	bindings := st.Tables.bindings.ofTask.Get(slot)
	if last, ok := bindings.Last(); ok {
		b := st.Tables.bindings.Row(last.Slot)
		r.build = sql.NullInt32{Int32: last.Number, Valid: true}
		if b.agent != rel.NoSlot {
			r.agentID = nullUUID(st.Tables.agents.Parent(b.agent).id)
			if a := st.Tables.agents.Row(b.agent); a != nil {
				r.inputs.lifecycle = a.state
			}
		}
		if b.app != rel.NoSlot {
			r.appID = nullUUID(st.Tables.apps.Parent(b.app).id)
			if a := st.Tables.apps.Row(b.app); a != nil {
				r.inputs.health = a.health
			}
		}
		builds := st.Tables.builds.ofWorkspace.Get(r.workspaceSlot)
		if found, ok := builds.Find(rel.AtNumber(last.Number)); ok {
			build := st.Tables.builds.Row(found.Slot)
			r.inputs.transition = build.transition
			if job := st.Tables.jobs.Row(build.job); job != nil {
				r.inputs.job = job.status
			}
		}
	}
}

// status returns the index of the task's status in taskStatuses. A task without a workspace
// has no build, so its status is pending.
func (r *taskRow) status() int { return r.inputs.derived().status }

// fill fills a row of the view. The view has no deleted tasks.
func (r *taskRow) fill(row *tasktwin.TaskWithStatus, a *arena) {
	derived := r.inputs.derived()
	r.fillColumns(row, a)
	row.OwnerUsername, row.OwnerName, row.OwnerAvatarURL = r.owner.Username, r.owner.Name, r.owner.AvatarURL
	row.WorkspaceGroupACL, row.WorkspaceUserACL = a.copy(r.acls.group), a.copy(r.acls.user)
	row.WorkspaceBuildNumber, row.WorkspaceAgentID, row.WorkspaceAppID = r.build, r.agentID, r.appID
	row.WorkspaceAgentLifecycleState = valueOf(r.inputs.lifecycle, lifecycleStates)
	row.WorkspaceAppHealth = valueOf(r.inputs.health, appHealths)
	row.Status = taskStatuses[derived.status]
	row.StatusDebug = a.copy(derived.debug)
}

// fillAlone is fill for a row that shares its memory with no other.
func (r *taskRow) fillAlone(row *tasktwin.TaskWithStatus) {
	var a arena
	a.grow(r.jsonSize(), 0)
	r.fill(row, &a)
}

// jsonSize returns the number of bytes that fill needs in an arena.
func (r *taskRow) jsonSize() int {
	return len(r.parameters) + len(r.acls.group) + len(r.acls.user) + len(r.inputs.derived().debug)
}

// code is a value of an enum, as its index counted from 1, or 0 for NULL.
type code uint8

func codeOf[E ~string](value E, values []E) code { return code(slices.Index(values, value) + 1) }

func valueOf[E ~string](c code, values []E) (null sql.Null[E]) {
	if c == 0 {
		return null
	}
	return sql.Null[E]{V: values[c-1], Valid: true}
}

// The values of the enums, in order.
var (
	taskStatuses = [...]tasktwin.TaskStatus{
		pending:      tasktwin.TaskStatusPending,
		initializing: tasktwin.TaskStatusInitializing,
		active:       tasktwin.TaskStatusActive,
		paused:       tasktwin.TaskStatusPaused,
		unknown:      tasktwin.TaskStatusUnknown,
		failed:       tasktwin.TaskStatusError,
	}
	transitions     = tasktwin.AllWorkspaceTransitionValues()
	buildReasons    = tasktwin.AllBuildReasonValues()
	jobStatuses     = tasktwin.AllProvisionerJobStatusValues()
	lifecycleStates = tasktwin.AllWorkspaceAgentLifecycleStateValues()
	appHealths      = tasktwin.AllWorkspaceAppHealthValues()
	appStates       = tasktwin.AllWorkspaceAppStatusStateValues()
)

// The indexes of the task statuses in taskStatuses.
const (
	pending = iota
	initializing
	active
	paused
	unknown
	failed
)

// inputs are the values from which a status is derived.
type inputs struct{ transition, job, lifecycle, health code }

// derived is the result of deriving a status.
type derived struct {
	status int
	debug  json.RawMessage
}

// derivedCache has the results for all inputs, each computed at its first use. There are few
// different inputs.
var derivedCache [4][8][10][5]atomic.Pointer[derived]

func (in inputs) derived() *derived {
	at := &derivedCache[in.transition][in.job][in.lifecycle][in.health]
	if d := at.Load(); d != nil {
		return d
	}
	build, agent, app := in.build(), in.agent(), in.app()
	d := &derived{status: build, debug: in.debug(build, agent, app)}
	if d.status == active {
		d.status = agent
	}
	if d.status == active {
		d.status = app
	}
	at.Store(d)
	return d
}

func (in inputs) build() int {
	if in.job == 0 {
		return pending
	}
	start := valueOf(in.transition, transitions).V == tasktwin.WorkspaceTransitionStart
	switch jobStatuses[in.job-1] {
	case tasktwin.ProvisionerJobStatusFailed, tasktwin.ProvisionerJobStatusCanceling, tasktwin.ProvisionerJobStatusCanceled:
		return failed
	case tasktwin.ProvisionerJobStatusSucceeded:
		if !start {
			return paused
		}
		return active
	case tasktwin.ProvisionerJobStatusPending:
		if start {
			return pending
		}
	case tasktwin.ProvisionerJobStatusRunning:
		if start {
			return active
		}
	default:
	}
	return unknown
}

func (in inputs) agent() int {
	if in.lifecycle == 0 {
		return initializing
	}
	switch lifecycleStates[in.lifecycle-1] {
	case tasktwin.WorkspaceAgentLifecycleStateCreated, tasktwin.WorkspaceAgentLifecycleStateStarting:
		return initializing
	case tasktwin.WorkspaceAgentLifecycleStateReady, tasktwin.WorkspaceAgentLifecycleStateStartTimeout,
		tasktwin.WorkspaceAgentLifecycleStateStartError:
		return active
	default:
		return unknown
	}
}

func (in inputs) app() int {
	if in.health == 0 {
		return unknown
	}
	switch appHealths[in.health-1] {
	case tasktwin.WorkspaceAppHealthInitializing:
		return initializing
	case tasktwin.WorkspaceAppHealthUnhealthy:
		return failed
	default:
		return active
	}
}

// debug returns status_debug with its keys in the order of jsonb.
func (in inputs) debug(build, agent, app int) json.RawMessage {
	b := make([]byte, 0, 256)
	b = appendEnum(append(b, `{"app": {"health": `...), in.health, appHealths)
	b = append(append(append(b, `, "computed": "`...), taskStatuses[app]...), `"}, "agent": {"computed": "`...)
	b = append(append(b, taskStatuses[agent]...), `", "lifecycle_state": `...)
	b = append(appendEnum(b, in.lifecycle, lifecycleStates), `}, "build": {"computed": "`...)
	b = append(append(b, taskStatuses[build]...), `", "job_status": `...)
	b = append(appendEnum(b, in.job, jobStatuses), `, "transition": `...)
	return append(appendEnum(b, in.transition, transitions), `}}`...)
}

func appendEnum[E ~string](b []byte, c code, values []E) []byte {
	if c == 0 {
		return append(b, "null"...)
	}
	return append(append(append(b, '"'), values[c-1]...), '"')
}

// arena is memory for copies of the jsonb values of a result. The copies share one
// allocation. Their capacity is limited, so that appending to one does not overwrite the
// next.
type arena struct{ free []byte }

// arenaChunk limits the allocations of an arena, and so the memory that one value of a long
// result keeps alive.
const arenaChunk = 32 << 10

// grow makes room for n bytes. following is the number of bytes that the rest of the result
// needs.
func (a *arena) grow(n, following int) {
	if n > len(a.free) {
		a.free = make([]byte, max(n, min(following, arenaChunk)))
	}
}

func (a *arena) copy(b json.RawMessage) json.RawMessage {
	n := copy(a.free, b)
	out := a.free[:n:n]
	a.free = a.free[n:]
	return out
}
