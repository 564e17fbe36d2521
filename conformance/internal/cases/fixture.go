package cases

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"

	"github.com/tasktwin/tasktwin"
	"github.com/tasktwin/tasktwin/conformance/internal/lockstep"
	"github.com/tasktwin/tasktwin/conformance/internal/program"
	"github.com/tasktwin/tasktwin/conformance/internal/stores"
)

// Fixture is a case's store, with methods that insert rows. Ids and times are the
// same in each run: the n-th row has id n.
type Fixture struct {
	tasktwin.Store
	t   TB
	ctx context.Context
	n   *uint64

	org      tasktwin.Organization
	user     tasktwin.User
	template tasktwin.Template
	version  tasktwin.TemplateVersion
}

// NewFixture returns a fixture on a store.
func NewFixture(t TB, s tasktwin.Store) *Fixture {
	return &Fixture{Store: s, t: t, ctx: t.Context(), n: new(uint64)}
}

// on returns the fixture on another store, such as a transaction.
func (f *Fixture) on(s tasktwin.Store) *Fixture {
	g := *f
	g.Store = s
	return &g
}

// call runs an operation.
func (f *Fixture) call(op program.Op) error {
	_, err := stores.Call(f.ctx, f.Store, op)
	return err
}

func id(n uint64) uuid.UUID { return program.ID(n) }

func (f *Fixture) next() uuid.UUID {
	*f.n++
	return id(*f.n)
}

var absent = program.Absent

// at returns a time, minutes after the epoch of all rows.
func at(minutes float64) time.Time {
	return program.Epoch.Add(time.Duration(minutes * float64(time.Minute)))
}

func nullUUID(u uuid.UUID) uuid.NullUUID { return program.Null(u) }
func nullTime(t time.Time) sql.NullTime  { return sql.NullTime{Time: t, Valid: true} }
func nullOf[E any](e E) sql.Null[E]      { return sql.Null[E]{V: e, Valid: true} }
func must[T any](t TB) func(T, error) T {
	return func(v T, err error) T {
		t.Helper()
		if err != nil {
			t.Fatalf("unexpected error: %v", err)
		}
		return v
	}
}

// equal asserts that two answers are identical, as [lockstep.Compare] sees them.
func equal(t TB, what string, got, want any) {
	t.Helper()
	if diff := stores.Compare(want, got); diff != "" {
		t.Errorf("%s: want (-), got (+):\n%s", what, diff)
	}
}

// fails asserts an error's SQLSTATE, table, column and constraint, and its detail
// if want has one.
func fails(t TB, what string, err error, want lockstep.ErrorFacts) {
	t.Helper()
	got := stores.Describe(err)
	if want.Detail == "" {
		got.Detail = ""
	}
	if got == want {
		return
	}
	if facts, ok := t.(FactsTB); ok {
		facts.Differs(what, want, got)
		return
	}
	t.Errorf("%s: got %s, want %s", what, got, want)
}

// succeeds asserts that there is no error.
func succeeds(t TB, what string, err error) {
	t.Helper()
	if facts, ok := t.(FactsTB); ok && err != nil {
		facts.Differs(what, stores.Describe(nil), stores.Describe(err))
		return
	}
	equal(t, what, stores.Describe(err), stores.Describe(nil))
}

// failure describes an error of PostgreSQL.
func failure(code tasktwin.SQLState, table, column, constraint string) lockstep.ErrorFacts {
	return lockstep.ErrorFacts{Kind: "failure", Code: string(code), Table: table, Column: column, Constraint: constraint}
}

// sqlState describes an error of PostgreSQL that names no table.
func sqlState(code tasktwin.SQLState) lockstep.ErrorFacts { return failure(code, "", "", "") }

// invalidText describes the error of a value that is not of its type, such as an
// unknown value of an enum.
var invalidText = sqlState(tasktwin.InvalidTextRepresentation)

func uniqueViolation(table, constraint string) lockstep.ErrorFacts {
	return failure(tasktwin.UniqueViolation, table, "", constraint)
}

func foreignKeyViolation(table, constraint string) lockstep.ErrorFacts {
	return failure(tasktwin.ForeignKeyViolation, table, "", constraint)
}

func checkViolation(table, constraint string) lockstep.ErrorFacts {
	return failure(tasktwin.CheckViolation, table, "", constraint)
}

func notNullViolation(table, column string) lockstep.ErrorFacts {
	return failure(tasktwin.NotNullViolation, table, column, "")
}

// noRows asserts that an error is sql.ErrNoRows.
func noRows(t TB, what string, err error) {
	t.Helper()
	if !errors.Is(err, sql.ErrNoRows) {
		t.Errorf("%s: got %v, want sql.ErrNoRows", what, err)
	}
}

