package cases

import (
	"context"
	"database/sql"
	"encoding/json"
	"testing"

	"github.com/google/uuid"

	"github.com/tasktwin/tasktwin"
	"github.com/tasktwin/tasktwin/conformance/internal/lockstep"
)

// refuse is an insert or update that a constraint refuses.
type refuse struct {
	name string
	try  func() error
	want lockstep.ErrorFacts
}

func refuseAll(t testing.TB, f *Fixture, all []refuse) {
	t.Helper()
	before := dump(t, f)
	for _, r := range all {
		fails(t, r.name, r.try(), r.want)
	}
	equal(t, "rows after failures", dump(t, f), before)
}

// dump returns every row, or nil from an engine that cannot.
func dump(t testing.TB, f *Fixture) *tasktwin.Dump {
	t.Helper()
	d, ok := f.Store.(tasktwin.Dumper)
	if !ok {
		return nil
	}
	return must[*tasktwin.Dump](t)(d.Dump(f.ctx))
}

const (
	unique  = tasktwin.UniqueViolation
	foreign = tasktwin.ForeignKeyViolation
)

// try makes a refused call of an insert whose arguments are a variation of good
// ones.
func try[A, T any](f *Fixture, method func(tasktwin.Store, context.Context, A) (T, error), good A, change func(*A)) func() error {
	return func() error {
		change(&good)
		_, err := method(f.Store, f.ctx, good)
		return err
	}
}

var surroundingCases = []Case{
	{Name: "organization/insert", Methods: "InsertOrganization", Run: OrganizationInsert},
	{Name: "user/insert", Methods: "InsertUser", Run: UserInsert},
	{Name: "template/insert", Methods: "InsertTemplate", Run: TemplateInsert},
	{Name: "template version/insert", Methods: "InsertTemplateVersion", Run: TemplateVersionInsert},
	{Name: "workspace/insert, read and update", Methods: "InsertWorkspace GetWorkspaceByID UpdateWorkspaceACLByID", Run: WorkspaceInsertReadAndUpdate},
	{Name: "job/status follows from the columns", Methods: "InsertProvisionerJob GetProvisionerJobByID UpdateProvisionerJobByID", Run: JobStatusFollowsFromTheColumns},
	{Name: "build/insert and read", Methods: "InsertWorkspaceBuild GetLatestWorkspaceBuildByWorkspaceID ListWorkspaceBuildsByWorkspaceID", Run: BuildInsertAndRead},
}

func OrganizationInsert(t testing.TB, f *Fixture) {
	arg := f.newOrg("Acme")
	got := must[tasktwin.Organization](t)(f.InsertOrganization(f.ctx, arg))
	equal(t, "row", got, tasktwin.Organization(arg))
	gone := f.newOrg("ACME")
	gone.Deleted = true
	equal(t, "deleted namesake", must[tasktwin.Organization](t)(f.InsertOrganization(f.ctx, gone)), tasktwin.Organization(gone))
	refuseAll(t, f, []refuse{
		{"same id", try(f, tasktwin.Store.InsertOrganization, f.newOrg("other"), func(a *tasktwin.InsertOrganizationParams) { a.ID = arg.ID }), failure(unique, "organizations", "", "organizations_pkey")},
		{"same name in another case", try(f, tasktwin.Store.InsertOrganization, f.newOrg("aCME"), func(*tasktwin.InsertOrganizationParams) {}), failure(unique, "organizations", "", "idx_organization_name_lower")},
		{"both: the primary key comes first", try(f, tasktwin.Store.InsertOrganization, arg, func(*tasktwin.InsertOrganizationParams) {}), failure(unique, "organizations", "", "organizations_pkey")},
	})
}

func UserInsert(t testing.TB, f *Fixture) {
	arg := f.newUser("ada")
	equal(t, "row", must[tasktwin.User](t)(f.InsertUser(f.ctx, arg)), tasktwin.User(arg))
	for _, name := range []string{"anon1", "anon2"} { // an empty address is not unique
		anon := f.newUser(name)
		anon.Email = ""
		must[tasktwin.User](t)(f.InsertUser(f.ctx, anon))
	}
	insert := tasktwin.Store.InsertUser
	refuseAll(t, f, []refuse{
		{"same id", try(f, insert, f.newUser("other"), func(a *tasktwin.InsertUserParams) { a.ID = arg.ID }), failure(unique, "users", "", "users_pkey")},
		{"same username", try(f, insert, f.newUser("other"), func(a *tasktwin.InsertUserParams) { a.Username = "ADA" }), failure(unique, "users", "", "users_username_lower_idx")},
		{"same address", try(f, insert, f.newUser("other"), func(a *tasktwin.InsertUserParams) { a.Email = "Ada@Example.com" }), failure(unique, "users", "", "users_email_lower_idx")},
		{"username before address", try(f, insert, f.newUser("ada"), func(*tasktwin.InsertUserParams) {}), failure(unique, "users", "", "users_username_lower_idx")},
	})
}

