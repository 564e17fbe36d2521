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
	n := uint64(t.builds)
	t.job = t.source.id(kindJob, n)
	now := at.time()
	if _, err := r.store.InsertProvisionerJob(r.ctx, tasktwin.InsertProvisionerJobParams{
		ID: t.job, CreatedAt: now, UpdatedAt: now, OrganizationID: r.world.OrganizationID(), InitiatorID: t.user.id,
	}); err != nil {
		return err
	}
	if _, err := r.store.InsertWorkspaceBuild(r.ctx, tasktwin.InsertWorkspaceBuildParams{
		ID: t.source.id(kindBuild, n), CreatedAt: now, UpdatedAt: now, WorkspaceID: t.workspace,
		TemplateVersionID: r.world.root.id(kindVersion, 0),
		BuildNumber:       t.builds, Transition: t.transition, InitiatorID: t.user.id, JobID: t.job, Reason: t.reason,
	}); err != nil {
		return err
	}
	return r.bind(t, t.transition != tasktwin.WorkspaceTransitionStart)
}

// bind inserts or replaces the task's binding for the latest build number.
func (r *run) bind(t *task, running bool) error {
	arg := tasktwin.UpsertTaskWorkspaceAppParams{TaskID: t.id, WorkspaceBuildNumber: t.builds}
	if running {
		arg.WorkspaceAgentID, arg.WorkspaceAppID = t.binding()
	}
	_, err := r.store.UpsertTaskWorkspaceApp(r.ctx, arg)
	return err
}

// updateJob updates the latest build's job. If completed is zero, the job is running, else
// it has succeeded or failed.
func (r *run) updateJob(t *task, at, completed simTime, failed bool) error {
	arg := tasktwin.UpdateProvisionerJobByIDParams{
		ID: t.job, UpdatedAt: at.time(), StartedAt: sql.NullTime{Time: t.jobStarted.time(), Valid: true},
	}
	if completed != 0 {
		arg.CompletedAt = sql.NullTime{Time: completed.time(), Valid: true}
	}
	if failed {
		arg.Error = sql.NullString{String: "provisioner: terraform apply: exit status 1", Valid: true}
	}
	_, err := r.store.UpdateProvisionerJobByID(r.ctx, arg)
	return err
}

// insertAgent inserts the agent and the app of a successful start build.
func (r *run) insertAgent(t *task, at simTime) error {
	n := uint64(t.builds)
	t.agentOff = false
	t.agent, t.app = t.source.id(kindAgent, n), t.source.id(kindApp, n)
	now := at.time()
	if _, err := r.store.InsertWorkspaceAgent(r.ctx, tasktwin.InsertWorkspaceAgentParams{
		ID: t.agent, CreatedAt: now, UpdatedAt: now, Name: "main", LifecycleState: tasktwin.WorkspaceAgentLifecycleStateCreated,
	}); err != nil {
		return err
	}
	if _, err := r.store.InsertWorkspaceApp(r.ctx, tasktwin.InsertWorkspaceAppParams{
		ID: t.app, CreatedAt: now, AgentID: t.agent, DisplayName: "Agent", Slug: "agent", Health: tasktwin.WorkspaceAppHealthInitializing,
	}); err != nil {
		return err
	}
	if err := r.bind(t, true); err != nil {
		return err
	}
	return r.updateAgent(t, at, tasktwin.WorkspaceAgentLifecycleStateStarting)
}

func (r *run) updateAgent(t *task, at simTime, state tasktwin.WorkspaceAgentLifecycleState) error {
	_, err := r.store.UpdateWorkspaceAgentLifecycleStateByID(r.ctx, tasktwin.UpdateWorkspaceAgentLifecycleStateByIDParams{
		ID: t.agent, LifecycleState: state, UpdatedAt: at.time(),
	})
	return err
}

func (r *run) updateHealth(t *task, health tasktwin.WorkspaceAppHealth) error {
	_, err := r.store.UpdateWorkspaceAppHealthByID(r.ctx, tasktwin.UpdateWorkspaceAppHealthByIDParams{ID: t.app, Health: health})
	return err
}

// reportStatus inserts a status of the task's app.
func (r *run) reportStatus(t *task, at simTime, state tasktwin.WorkspaceAppStatusState, message string) error {
	t.statuses++
	// A status at the instant of a build is one from before it.
	if t.phase == building && at > t.buildSince {
		r.ledger.endBuilding(t, at)
	}
	_, err := r.store.InsertWorkspaceAppStatus(r.ctx, tasktwin.InsertWorkspaceAppStatusParams{
		ID: t.source.id(kindStatus, t.statuses), CreatedAt: at.time(), AgentID: t.agent, AppID: t.app,
		WorkspaceID: t.workspace, State: state, Message: message,
	})
	return err
}

func (r *run) deleteTask(t *task, at simTime) error {
	_, err := r.store.DeleteTask(r.ctx, tasktwin.DeleteTaskParams{ID: t.id, DeletedAt: at.time()})
	return err
}
