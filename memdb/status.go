package memdb

import (
	"database/sql"
	"encoding/json"

	"github.com/tasktwin/tasktwin"
)

// withStatus is the view tasks_with_status for one task; it reports false where
// the view has no row.
func (st *state) withStatus(t *task) (tasktwin.TaskWithStatus, bool) {
	if t.DeletedAt.Valid {
		return tasktwin.TaskWithStatus{}, false
	}
	owner := byID[user](st, users, t.OwnerID)
	if owner == nil {
		return tasktwin.TaskWithStatus{}, false
	}
	row := tasktwin.TaskWithStatus{
		ID: t.ID, OrganizationID: t.OrganizationID, OwnerID: t.OwnerID, Name: t.Name, WorkspaceID: t.WorkspaceID,
		TemplateVersionID: t.TemplateVersionID, TemplateParameters: cloneJSON(t.TemplateParameters),
		Prompt: t.Prompt, CreatedAt: t.CreatedAt, DeletedAt: t.DeletedAt, DisplayName: t.DisplayName,
		WorkspaceGroupACL: json.RawMessage("{}"), WorkspaceUserACL: json.RawMessage("{}"),
		OwnerUsername: owner.Username, OwnerName: owner.Name, OwnerAvatarURL: owner.AvatarURL,
	}
	if t.WorkspaceID.Valid {
		if w := byID[work](st, workspaces, t.WorkspaceID.UUID); w != nil {
			row.WorkspaceGroupACL, row.WorkspaceUserACL = cloneJSON(w.GroupACL), cloneJSON(w.UserACL)
		}
	}
	var in inputs
	if b := st.lastBinding(t); b != nil {
		row.WorkspaceBuildNumber = sql.NullInt32{Int32: b.WorkspaceBuildNumber, Valid: true}
		row.WorkspaceAgentID, row.WorkspaceAppID = b.WorkspaceAgentID, b.WorkspaceAppID
		st.gather(t, b, &in)
	}
	row.WorkspaceAgentLifecycleState, row.WorkspaceAppHealth = in.lifecycle, in.health
	row.Status = tasktwin.TaskStatusPending
	build, agent, app := in.build(), in.agent(), in.app()
	if t.WorkspaceID.Valid {
		row.Status = build
		if row.Status == tasktwin.TaskStatusActive {
			row.Status = agent
		}
		if row.Status == tasktwin.TaskStatusActive {
			row.Status = app
		}
	}
	row.StatusDebug = in.debug(build, agent, app)
	return row, true
}

// lastBinding is the task's binding with the highest build number, or nil.
func (st *state) lastBinding(t *task) (last *bind) {
	scanBack(st, taskWorkspaceApps, primaryKey, t.ID, func(b *bind) bool {
		last = b
		return false
	})
	return last
}

// inputs are what a status is derived from.
type inputs struct {
	transition sql.Null[tasktwin.WorkspaceTransition]
	jobStatus  sql.Null[tasktwin.ProvisionerJobStatus]
	lifecycle  sql.Null[tasktwin.WorkspaceAgentLifecycleState]
	health     sql.Null[tasktwin.WorkspaceAppHealth]
}

func some[T any](v T) sql.Null[T] { return sql.Null[T]{V: v, Valid: true} }

func (st *state) gather(t *task, b *bind, in *inputs) {
	if t.WorkspaceID.Valid {
		k := key{a: t.WorkspaceID.UUID, n: int64(b.WorkspaceBuildNumber)}
		if build := get[bld](st, workspaceBuilds, buildsByNumber, k); build != nil {
			in.transition = some(build.Transition)
			if j := byID[job](st, provisionerJobs, build.JobID); j != nil {
				in.jobStatus = some(j.JobStatus)
			}
		}
	}
	if b.WorkspaceAgentID.Valid {
		if a := byID[agt](st, workspaceAgents, b.WorkspaceAgentID.UUID); a != nil {
			in.lifecycle = some(a.LifecycleState)
		}
	}
	if b.WorkspaceAppID.Valid {
		if a := byID[app](st, workspaceApps, b.WorkspaceAppID.UUID); a != nil {
			in.health = some(a.Health)
		}
	}
}

func (in *inputs) build() tasktwin.TaskStatus {
	if !in.jobStatus.Valid {
		return tasktwin.TaskStatusPending
	}
	start := in.transition.V == tasktwin.WorkspaceTransitionStart
	switch in.jobStatus.V {
	case tasktwin.ProvisionerJobStatusFailed, tasktwin.ProvisionerJobStatusCanceling, tasktwin.ProvisionerJobStatusCanceled:
		return tasktwin.TaskStatusError
	case tasktwin.ProvisionerJobStatusSucceeded:
		if !start {
			return tasktwin.TaskStatusPaused
		}
		return tasktwin.TaskStatusActive
	case tasktwin.ProvisionerJobStatusPending:
		if start {
			return tasktwin.TaskStatusPending
		}
	case tasktwin.ProvisionerJobStatusRunning:
		if start {
			return tasktwin.TaskStatusActive
		}
	default:
	}
	return tasktwin.TaskStatusUnknown
}

func (in *inputs) agent() tasktwin.TaskStatus {
	if !in.lifecycle.Valid {
		return tasktwin.TaskStatusInitializing
	}
	switch in.lifecycle.V {
	case tasktwin.WorkspaceAgentLifecycleStateCreated, tasktwin.WorkspaceAgentLifecycleStateStarting:
		return tasktwin.TaskStatusInitializing
	case tasktwin.WorkspaceAgentLifecycleStateReady, tasktwin.WorkspaceAgentLifecycleStateStartTimeout,
		tasktwin.WorkspaceAgentLifecycleStateStartError:
		return tasktwin.TaskStatusActive
	default:
		return tasktwin.TaskStatusUnknown
	}
}

func (in *inputs) app() tasktwin.TaskStatus {
	if !in.health.Valid {
		return tasktwin.TaskStatusUnknown
	}
	switch in.health.V {
	case tasktwin.WorkspaceAppHealthInitializing:
		return tasktwin.TaskStatusInitializing
	case tasktwin.WorkspaceAppHealthUnhealthy:
		return tasktwin.TaskStatusError
	default:
		return tasktwin.TaskStatusActive
	}
}

// debug is status_debug, with its keys where jsonb puts them.
func (in *inputs) debug(build, agent, app tasktwin.TaskStatus) json.RawMessage {
	b := make([]byte, 0, 256)
	b = appendEnum(append(b, `{"app": {"health": `...), in.health)
	b = append(append(append(b, `, "computed": "`...), app...), `"}, "agent": {"computed": "`...)
	b = append(append(b, agent...), `", "lifecycle_state": `...)
	b = append(appendEnum(b, in.lifecycle), `}, "build": {"computed": "`...)
	b = append(append(b, build...), `", "job_status": `...)
	b = append(appendEnum(b, in.jobStatus), `, "transition": `...)
	return append(appendEnum(b, in.transition), `}}`...)
}

func appendEnum[E ~string](b []byte, e sql.Null[E]) []byte {
	if !e.Valid {
		return append(b, "null"...)
	}
	return append(append(append(b, '"'), e.V...), '"')
}
