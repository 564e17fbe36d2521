package report

import (
	"database/sql"
	"encoding/binary"
	"encoding/json"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/tasktwin/tasktwin"
	"github.com/tasktwin/tasktwin/memdb"
)

// t0 is the start of the tests' data.
var t0 = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

// world builds the rows of a test. Times are offsets from t0.
type world struct {
	rows   tasktwin.Dump
	ids    uint64
	owners map[string]uuid.UUID
}

func newWorld() *world {
	w := &world{owners: map[string]uuid.UUID{}}
	w.rows.Organizations = []tasktwin.Organization{{ID: w.id(), Name: "org", CreatedAt: t0, UpdatedAt: t0}}
	author := w.owner("author")
	template, version := w.id(), w.id()
	w.rows.Templates = []tasktwin.Template{{
		ID: template, CreatedAt: t0, UpdatedAt: t0, OrganizationID: w.org(), Name: "template", ActiveVersionID: version, CreatedBy: author,
	}}
	w.rows.TemplateVersions = []tasktwin.TemplateVersion{{
		ID: version, TemplateID: nullUUID(template), OrganizationID: w.org(), CreatedAt: t0, UpdatedAt: t0, Name: "v1", CreatedBy: author,
	}}
	return w
}

func nullUUID(id uuid.UUID) uuid.NullUUID { return uuid.NullUUID{UUID: id, Valid: true} }

func (w *world) id() uuid.UUID {
	w.ids++
	var id uuid.UUID
	binary.BigEndian.PutUint64(id[8:], w.ids)
	return id
}

func (w *world) org() uuid.UUID { return w.rows.Organizations[0].ID }

// owner returns the user with that name, and adds it on the first call.
func (w *world) owner(name string) uuid.UUID {
	id, known := w.owners[name]
	if !known {
		id = w.id()
		w.owners[name] = id
		w.rows.Users = append(w.rows.Users, tasktwin.User{ID: id, Username: "user-" + id.String(), Name: name, CreatedAt: t0, UpdatedAt: t0})
	}
	return id
}

// testTask is a task and its workspace, whose rows are added step by step.
type testTask struct {
	*world
	id, workspace, agent, app uuid.UUID
	number                    int32
}

func (w *world) task(name, owner string, at time.Duration) *testTask {
	t := &testTask{world: w, id: w.id(), workspace: w.id()}
	w.rows.Workspaces = append(w.rows.Workspaces, tasktwin.Workspace{
		ID: t.workspace, CreatedAt: t0.Add(at), UpdatedAt: t0.Add(at),
		OwnerID: w.owner(owner), OrganizationID: w.org(), TemplateID: w.rows.Templates[0].ID,
		Name: "ws-" + t.workspace.String(), GroupACL: json.RawMessage(`{}`), UserACL: json.RawMessage(`{}`),
	})
	w.rows.Tasks = append(w.rows.Tasks, tasktwin.Task{
		ID: t.id, OrganizationID: w.org(), OwnerID: w.owner(owner),
		Name: "task-" + t.id.String(), DisplayName: name, WorkspaceID: nullUUID(t.workspace),
		TemplateVersionID: w.rows.TemplateVersions[0].ID, TemplateParameters: json.RawMessage(`{}`), Prompt: "Do " + name, CreatedAt: t0.Add(at),
	})
	return t
}

func (t *testTask) row() *tasktwin.Task {
	for i := range t.rows.Tasks {
		if t.rows.Tasks[i].ID == t.id {
			return &t.rows.Tasks[i]
		}
	}
	return nil
}