// base inserts an organization, a user, a template and a version of it.
func (f *Fixture) base() {
	f.t.Helper()
	f.org = must[tasktwin.Organization](f.t)(f.InsertOrganization(f.ctx, f.newOrg("acme")))
	f.user = must[tasktwin.User](f.t)(f.InsertUser(f.ctx, f.newUser("ada")))
	f.template = must[tasktwin.Template](f.t)(f.InsertTemplate(f.ctx, f.newTemplate("go")))
	f.version = must[tasktwin.TemplateVersion](f.t)(f.InsertTemplateVersion(f.ctx, f.newVersion("v1")))
}

func (f *Fixture) newOrg(name string) tasktwin.InsertOrganizationParams {
	return tasktwin.InsertOrganizationParams{ID: f.next(), Name: name, DisplayName: "The " + name, CreatedAt: at(0), UpdatedAt: at(1)}
}

func (f *Fixture) newUser(name string) tasktwin.InsertUserParams {
	return tasktwin.InsertUserParams{
		ID: f.next(), Email: name + "@example.com", Username: name, Name: "Ms " + name, AvatarURL: "https://example.com/" + name,
		CreatedAt: at(0), UpdatedAt: at(1),
	}
}

func (f *Fixture) newTemplate(name string) tasktwin.InsertTemplateParams {
	return tasktwin.InsertTemplateParams{
		ID: f.next(), CreatedAt: at(0), UpdatedAt: at(1), OrganizationID: f.org.ID, Name: name,
		ActiveVersionID: absent, CreatedBy: f.user.ID,
	}
}

func (f *Fixture) newVersion(name string) tasktwin.InsertTemplateVersionParams {
	return tasktwin.InsertTemplateVersionParams{
		ID: f.next(), TemplateID: nullUUID(f.template.ID), OrganizationID: f.org.ID, CreatedAt: at(0), UpdatedAt: at(1),
		Name: name, CreatedBy: f.user.ID,
	}
}

func (f *Fixture) newWorkspace(name string) tasktwin.InsertWorkspaceParams {
	return tasktwin.InsertWorkspaceParams{
		ID: f.next(), CreatedAt: at(0), UpdatedAt: at(1), OwnerID: f.user.ID, OrganizationID: f.org.ID, TemplateID: f.template.ID,
		Name: name, GroupACL: json.RawMessage(`{}`), UserACL: json.RawMessage(`{}`),
	}
}

func (f *Fixture) workspace() tasktwin.Workspace {
	f.t.Helper()
	return must[tasktwin.Workspace](f.t)(f.InsertWorkspace(f.ctx, f.newWorkspace(fmt.Sprintf("ws%d", *f.n))))
}

func (f *Fixture) newJob() tasktwin.InsertProvisionerJobParams {
	return tasktwin.InsertProvisionerJobParams{
		ID: f.next(), CreatedAt: at(0), UpdatedAt: at(1), OrganizationID: f.org.ID, InitiatorID: f.user.ID,
	}
}

func (f *Fixture) job() tasktwin.ProvisionerJob {
	f.t.Helper()
	return must[tasktwin.ProvisionerJob](f.t)(f.InsertProvisionerJob(f.ctx, f.newJob()))
}

// succeeded inserts a job that has succeeded.
func (f *Fixture) succeeded() tasktwin.ProvisionerJob {
	f.t.Helper()
	arg := f.newJob()
	arg.StartedAt, arg.CompletedAt = nullTime(at(0)), nullTime(at(1))
	return must[tasktwin.ProvisionerJob](f.t)(f.InsertProvisionerJob(f.ctx, arg))
}

func (f *Fixture) newBuild(
	workspace uuid.UUID, number int32, transition tasktwin.WorkspaceTransition, minutes float64,
) tasktwin.InsertWorkspaceBuildParams {
	f.t.Helper()
	return tasktwin.InsertWorkspaceBuildParams{
		ID: f.next(), CreatedAt: at(minutes), UpdatedAt: at(minutes), WorkspaceID: workspace,
		TemplateVersionID: f.version.ID, BuildNumber: number,
		Transition: transition, InitiatorID: f.user.ID, JobID: f.succeeded().ID, Reason: tasktwin.BuildReasonInitiator,
	}
}

// build inserts a build with a succeeded job.
func (f *Fixture) build(
	workspace uuid.UUID, number int32, transition tasktwin.WorkspaceTransition, minutes float64, reason tasktwin.BuildReason,
) tasktwin.WorkspaceBuild {
	f.t.Helper()
	arg := f.newBuild(workspace, number, transition, minutes)
	arg.Reason = reason
	return must[tasktwin.WorkspaceBuild](f.t)(f.InsertWorkspaceBuild(f.ctx, arg))
}

