package tasktest_test

import (
	"database/sql"
	"encoding/json"
	"go/ast"
	"go/parser"
	"go/token"
	"reflect"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/tasktwin/tasktwin"
	"github.com/tasktwin/tasktwin/memdb"
	"github.com/tasktwin/tasktwin/tasktest"
)

// byHand makes an active task without package tasktest. It returns its id, and how many
// statements that took.
func byHand(t *testing.T, store tasktwin.Store, now time.Time) (id uuid.UUID, statements int) {
	t.Helper()
	ctx, object := t.Context(), json.RawMessage(`{}`)
	org, user, template, version, workspace := uuid.New(), uuid.New(), uuid.New(), uuid.New(), uuid.New()
	job, build, agent, app, task := uuid.New(), uuid.New(), uuid.New(), uuid.New(), uuid.New()
	check := func(_ any, err error) {
		t.Helper()
		if statements++; err != nil {
			t.Fatal(err)
		}
	}
	check(store.InsertOrganization(ctx, tasktwin.InsertOrganizationParams{ID: org, Name: "acme", CreatedAt: now, UpdatedAt: now}))
	check(store.InsertUser(ctx, tasktwin.InsertUserParams{ID: user, Username: "ada", CreatedAt: now, UpdatedAt: now}))
	check(store.InsertTemplate(ctx, tasktwin.InsertTemplateParams{
		ID: template, CreatedAt: now, UpdatedAt: now, OrganizationID: org, Name: "go", ActiveVersionID: version, CreatedBy: user,
	}))
	check(store.InsertTemplateVersion(ctx, tasktwin.InsertTemplateVersionParams{
		ID: version, TemplateID: uuid.NullUUID{UUID: template, Valid: true}, OrganizationID: org, CreatedAt: now, UpdatedAt: now,
		Name: "v1", CreatedBy: user,
	}))
	check(store.InsertWorkspace(ctx, tasktwin.InsertWorkspaceParams{
		ID: workspace, CreatedAt: now, UpdatedAt: now, OwnerID: user, OrganizationID: org, TemplateID: template, Name: "w1",
		GroupACL: object, UserACL: object,
	}))
	check(store.InsertTask(ctx, tasktwin.InsertTaskParams{
		ID: task, OrganizationID: org, OwnerID: user, Name: "task-1", WorkspaceID: uuid.NullUUID{UUID: workspace, Valid: true},
		TemplateVersionID: version, TemplateParameters: object, Prompt: "Fix it", CreatedAt: now,
	}))
	check(store.InsertProvisionerJob(ctx, tasktwin.InsertProvisionerJobParams{
		ID: job, CreatedAt: now, UpdatedAt: now, OrganizationID: org, InitiatorID: user,
	}))
	check(store.InsertWorkspaceBuild(ctx, tasktwin.InsertWorkspaceBuildParams{
		ID: build, CreatedAt: now, UpdatedAt: now, WorkspaceID: workspace, TemplateVersionID: version, BuildNumber: 1,
		Transition: tasktwin.WorkspaceTransitionStart, InitiatorID: user, JobID: job, Reason: tasktwin.BuildReasonInitiator,
	}))
	check(store.InsertWorkspaceAgent(ctx, tasktwin.InsertWorkspaceAgentParams{
		ID: agent, CreatedAt: now, UpdatedAt: now, Name: "main", LifecycleState: tasktwin.WorkspaceAgentLifecycleStateReady,
	}))
	check(store.InsertWorkspaceApp(ctx, tasktwin.InsertWorkspaceAppParams{
		ID: app, CreatedAt: now, AgentID: agent, Slug: "agent", Health: tasktwin.WorkspaceAppHealthHealthy,
	}))
	check(store.UpsertTaskWorkspaceApp(ctx, tasktwin.UpsertTaskWorkspaceAppParams{
		TaskID: task, WorkspaceBuildNumber: 1, WorkspaceAgentID: uuid.NullUUID{UUID: agent, Valid: true},
		WorkspaceAppID: uuid.NullUUID{UUID: app, Valid: true},
	}))
	check(store.UpdateProvisionerJobByID(ctx, tasktwin.UpdateProvisionerJobByIDParams{
		ID: job, StartedAt: sql.NullTime{Time: now, Valid: true}, CompletedAt: sql.NullTime{Time: now, Valid: true}, UpdatedAt: now,
	}))
	return task, statements
}

// One line does what takes 12 statements in 48 lines by hand: docs/testing.md has these
// numbers.
func TestOneLineForAnActiveTask(t *testing.T) {
	t.Parallel()
	hand, line := memdb.New(memdb.Options{}), memdb.New(memdb.Options{})
	id, statements := byHand(t, hand, tasktest.Epoch)
	if statements != 12 {
		t.Errorf("it takes %d statements by hand", statements)
	}
	task, err := hand.GetTaskByID(t.Context(), id)
	if err != nil || task.Status != tasktwin.TaskStatusActive {
		t.Errorf("by hand: %s, %v", task.Status, err)
	}
	if got := tasktest.New(t, line).Active().Status(); got != tasktwin.TaskStatusActive {
		t.Errorf("in a line: %s", got)
	}
	tables := 0
	want, got := rowCounts(t, hand), rowCounts(t, line)
	for name, n := range want {
		if got[name] != n {
			t.Errorf("%s: %d rows by hand, %d in a line", name, n, got[name])
		}
		tables += min(n, 1)
	}
	if tables != 11 {
		t.Errorf("it takes rows in %d tables", tables)
	}
	if n := linesOfFunc(t, "by_hand_test.go", "byHand"); n != 48 {
		t.Errorf("it takes %d lines by hand", n)
	}
}

// rowCounts returns how many rows each table has.
func rowCounts(t *testing.T, db *memdb.DB) map[string]int {
	t.Helper()
	rows, err := db.Dump(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	counts := map[string]int{}
	for field, list := range reflect.ValueOf(rows).Elem().Fields() {
		counts[field.Name] = list.Len()
	}
	return counts
}

// linesOfFunc returns how many lines the body of a function has.
func linesOfFunc(t *testing.T, path, name string) int {
	t.Helper()
	files := token.NewFileSet()
	file, err := parser.ParseFile(files, path, nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range file.Decls {
		if f, ok := d.(*ast.FuncDecl); ok && f.Name.Name == name {
			return files.Position(f.Body.Rbrace).Line - files.Position(f.Body.Lbrace).Line - 1
		}
	}
	t.Fatalf("there is no function %s in %s", name, path)
	return 0
}
