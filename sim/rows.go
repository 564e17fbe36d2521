package sim

import (
	"database/sql"
	"encoding/json"
	"fmt"

	"github.com/tasktwin/tasktwin"
)

// emptyObject is an empty JSON object.
var emptyObject = json.RawMessage(`{}`)

// The messages of agents and the prompts of users. They are made up.
var (
	messages = [...]string{
		"Reading the code and its tests", "Running the test suite", "Editing files as planned", "Looking into a failing test",
		"Searching for callers of a function", "Writing a test for the change", "Refactoring the parser", "Checking the linter's complaints",
	}
	prompts = [...]string{
		"Fix the flaky test in the scheduler", "Add pagination to the list endpoint", "Upgrade the driver and mend what breaks",
		"Write documentation for the client", "Find out why startup takes so long", "Port the report to the new format",
	}
)

// insertTask inserts a task, then its workspace, and links them, as a platform does.
func (r *run) insertTask(t *task, prompt string) error {
	return r.write(t, t.created, func() error {
		r.meter.track(t.id)
		at := t.created.time()
		organization := r.world.OrganizationID()
		slug := fmt.Sprintf("task-%d", t.rank&(1<<32-1))
		if _, err := r.store.InsertTask(r.ctx, tasktwin.InsertTaskParams{
			ID: t.id, OrganizationID: organization, OwnerID: t.user.id, Name: slug, DisplayName: t.name,
			TemplateVersionID: r.world.root.id(kindVersion, 0), TemplateParameters: emptyObject, Prompt: prompt, CreatedAt: at,
		}); err != nil {
			return err
		}
		if _, err := r.store.InsertWorkspace(r.ctx, tasktwin.InsertWorkspaceParams{
			ID: t.workspace, CreatedAt: at, UpdatedAt: at, OwnerID: t.user.id, OrganizationID: organization,
			TemplateID: r.world.root.id(kindTemplate, 0), Name: slug, GroupACL: emptyObject, UserACL: emptyObject,
		}); err != nil {
			return err
		}
		_, err := r.store.UpdateTaskWorkspaceID(r.ctx, tasktwin.UpdateTaskWorkspaceIDParams{ID: t.id, WorkspaceID: nullUUID(t.workspace)})
		return err
	})
}

// maxDisplayName is the length of a task's display_name column, in characters.
const maxDisplayName = 127

func displayName(name string) string {
	runes := []rune(name)
	if len(runes) <= maxDisplayName {
		return name
	}
	return string(append(runes[:maxDisplayName-1], '…'))
}

// insertBuild inserts a build with a pending job, and binds the task to the running agent
// and app. For a start build the binding has neither until the build succeeds.
func (r *run) insertBuild(t *task, at simTime) error {
	build, agent, transition, reason := t.builds, t.agentBuild, t.transition, t.reason
	if transition == tasktwin.WorkspaceTransitionStart {
		agent = 0
	}
	return r.write(t, at, func() error {
		job, now := t.jobID(build), at.time()
		if _, err := r.store.InsertProvisionerJob(r.ctx, tasktwin.InsertProvisionerJobParams{
			ID: job, CreatedAt: now, UpdatedAt: now, OrganizationID: r.world.OrganizationID(), InitiatorID: t.user.id,
		}); err != nil {
			return err
		}
		if _, err := r.store.InsertWorkspaceBuild(r.ctx, tasktwin.InsertWorkspaceBuildParams{
			ID: t.source.id(kindBuild, uint64(build)), CreatedAt: now, UpdatedAt: now, WorkspaceID: t.workspace,
			TemplateVersionID: r.world.root.id(kindVersion, 0),
			BuildNumber:       build, Transition: transition, InitiatorID: t.user.id, JobID: job, Reason: reason,
		}); err != nil {
			return err
		}
		return r.bind(t, build, agent)
	})
}

// bind inserts or replaces the task's binding for a build. agent is the number of the build
// that has started the agent, or 0.
func (r *run) bind(t *task, build, agent int32) error {
	arg := tasktwin.UpsertTaskWorkspaceAppParams{TaskID: t.id, WorkspaceBuildNumber: build}
	if agent != 0 {
		arg.WorkspaceAgentID, arg.WorkspaceAppID = nullUUID(t.agentID(agent)), nullUUID(t.appID(agent))
	}
	_, err := r.store.UpsertTaskWorkspaceApp(r.ctx, arg)
	return err
}

// updateJob updates the latest build's job. If completed is zero, the job is running, else
// it has succeeded or failed.
func (r *run) updateJob(t *task, at, completed simTime, failed bool) error {
	build, started := t.builds, t.jobStarted
	return r.write(t, at, func() error {
		arg := tasktwin.UpdateProvisionerJobByIDParams{
			ID: t.jobID(build), UpdatedAt: at.time(), StartedAt: sql.NullTime{Time: started.time(), Valid: true},
		}
		if completed != 0 {
			arg.CompletedAt = sql.NullTime{Time: completed.time(), Valid: true}
		}
		if failed {
			arg.Error = sql.NullString{String: "provisioner: terraform apply: exit status 1", Valid: true}
		}
		_, err := r.store.UpdateProvisionerJobByID(r.ctx, arg)
		return err
	})
}

// insertAgent inserts the agent and the app of a successful start build.
func (r *run) insertAgent(t *task, at simTime) error {
	build := t.builds
	t.agentOff, t.agentBuild = false, build
	if err := r.write(t, at, func() error {
		agent, app, now := t.agentID(build), t.appID(build), at.time()
		if _, err := r.store.InsertWorkspaceAgent(r.ctx, tasktwin.InsertWorkspaceAgentParams{
			ID: agent, CreatedAt: now, UpdatedAt: now, Name: "main", LifecycleState: tasktwin.WorkspaceAgentLifecycleStateCreated,
		}); err != nil {
			return err
		}
		if _, err := r.store.InsertWorkspaceApp(r.ctx, tasktwin.InsertWorkspaceAppParams{
			ID: app, CreatedAt: now, AgentID: agent, DisplayName: "Agent", Slug: "agent", Health: tasktwin.WorkspaceAppHealthInitializing,
		}); err != nil {
			return err
		}
		return r.bind(t, build, build)
	}); err != nil {
		return err
	}
	return r.updateAgent(t, at, tasktwin.WorkspaceAgentLifecycleStateStarting)
}

func (r *run) updateAgent(t *task, at simTime, state tasktwin.WorkspaceAgentLifecycleState) error {
	agent := t.agentBuild
	return r.write(t, at, func() error {
		_, err := r.store.UpdateWorkspaceAgentLifecycleStateByID(r.ctx, tasktwin.UpdateWorkspaceAgentLifecycleStateByIDParams{
			ID: t.agentID(agent), LifecycleState: state, UpdatedAt: at.time(),
		})
		return err
	})
}

func (r *run) updateHealth(t *task, at simTime, health tasktwin.WorkspaceAppHealth) error {
	agent := t.agentBuild
	return r.write(t, at, func() error {
		_, err := r.store.UpdateWorkspaceAppHealthByID(r.ctx, tasktwin.UpdateWorkspaceAppHealthByIDParams{ID: t.appID(agent), Health: health})
		return err
	})
}

func (r *run) deleteTask(t *task, at simTime) error {
	return r.write(t, at, func() error {
		_, err := r.store.DeleteTask(r.ctx, tasktwin.DeleteTaskParams{ID: t.id, DeletedAt: at.time()})
		return err
	})
}