func TemplateInsert(t testing.TB, f *Fixture) {
	f.base()
	equal(t, "row", f.template, tasktwin.Template{
		ID: f.template.ID, CreatedAt: at(0), UpdatedAt: at(1), OrganizationID: f.org.ID, Name: "go", ActiveVersionID: absent, CreatedBy: f.user.ID,
	})
	insert := tasktwin.Store.InsertTemplate
	refuseAll(t, f, []refuse{
		{"same id", try(f, insert, f.newTemplate("x"), func(a *tasktwin.InsertTemplateParams) { a.ID = f.template.ID }), failure(unique, "templates", "", "templates_pkey")},
		{"same name", try(f, insert, f.newTemplate("GO"), func(*tasktwin.InsertTemplateParams) {}), failure(unique, "templates", "", "templates_organization_id_name_idx")},
		{"no user", try(f, insert, f.newTemplate("x"), func(a *tasktwin.InsertTemplateParams) { a.CreatedBy = absent }), failure(foreign, "templates", "", "templates_created_by_fkey")},
		{"no organization", try(f, insert, f.newTemplate("x"), func(a *tasktwin.InsertTemplateParams) { a.OrganizationID = absent }), failure(foreign, "templates", "", "templates_organization_id_fkey")},
		{"neither: in the order of creation", try(f, insert, f.newTemplate("x"), func(a *tasktwin.InsertTemplateParams) { a.OrganizationID, a.CreatedBy = absent, absent }), failure(foreign, "templates", "", "templates_created_by_fkey")},
	})
}

func TemplateVersionInsert(t testing.TB, f *Fixture) {
	f.base()
	loose := f.newVersion("v1")
	loose.TemplateID = uuid.NullUUID{}
	equal(t, "without a template", must[tasktwin.TemplateVersion](t)(f.InsertTemplateVersion(f.ctx, loose)), tasktwin.TemplateVersion(loose))
	loose.ID = f.next() // NULL is not equal to NULL
	must[tasktwin.TemplateVersion](t)(f.InsertTemplateVersion(f.ctx, loose))
	other := f.newVersion("V1") // case counts here
	equal(t, "row", must[tasktwin.TemplateVersion](t)(f.InsertTemplateVersion(f.ctx, other)), tasktwin.TemplateVersion(other))
	insert := tasktwin.Store.InsertTemplateVersion
	refuseAll(t, f, []refuse{
		{"same id", try(f, insert, f.newVersion("x"), func(a *tasktwin.InsertTemplateVersionParams) { a.ID = f.version.ID }), failure(unique, "template_versions", "", "template_versions_pkey")},
		{"same name", try(f, insert, f.newVersion("v1"), func(*tasktwin.InsertTemplateVersionParams) {}), failure(unique, "template_versions", "", "template_versions_template_id_name_key")},
		{"no user", try(f, insert, f.newVersion("x"), func(a *tasktwin.InsertTemplateVersionParams) { a.CreatedBy = absent }), failure(foreign, "template_versions", "", "template_versions_created_by_fkey")},
		{"no organization", try(f, insert, f.newVersion("x"), func(a *tasktwin.InsertTemplateVersionParams) { a.OrganizationID = absent }), failure(foreign, "template_versions", "", "template_versions_organization_id_fkey")},
		{"no template", try(f, insert, f.newVersion("x"), func(a *tasktwin.InsertTemplateVersionParams) { a.TemplateID = null(absent) }), failure(foreign, "template_versions", "", "template_versions_template_id_fkey")},
	})
}

