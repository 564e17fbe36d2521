package replay

import (
	"context"
	"database/sql"
	"encoding/json"
	"strconv"
	"time"

	"github.com/google/uuid"

	"github.com/tasktwin/tasktwin"
)

// namespace is the namespace of all ids: the same log produces the same rows in
// every store.
var namespace = uuid.MustParse("6f0d3c1e-5a63-5b8e-9c0d-7461736b7477")

func newID(kind, name string, n int) uuid.UUID {
	var buf [128]byte // enough for most names
	key := append(append(buf[:0], kind...), 0)
	key = append(append(key, name...), 0)
	return uuid.NewSHA1(namespace, strconv.AppendInt(key, int64(n), 10))
}

// OrganizationID is the organization of all replayed tasks.
var OrganizationID = newID("organization", "", 0)

// maxDisplayName is the length of a task's display_name column, in characters.
const maxDisplayName = 127

// world writes the rows that a platform would write.
type world struct {
	ctx      context.Context
	store    tasktwin.Store
	users    map[string]uuid.UUID
	template uuid.UUID
	version  uuid.UUID
}

// newWorld inserts the rows that all tasks share.
func newWorld(ctx context.Context, store tasktwin.Store, at time.Time) (*world, error) {
	w := &world{
		ctx: ctx, store: store, users: map[string]uuid.UUID{},
		template: newID("template", "", 0), version: newID("version", "", 0),
	}
	if _, err := store.InsertOrganization(ctx, tasktwin.InsertOrganizationParams{
		ID: OrganizationID, Name: "replay", DisplayName: "Replayed event log", CreatedAt: at, UpdatedAt: at,
	}); err != nil {
		return nil, err
	}
	user := newID("template author", "", 0)
	if _, err := store.InsertUser(ctx, tasktwin.InsertUserParams{ID: user, Username: "replay", CreatedAt: at, UpdatedAt: at}); err != nil {
		return nil, err
	}
	if _, err := store.InsertTemplate(ctx, tasktwin.InsertTemplateParams{
		ID: w.template, CreatedAt: at, UpdatedAt: at, OrganizationID: OrganizationID, Name: "replay", ActiveVersionID: w.version, CreatedBy: user,
	}); err != nil {
		return nil, err
	}
	_, err := store.InsertTemplateVersion(ctx, tasktwin.InsertTemplateVersionParams{
		ID: w.version, TemplateID: nullUUID(w.template), OrganizationID: OrganizationID, CreatedAt: at, UpdatedAt: at,
		Name: "v1", CreatedBy: user,
	})
	return w, err
}

func nullUUID(id uuid.UUID) uuid.NullUUID { return uuid.NullUUID{UUID: id, Valid: true} }

// user returns the user of an actor, and inserts it on the first call. Actors
// whose names differ only in case are different users, but usernames must differ
// in more than case, so they are made from ids.
func (w *world) user(actor string, at time.Time) (uuid.UUID, error) {
	if id, found := w.users[actor]; found {
		return id, nil
	}
	id := newID("user", actor, 0)
	_, err := w.store.InsertUser(w.ctx, tasktwin.InsertUserParams{
		ID: id, Username: "actor-" + id.String(), Name: actor, CreatedAt: at, UpdatedAt: at,
	})
	w.users[actor] = id
	return id, err
}

// machine is a task with its workspace and the ids of its latest build, agent and
// app.
type machine struct {
	name     string
	owner    uuid.UUID
	task     uuid.UUID
	ws       uuid.UUID
	agent    uuid.UUID
	app      uuid.UUID
	build    int32
	statuses int // number of statuses reported
}

// create inserts the task and the workspace of a case. The caller then calls
// start.
func (w *world) create(row Row) (*machine, error) {
	owner, err := w.user(row.Actor, row.Start)
	if err != nil {
		return nil, err
	}
	m := &machine{name: row.Case, owner: owner, task: newID("task", row.Case, 0), ws: newID("workspace", row.Case, 0)}
	slug := "case-" + m.task.String()
	if _, err := w.store.InsertWorkspace(w.ctx, tasktwin.InsertWorkspaceParams{
		ID: m.ws, CreatedAt: row.Start, UpdatedAt: row.Start, OwnerID: owner, OrganizationID: OrganizationID, TemplateID: w.template,
		Name: slug, GroupACL: json.RawMessage(`{}`), UserACL: json.RawMessage(`{}`),
	}); err != nil {
		return nil, err
	}
	display := []rune(row.Case)
	if len(display) > maxDisplayName {
		display = append(display[:maxDisplayName-1], '…')
	}
	_, err = w.store.InsertTask(w.ctx, tasktwin.InsertTaskParams{
		ID: m.task, OrganizationID: OrganizationID, OwnerID: owner, Name: slug, DisplayName: string(display), WorkspaceID: nullUUID(m.ws),
		TemplateVersionID: w.version, TemplateParameters: json.RawMessage(`{}`), Prompt: row.Activity, CreatedAt: row.Start,
	})
	return m, err
}

