package cases

import (
	"context"
	"database/sql/driver"
	"encoding/json"
	"fmt"
	"reflect"
	"strconv"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/tasktwin/tasktwin"
)

// failingRow returns the detail of a row that a check or NOT NULL refuses: the
// row's columns, in the order of the table. PostgreSQL truncates long values.
func failingRow(row any) string {
	columns := reflect.ValueOf(row)
	texts := make([]string, columns.NumField())
	for i := range texts {
		texts[i] = columnText(columns.Field(i).Interface())
	}
	return fmt.Sprintf("Failing row contains (%s).", strings.Join(texts, ", "))
}

func columnText(value any) string {
	if valuer, ok := value.(driver.Valuer); ok {
		var err error
		if value, err = valuer.Value(); err != nil {
			return err.Error()
		}
	}
	switch v := value.(type) {
	case nil:
		return "null"
	case bool:
		return strconv.FormatBool(v)[:1]
	case time.Time:
		return v.UTC().Format("2006-01-02 15:04:05.999999-07")
	case json.RawMessage:
		if v == nil {
			return "null"
		}
		return string(v)
	}
	return fmt.Sprint(value)
}

// upserted are the primary keys that no insert violates: it replaces the row that
// has the key.
var upserted = map[string]bool{"task_workspace_apps_pkey": true, "task_snapshots_pkey": true}

var detailCases = []Case{
	{Name: "detail/each constraint", Run: DetailEachConstraint},
	{Name: "detail/orphans that are not unique", Run: DetailOrphansThatAreNotUnique},
	{Name: "detail/a row is cut", Methods: "InsertTask InsertWorkspace UpdateWorkspaceACLByID UpsertTaskSnapshot", Run: DetailARowIsCut},
	{
		Name:    "detail/a delete names the row that is referred to",
		Methods: "DeleteOrganizationByID DeleteWorkspaceAgentByID",
		Run:     DetailADeleteNamesTheRowThatIsReferredTo,
	},
}

func init() { register(detailCases) }

func DetailEachConstraint(t TB, f *Fixture) {
	for _, bad := range badRows {
		if !strings.HasPrefix(bad.want.Code, "23") {
			continue
		}
		want := bad.want
		want.Detail = bad.detail
		d := RowsToLoad(2)
		bad.spoil(d, 1, 0)
		fails(t, bad.name+", loaded", f.load(d), want)
		if !upserted[want.Constraint] {
			fails(t, bad.name+", inserted", f.tx(nil, func(tx *Fixture) error { return insertSpoiled(tx, d) }), want)
		}
	}
}

func DetailOrphansThatAreNotUnique(t TB, f *Fixture) {
	d := RowsToLoad(2)
	for i := range d.Workspaces {
		d.Workspaces[i].OwnerID, d.Workspaces[i].Name = absent, "Same"
	}
	want := uniqueViolation("workspaces", "workspaces_owner_id_lower_idx")
	want.Detail = fmt.Sprintf("Key (owner_id, lower(name::text))=(%s, same) already exists.", absent)
	fails(t, "workspaces", f.load(d), want)
}