func WorkspaceInsertReadAndUpdate(t testing.TB, f *Fixture) {
	f.base()
	arg := f.newWorkspace("dev")
	arg.GroupACL = json.RawMessage(`{"b":1,"a":[true]}`)
	want := tasktwin.Workspace(arg)
	want.GroupACL = json.RawMessage(`{"a": [true], "b": 1}`)
	equal(t, "row", must[tasktwin.Workspace](t)(f.InsertWorkspace(f.ctx, arg)), want)
	equal(t, "read", must[tasktwin.Workspace](t)(f.GetWorkspaceByID(f.ctx, arg.ID)), want)
	want.GroupACL, want.UserACL = json.RawMessage(`{}`), json.RawMessage(`{"x": 1}`)
	equal(t, "updated", must[tasktwin.Workspace](t)(f.UpdateWorkspaceACLByID(f.ctx, tasktwin.UpdateWorkspaceACLByIDParams{
		ID: arg.ID, GroupACL: json.RawMessage(`{}`), UserACL: json.RawMessage(`{"x":1}`),
	})), want)
	_, err := f.GetWorkspaceByID(f.ctx, absent)
	noRows(t, "read of none", err)
	_, err = f.UpdateWorkspaceACLByID(f.ctx, tasktwin.UpdateWorkspaceACLByIDParams{ID: absent})
	noRows(t, "update of none, whose values are not looked at", err)
	insert, update := tasktwin.Store.InsertWorkspace, tasktwin.Store.UpdateWorkspaceACLByID
	type params = tasktwin.InsertWorkspaceParams
	acl := tasktwin.UpdateWorkspaceACLByIDParams{ID: arg.ID, GroupACL: json.RawMessage(`{}`), UserACL: json.RawMessage(`{}`)}
	type aclParams = tasktwin.UpdateWorkspaceACLByIDParams
	const table = "workspaces"
	refuseAll(t, f, []refuse{
		{"same id", try(f, insert, f.newWorkspace("x"), func(a *params) { a.ID = arg.ID }), failure(unique, table, "", "workspaces_pkey")},
		{"same name", try(f, insert, f.newWorkspace("DEV"), func(*params) {}), failure(unique, table, "", "workspaces_owner_id_lower_idx")},
		{"no organization", try(f, insert, f.newWorkspace("x"), func(a *params) { a.OrganizationID = absent }), failure(foreign, table, "", "workspaces_organization_id_fkey")},
		{"no owner", try(f, insert, f.newWorkspace("x"), func(a *params) { a.OwnerID = absent }), failure(foreign, table, "", "workspaces_owner_id_fkey")},
		{"no template", try(f, insert, f.newWorkspace("x"), func(a *params) { a.TemplateID = absent }), failure(foreign, table, "", "workspaces_template_id_fkey")},
		{"no parents at all", try(f, insert, f.newWorkspace("x"), func(a *params) { a.OwnerID, a.OrganizationID, a.TemplateID = absent, absent, absent }), failure(foreign, table, "", "workspaces_organization_id_fkey")},
		{"group ACL is a list", try(f, insert, f.newWorkspace("x"), func(a *params) { a.GroupACL = json.RawMessage(`[]`) }), failure(tasktwin.CheckViolation, table, "", "group_acl_is_object")},
		{"user ACL is null", try(f, insert, f.newWorkspace("x"), func(a *params) { a.UserACL = json.RawMessage(`null`) }), failure(tasktwin.CheckViolation, table, "", "user_acl_is_object")},
		{"both, by name", try(f, insert, f.newWorkspace("x"), func(a *params) { a.GroupACL, a.UserACL = json.RawMessage(`1`), json.RawMessage(`1`) }), failure(tasktwin.CheckViolation, table, "", "group_acl_is_object")},
		{"group ACL is NULL", try(f, insert, f.newWorkspace("x"), func(a *params) { a.GroupACL = nil }), failure(tasktwin.NotNullViolation, table, "group_acl", "")},
		{"NULL before check", try(f, insert, f.newWorkspace("x"), func(a *params) { a.GroupACL, a.UserACL = json.RawMessage(`1`), nil }), failure(tasktwin.NotNullViolation, table, "user_acl", "")},
		{"check before unique", try(f, insert, arg, func(a *params) { a.UserACL = json.RawMessage(`1`) }), failure(tasktwin.CheckViolation, table, "", "user_acl_is_object")},
		{"update to NULL", try(f, update, acl, func(a *aclParams) { a.UserACL = nil }), failure(tasktwin.NotNullViolation, table, "user_acl", "")},
		{"update to text", try(f, update, acl, func(a *aclParams) { a.UserACL = json.RawMessage(`"x"`) }), failure(tasktwin.CheckViolation, table, "", "user_acl_is_object")},
	})
}