// start inserts a start build with a new agent and app, and updates the states of
// its job, agent and app until they are ready.
func (w *world) start(m *machine, at time.Time, reason tasktwin.BuildReason) error {
	job, err := w.insertBuild(m, at, tasktwin.WorkspaceTransitionStart, reason)
	if err != nil {
		return err
	}
	m.agent, m.app = newID("agent", m.name, int(m.build)), newID("app", m.name, int(m.build))
	if _, err := w.store.InsertWorkspaceAgent(w.ctx, tasktwin.InsertWorkspaceAgentParams{
		ID: m.agent, CreatedAt: at, UpdatedAt: at, Name: "main", LifecycleState: tasktwin.WorkspaceAgentLifecycleStateCreated,
	}); err != nil {
		return err
	}
	if _, err := w.store.InsertWorkspaceApp(w.ctx, tasktwin.InsertWorkspaceAppParams{
		ID: m.app, CreatedAt: at, AgentID: m.agent, DisplayName: "Agent", Slug: "agent", Health: tasktwin.WorkspaceAppHealthInitializing,
	}); err != nil {
		return err
	}
	if err := w.bind(m); err != nil {
		return err
	}
	if err := w.finish(job, at); err != nil {
		return err
	}
	if err := w.agentStates(m, at, tasktwin.WorkspaceAgentLifecycleStateStarting, tasktwin.WorkspaceAgentLifecycleStateReady); err != nil {
		return err
	}
	_, err = w.store.UpdateWorkspaceAppHealthByID(w.ctx, tasktwin.UpdateWorkspaceAppHealthByIDParams{
		ID: m.app, Health: tasktwin.WorkspaceAppHealthHealthy,
	})
	return err
}

// stop inserts a stop build, bound to the app that it stops.
func (w *world) stop(m *machine, at time.Time, reason tasktwin.BuildReason) error {
	job, err := w.insertBuild(m, at, tasktwin.WorkspaceTransitionStop, reason)
	if err != nil {
		return err
	}
	if err := w.bind(m); err != nil {
		return err
	}
	if err := w.agentStates(m, at, tasktwin.WorkspaceAgentLifecycleStateShuttingDown, tasktwin.WorkspaceAgentLifecycleStateOff); err != nil {
		return err
	}
	return w.finish(job, at)
}

// insertBuild inserts the next build with a pending job, and returns the id of
// the job.
func (w *world) insertBuild(
	m *machine, at time.Time, transition tasktwin.WorkspaceTransition, reason tasktwin.BuildReason,
) (uuid.UUID, error) {
	m.build++
	job := newID("job", m.name, int(m.build))
	if _, err := w.store.InsertProvisionerJob(w.ctx, tasktwin.InsertProvisionerJobParams{
		ID: job, CreatedAt: at, UpdatedAt: at, OrganizationID: OrganizationID, InitiatorID: m.owner,
	}); err != nil {
		return job, err
	}
	_, err := w.store.InsertWorkspaceBuild(w.ctx, tasktwin.InsertWorkspaceBuildParams{
		ID: newID("build", m.name, int(m.build)), CreatedAt: at, UpdatedAt: at, WorkspaceID: m.ws, TemplateVersionID: w.version,
		BuildNumber: m.build, Transition: transition, InitiatorID: m.owner, JobID: job, Reason: reason,
	})
	return job, err
}

// finish moves a job from pending through running to succeeded.
func (w *world) finish(job uuid.UUID, at time.Time) error {
	update := tasktwin.UpdateProvisionerJobByIDParams{ID: job, StartedAt: sql.NullTime{Time: at, Valid: true}, UpdatedAt: at}
	if _, err := w.store.UpdateProvisionerJobByID(w.ctx, update); err != nil {
		return err
	}
	update.CompletedAt = update.StartedAt
	_, err := w.store.UpdateProvisionerJobByID(w.ctx, update)
	return err
}

func (w *world) bind(m *machine) error {
	_, err := w.store.UpsertTaskWorkspaceApp(w.ctx, tasktwin.UpsertTaskWorkspaceAppParams{
		TaskID: m.task, WorkspaceBuildNumber: m.build, WorkspaceAgentID: nullUUID(m.agent), WorkspaceAppID: nullUUID(m.app),
	})
	return err
}

func (w *world) agentStates(m *machine, at time.Time, states ...tasktwin.WorkspaceAgentLifecycleState) error {
	for _, state := range states {
		if _, err := w.store.UpdateWorkspaceAgentLifecycleStateByID(w.ctx, tasktwin.UpdateWorkspaceAgentLifecycleStateByIDParams{
			ID: m.agent, LifecycleState: state, UpdatedAt: at,
		}); err != nil {
			return err
		}
	}
	return nil
}

// reportStatus inserts a status of the running app, or of the one that ran last.
func (w *world) reportStatus(m *machine, at time.Time, state tasktwin.WorkspaceAppStatusState, message string) error {
	m.statuses++
	_, err := w.store.InsertWorkspaceAppStatus(w.ctx, tasktwin.InsertWorkspaceAppStatusParams{
		ID: newID("status", m.name, m.statuses), CreatedAt: at, AgentID: m.agent, AppID: m.app, WorkspaceID: m.ws, State: state, Message: message,
	})
	return err
}