func (f *Fixture) agent(state tasktwin.WorkspaceAgentLifecycleState) tasktwin.WorkspaceAgent {
	f.t.Helper()
	return must[tasktwin.WorkspaceAgent](f.t)(f.InsertWorkspaceAgent(f.ctx, tasktwin.InsertWorkspaceAgentParams{
		ID: f.next(), CreatedAt: at(0), UpdatedAt: at(1), Name: "main", LifecycleState: state,
	}))
}

func (f *Fixture) app(agent uuid.UUID, health tasktwin.WorkspaceAppHealth) tasktwin.WorkspaceApp {
	f.t.Helper()
	return must[tasktwin.WorkspaceApp](f.t)(f.InsertWorkspaceApp(f.ctx, tasktwin.InsertWorkspaceAppParams{
		ID: f.next(), CreatedAt: at(0), AgentID: agent, DisplayName: "Agent", Slug: fmt.Sprintf("app%d", *f.n), Health: health,
	}))
}

func (f *Fixture) newStatus(
	app tasktwin.WorkspaceApp, workspace uuid.UUID, state tasktwin.WorkspaceAppStatusState, minutes float64,
) tasktwin.InsertWorkspaceAppStatusParams {
	return tasktwin.InsertWorkspaceAppStatusParams{
		ID: f.next(), CreatedAt: at(minutes), AgentID: app.AgentID, AppID: app.ID, WorkspaceID: workspace,
		State: state, Message: string(state),
	}
}

func (f *Fixture) status(app tasktwin.WorkspaceApp, workspace uuid.UUID, state tasktwin.WorkspaceAppStatusState, minutes float64) {
	f.t.Helper()
	must[tasktwin.WorkspaceAppStatus](f.t)(f.InsertWorkspaceAppStatus(f.ctx, f.newStatus(app, workspace, state, minutes)))
}

func (f *Fixture) newTask(name string, workspace uuid.NullUUID) tasktwin.InsertTaskParams {
	return tasktwin.InsertTaskParams{
		ID: f.next(), OrganizationID: f.org.ID, OwnerID: f.user.ID, Name: name, DisplayName: "Task " + name, WorkspaceID: workspace,
		TemplateVersionID: f.version.ID, TemplateParameters: json.RawMessage(`{}`), Prompt: "do " + name, CreatedAt: at(0),
	}
}

func (f *Fixture) task(workspace uuid.NullUUID) tasktwin.Task {
	f.t.Helper()
	return must[tasktwin.Task](f.t)(f.InsertTask(f.ctx, f.newTask(fmt.Sprintf("task%d", *f.n), workspace)))
}

func (f *Fixture) bind(task uuid.UUID, number int32, agent, app uuid.NullUUID) {
	f.t.Helper()
	must[tasktwin.TaskWorkspaceApp](f.t)(f.UpsertTaskWorkspaceApp(f.ctx, tasktwin.UpsertTaskWorkspaceAppParams{
		TaskID: task, WorkspaceBuildNumber: number, WorkspaceAgentID: agent, WorkspaceAppID: app,
	}))
}

func (f *Fixture) builds(workspace uuid.UUID) []tasktwin.WorkspaceBuild {
	f.t.Helper()
	return must[[]tasktwin.WorkspaceBuild](f.t)(f.ListWorkspaceBuildsByWorkspaceID(f.ctx, workspace))
}

func (f *Fixture) statuses(app uuid.UUID) []tasktwin.WorkspaceAppStatus {
	f.t.Helper()
	return must[[]tasktwin.WorkspaceAppStatus](f.t)(f.ListWorkspaceAppStatusesByAppID(f.ctx, app))
}

func (f *Fixture) bindings(task uuid.UUID) []tasktwin.TaskWorkspaceApp {
	f.t.Helper()
	return must[[]tasktwin.TaskWorkspaceApp](f.t)(f.ListTaskWorkspaceAppsByTaskID(f.ctx, task))
}

func (f *Fixture) taskEvents(arg tasktwin.GetTelemetryTaskEventsParams) []tasktwin.GetTelemetryTaskEventsRow {
	f.t.Helper()
	return must[[]tasktwin.GetTelemetryTaskEventsRow](f.t)(f.GetTelemetryTaskEvents(f.ctx, arg))
}

// dump returns every row, or nil if the store is no Dumper.
func dump(t TB, f *Fixture) *tasktwin.Dump {
	t.Helper()
	d, ok := f.Store.(tasktwin.Dumper)
	if !ok {
		return nil
	}
	return must[*tasktwin.Dump](t)(d.Dump(f.ctx))
}