func JobStatusFollowsFromTheColumns(t testing.TB, f *Fixture) {
	f.base()
	texts := []sql.NullString{{}, {Valid: true}, {String: "boom", Valid: true}}
	times := []sql.NullTime{{}, set(at(5))}
	id := f.job().ID
	for _, started := range times {
		for _, canceled := range times {
			for _, completed := range times {
				for _, text := range texts {
					arg := f.newJob()
					arg.StartedAt, arg.CanceledAt, arg.CompletedAt, arg.Error = started, canceled, completed, text
					want := tasktwin.ProvisionerJob{
						ID: arg.ID, CreatedAt: arg.CreatedAt, UpdatedAt: arg.UpdatedAt, StartedAt: started, CanceledAt: canceled, CompletedAt: completed,
						Error: text, OrganizationID: arg.OrganizationID, InitiatorID: arg.InitiatorID, JobStatus: jobStatusOf(started.Valid, canceled.Valid, completed.Valid, text.String),
					}
					equal(t, "insert", must[tasktwin.ProvisionerJob](t)(f.InsertProvisionerJob(f.ctx, arg)), want)
					equal(t, "read", must[tasktwin.ProvisionerJob](t)(f.GetProvisionerJobByID(f.ctx, arg.ID)), want)
					want.ID, want.UpdatedAt = id, at(9)
					equal(t, "update", must[tasktwin.ProvisionerJob](t)(f.UpdateProvisionerJobByID(f.ctx, tasktwin.UpdateProvisionerJobByIDParams{
						ID: id, StartedAt: started, CanceledAt: canceled, CompletedAt: completed, Error: text, UpdatedAt: at(9),
					})), want)
				}
			}
		}
	}
	_, err := f.GetProvisionerJobByID(f.ctx, absent)
	noRows(t, "read of none", err)
	_, err = f.UpdateProvisionerJobByID(f.ctx, tasktwin.UpdateProvisionerJobByIDParams{ID: absent, UpdatedAt: at(9)})
	noRows(t, "update of none", err)
	type params = tasktwin.InsertProvisionerJobParams
	refuseAll(t, f, []refuse{
		{"same id", try(f, tasktwin.Store.InsertProvisionerJob, f.newJob(), func(a *params) { a.ID = id }), failure(unique, "provisioner_jobs", "", "provisioner_jobs_pkey")},
		{"no organization", try(f, tasktwin.Store.InsertProvisionerJob, f.newJob(), func(a *params) { a.OrganizationID = absent }), failure(foreign, "provisioner_jobs", "", "provisioner_jobs_organization_id_fkey")},
	})
}

func BuildInsertAndRead(t testing.TB, f *Fixture) {
	f.base()
	ws := f.workspace().ID
	_, err := f.GetLatestWorkspaceBuildByWorkspaceID(f.ctx, ws)
	noRows(t, "latest of none", err)
	equal(t, "list of none", must[[]tasktwin.WorkspaceBuild](t)(f.ListWorkspaceBuildsByWorkspaceID(f.ctx, ws)), []tasktwin.WorkspaceBuild{})
	arg := f.newBuild(ws, 3, tasktwin.WorkspaceTransitionStop, 1)
	three := must[tasktwin.WorkspaceBuild](t)(f.InsertWorkspaceBuild(f.ctx, arg))
	equal(t, "row", three, tasktwin.WorkspaceBuild(arg))
	one := f.build(ws, 1, tasktwin.WorkspaceTransitionStart, 5, tasktwin.BuildReasonCLI)
	equal(t, "latest is the highest number, not the latest in time", must[tasktwin.WorkspaceBuild](t)(f.GetLatestWorkspaceBuildByWorkspaceID(f.ctx, ws)), three)
	equal(t, "list is by number", must[[]tasktwin.WorkspaceBuild](t)(f.ListWorkspaceBuildsByWorkspaceID(f.ctx, ws)), []tasktwin.WorkspaceBuild{one, three})
	type params = tasktwin.InsertWorkspaceBuildParams
	insert := tasktwin.Store.InsertWorkspaceBuild
	good := f.newBuild(ws, 2, tasktwin.WorkspaceTransitionDelete, 1)
	const table = "workspace_builds"
	refuseAll(t, f, []refuse{
		{"same id", try(f, insert, good, func(a *params) { a.ID = one.ID }), failure(unique, table, "", "workspace_builds_pkey")},
		{"same job", try(f, insert, good, func(a *params) { a.JobID = one.JobID }), failure(unique, table, "", "workspace_builds_job_id_key")},
		{"same number", try(f, insert, good, func(a *params) { a.BuildNumber = 3 }), failure(unique, table, "", "workspace_builds_workspace_id_build_number_key")},
		{"same job and number", try(f, insert, good, func(a *params) { a.JobID, a.BuildNumber = one.JobID, 3 }), failure(unique, table, "", "workspace_builds_job_id_key")},
		{"no job", try(f, insert, good, func(a *params) { a.JobID = absent }), failure(foreign, table, "", "workspace_builds_job_id_fkey")},
		{"no version", try(f, insert, good, func(a *params) { a.TemplateVersionID = absent }), failure(foreign, table, "", "workspace_builds_template_version_id_fkey")},
		{"no workspace", try(f, insert, good, func(a *params) { a.WorkspaceID = absent }), failure(foreign, table, "", "workspace_builds_workspace_id_fkey")},
		{"unknown transition", try(f, insert, good, func(a *params) { a.Transition = "pause" }), failure(tasktwin.InvalidTextRepresentation, "", "", "")},
		{"unknown reason", try(f, insert, good, func(a *params) { a.Reason = "" }), failure(tasktwin.InvalidTextRepresentation, "", "", "")},
	})
}