// build adds the next build. If end is not nil, it ends the build's job.
func (t *testTask) build(
	at time.Duration, transition tasktwin.WorkspaceTransition, reason tasktwin.BuildReason, end func(*tasktwin.ProvisionerJob),
) {
	t.number++
	when, job := t0.Add(at), tasktwin.ProvisionerJob{ID: t.world.id(), OrganizationID: t.org(), InitiatorID: t.owner("author")}
	job.CreatedAt, job.UpdatedAt, job.StartedAt = when, when, sql.NullTime{Time: when, Valid: true}
	if end != nil {
		end(&job)
	}
	t.rows.ProvisionerJobs = append(t.rows.ProvisionerJobs, job)
	t.rows.WorkspaceBuilds = append(t.rows.WorkspaceBuilds, tasktwin.WorkspaceBuild{
		ID: t.world.id(), CreatedAt: when, UpdatedAt: when, WorkspaceID: t.workspace, TemplateVersionID: t.rows.TemplateVersions[0].ID,
		BuildNumber: t.number, Transition: transition, InitiatorID: t.owner("author"), JobID: job.ID, Reason: reason,
	})
	if transition == tasktwin.WorkspaceTransitionStart {
		t.agent, t.app = t.world.id(), t.world.id()
		t.rows.WorkspaceAgents = append(t.rows.WorkspaceAgents, tasktwin.WorkspaceAgent{
			ID: t.agent, CreatedAt: when, UpdatedAt: when, Name: "main", LifecycleState: tasktwin.WorkspaceAgentLifecycleStateReady,
		})
		t.rows.WorkspaceApps = append(t.rows.WorkspaceApps, tasktwin.WorkspaceApp{
			ID: t.app, CreatedAt: when, AgentID: t.agent, DisplayName: "Agent", Slug: "agent", Health: tasktwin.WorkspaceAppHealthHealthy,
		})
	}
	t.bind()
}

// bind binds the task to its app, under the latest build's number.
func (t *testTask) bind() {
	if t.app == uuid.Nil {
		return
	}
	t.rows.TaskWorkspaceApps = append(t.rows.TaskWorkspaceApps, tasktwin.TaskWorkspaceApp{
		TaskID: t.id, WorkspaceAgentID: nullUUID(t.agent), WorkspaceAppID: nullUUID(t.app), WorkspaceBuildNumber: t.number,
	})
}

func done(at time.Duration) func(*tasktwin.ProvisionerJob) {
	return func(j *tasktwin.ProvisionerJob) { j.CompletedAt = sql.NullTime{Time: t0.Add(at), Valid: true} }
}

func failedWith(at time.Duration, text string) func(*tasktwin.ProvisionerJob) {
	return func(j *tasktwin.ProvisionerJob) {
		j.CompletedAt, j.Error = sql.NullTime{Time: t0.Add(at), Valid: true}, sql.NullString{String: text, Valid: true}
	}
}

func canceled(at time.Duration) func(*tasktwin.ProvisionerJob) {
	return func(j *tasktwin.ProvisionerJob) {
		j.CompletedAt = sql.NullTime{Time: t0.Add(at), Valid: true}
		j.CanceledAt = j.CompletedAt
	}
}

// start adds a start build whose job ends at once.
func (t *testTask) start(at time.Duration) {
	reason := tasktwin.BuildReasonTaskResume
	if t.number == 0 {
		reason = tasktwin.BuildReasonInitiator
	}
	t.build(at, tasktwin.WorkspaceTransitionStart, reason, done(at))
}

func (t *testTask) stop(at time.Duration) {
	t.build(at, tasktwin.WorkspaceTransitionStop, tasktwin.BuildReasonTaskAutoPause, done(at))
}

func (t *testTask) delete(at time.Duration) {
	t.build(at, tasktwin.WorkspaceTransitionDelete, tasktwin.BuildReasonAutodelete, done(at))
}

func (t *testTask) addStatus(at time.Duration, state tasktwin.WorkspaceAppStatusState, message string) {
	t.rows.WorkspaceAppStatuses = append(t.rows.WorkspaceAppStatuses, tasktwin.WorkspaceAppStatus{
		ID: t.world.id(), CreatedAt: t0.Add(at), AgentID: t.agent, AppID: t.app, WorkspaceID: t.workspace, State: state, Message: message,
	})
}

func (t *testTask) works(at time.Duration) {
	t.addStatus(at, tasktwin.WorkspaceAppStatusStateWorking, "")
}

func (t *testTask) idles(at time.Duration) { t.addStatus(at, tasktwin.WorkspaceAppStatusStateIdle, "") }

func (t *testTask) completes(at time.Duration) {
	t.addStatus(at, tasktwin.WorkspaceAppStatusStateComplete, "")
}

func (t *testTask) fails(at time.Duration) {
	t.addStatus(at, tasktwin.WorkspaceAppStatusStateFailure, "")
}

// store returns a memdb with the rows.
func (w *world) store(t testing.TB) *memdb.DB {
	t.Helper()
	db := memdb.New(memdb.Options{})
	t.Cleanup(func() { require.NoError(t, db.Close()) })
	require.NoError(t, db.Load(t.Context(), &w.rows))
	return db
}