func DetailARowIsCut(t TB, f *Fixture) {
	f.base()
	long := f.newTask(strings.Repeat("n", 64), uuid.NullUUID{})
	long.Prompt, long.DisplayName = "ab"+strings.Repeat("日", 100), strings.Repeat("é", 20)+"\n"+strings.Repeat(" ", 200)
	long.TemplateParameters = nil
	want := notNullViolation("tasks", "template_parameters")
	want.Detail = failingRow(tasktwin.Task{
		ID: long.ID, OrganizationID: f.org.ID, OwnerID: f.user.ID, Name: strings.Repeat("n", 64), TemplateVersionID: f.version.ID,
		Prompt: "ab" + strings.Repeat("日", 20) + "...", CreatedAt: at(0),
		DisplayName: strings.Repeat("é", 20) + "\n" + strings.Repeat(" ", 23) + "...",
	})
	_, err := f.InsertTask(f.ctx, long)
	fails(t, "task", err, want)

	ws := f.newWorkspace("x" + strings.Repeat("é", 63))
	ws.CreatedAt, ws.UpdatedAt, ws.Deleted = at(-1.0/60).AddDate(-2024, 0, 0), at(0).AddDate(9000, 0, 0).Add(1500), true
	must[tasktwin.Workspace](t)(f.InsertWorkspace(f.ctx, ws))
	again := ws
	again.ID, again.GroupACL = f.next(), json.RawMessage(`["`+strings.Repeat("😀", 16)+`"]`)
	want = checkViolation("workspaces", "group_acl_is_object")
	row := func(id uuid.UUID, group, user string) string {
		const times = "0001-03-01 11:59:59+00 BC, 11024-03-01 12:00:00.000001+00"
		return fmt.Sprintf("Failing row contains (%s, %s, %s, %s, %s, t, x%s..., %s, %s).",
			id, times, f.user.ID, f.org.ID, f.template.ID, strings.Repeat("é", 31), group, user)
	}
	want.Detail = row(again.ID, `["`+strings.Repeat("😀", 15)+"...", "{}")
	_, err = f.InsertWorkspace(f.ctx, again)
	fails(t, "workspace", err, want)

	want = notNullViolation("workspaces", "user_acl")
	want.Detail = row(ws.ID, `{"a": 2}`, "null")
	_, err = f.UpdateWorkspaceACLByID(f.ctx, tasktwin.UpdateWorkspaceACLByIDParams{ID: ws.ID, GroupACL: json.RawMessage(`{"a":1,"a":2}`)})
	fails(t, "update", err, want)

	f.insertTasks(f.newTask("a", uuid.NullUUID{}))
	task := must[[]tasktwin.TaskWithStatus](t)(f.ListTasks(f.ctx, tasktwin.ListTasksParams{}))[0].ID
	f.snapshot(task)
	want = notNullViolation("task_snapshots", "log_snapshot")
	for _, of := range []uuid.UUID{task, absent} {
		arg := tasktwin.UpsertTaskSnapshotParams{TaskID: of, LogSnapshotCreatedAt: at(9).Add(500_000_000)}
		want.Detail = failingRow(tasktwin.TaskSnapshot(arg))
		fails(t, "snapshot", f.UpsertTaskSnapshot(f.ctx, arg), want)
	}
}

func DetailADeleteNamesTheRowThatIsReferredTo(t TB, f *Fixture) {
	e := f.everything(true)
	other := must[tasktwin.Organization](t)(f.InsertOrganization(f.ctx, f.newOrg("other")))
	template := f.newTemplate("theirs")
	template.OrganizationID = other.ID
	must[tasktwin.Template](t)(f.InsertTemplate(f.ctx, template))
	ws := f.newWorkspace("of theirs")
	ws.TemplateID = template.ID
	must[tasktwin.Workspace](t)(f.InsertWorkspace(f.ctx, ws))
	deleteOrganization := func(s tasktwin.Store, ctx context.Context, _ uuid.UUID) (uuid.UUID, error) {
		return s.DeleteOrganizationByID(ctx, other.ID)
	}
	f.refusesRestricted("a template that goes with its organization", deleteOrganization, template.ID,
		"workspaces", "workspaces_template_id_fkey")

	agent := f.agent(tasktwin.WorkspaceAgentLifecycleStateReady)
	app := f.app(agent.ID, tasktwin.WorkspaceAppHealthHealthy)
	status := f.newStatus(app, e.workspace.ID, tasktwin.WorkspaceAppStatusStateIdle, 1)
	status.AgentID = e.agent.ID
	must[tasktwin.WorkspaceAppStatus](t)(f.InsertWorkspaceAppStatus(f.ctx, status))
	deleteAgent := func(s tasktwin.Store, ctx context.Context, _ uuid.UUID) (uuid.UUID, error) {
		return s.DeleteWorkspaceAgentByID(ctx, agent.ID)
	}
	f.refusesDelete("an app that goes with its agent", deleteAgent, app.ID,
		tasktwin.ForeignKeyViolation, "workspace_app_statuses", "workspace_app_statuses_app_id_fkey")
}

// insertSpoiled loads the rows of the tables before the first one in which d
// differs from good rows. Then it inserts the two rows of that table.
func insertSpoiled(f *Fixture, d *tasktwin.Dump) error {
	rows := RowsToLoad(2)
	good, bad := reflect.ValueOf(rows).Elem(), reflect.ValueOf(d).Elem()
	for i := range good.NumField() {
		if reflect.DeepEqual(good.Field(i).Interface(), bad.Field(i).Interface()) {
			continue
		}
		for k := i; k < good.NumField(); k++ {
			good.Field(k).SetZero()
		}
		if err := f.load(rows); err != nil {
			return err
		}
		for n := range bad.Field(i).Len() {
			if err := f.insert(bad.Field(i).Index(n).Interface()); err != nil {
				return err
			}
		}
	}
	return nil
}
