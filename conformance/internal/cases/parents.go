package cases

import (
	"database/sql"
	"encoding/json"

	"github.com/google/uuid"

	"github.com/tasktwin/tasktwin"
)

var parentCases = []Case{
	{Name: "organization/insert", Methods: "InsertOrganization", Run: OrganizationInsert},
	{Name: "user/insert", Methods: "InsertUser", Run: UserInsert},
	{Name: "template/insert", Methods: "InsertTemplate", Run: TemplateInsert},
	{Name: "template version/insert", Methods: "InsertTemplateVersion", Run: TemplateVersionInsert},
	{
		Name:    "workspace/insert, read and update",
		Methods: "InsertWorkspace GetWorkspaceByID UpdateWorkspaceACLByID",
		Run:     WorkspaceInsertReadAndUpdate,
	},
	{
		Name:    "job/status follows from the columns",
		Methods: "InsertProvisionerJob GetProvisionerJobByID UpdateProvisionerJobByID",
		Run:     JobStatusFollowsFromTheColumns,
	},
	{
		Name:    "build/insert and read",
		Methods: "InsertWorkspaceBuild GetLatestWorkspaceBuildByWorkspaceID ListWorkspaceBuildsByWorkspaceID",
		Run:     BuildInsertAndRead,
	},
}

func init() { register(parentCases) }

func OrganizationInsert(t TB, f *Fixture) {
	arg := f.newOrg("Acme")
	got := must[tasktwin.Organization](t)(f.InsertOrganization(f.ctx, arg))
	equal(t, "row", got, tasktwin.Organization(arg))
	gone := f.newOrg("ACME")
	gone.Deleted = true
	equal(t, "deleted namesake", must[tasktwin.Organization](t)(f.InsertOrganization(f.ctx, gone)), tasktwin.Organization(gone))
	type params = tasktwin.InsertOrganizationParams
	insert := refusalsOf(f, "organizations", tasktwin.Store.InsertOrganization, func() params { return f.newOrg("other") })
	refuseAll(t, f, []refusal{
		insert.unique("same id", "organizations_pkey", func(a *params) { a.ID = arg.ID }),
		insert.unique("same name in another case", "idx_organization_name_lower", func(a *params) { *a = f.newOrg("aCME") }),
		insert.unique("both: the primary key comes first", "organizations_pkey", func(a *params) { *a = arg }),
	})
}

func UserInsert(t TB, f *Fixture) {
	arg := f.newUser("ada")
	equal(t, "row", must[tasktwin.User](t)(f.InsertUser(f.ctx, arg)), tasktwin.User(arg))
	for _, name := range []string{"anon1", "anon2"} { // an empty address is not unique
		anon := f.newUser(name)
		anon.Email = ""
		must[tasktwin.User](t)(f.InsertUser(f.ctx, anon))
	}
	type params = tasktwin.InsertUserParams
	insert := refusalsOf(f, "users", tasktwin.Store.InsertUser, func() params { return f.newUser("other") })
	refuseAll(t, f, []refusal{
		insert.unique("same id", "users_pkey", func(a *params) { a.ID = arg.ID }),
		insert.unique("same username", "users_username_lower_idx", func(a *params) { a.Username = "ADA" }),
		insert.unique("same address", "users_email_lower_idx", func(a *params) { a.Email = "Ada@Example.com" }),
		insert.unique("username before address", "users_username_lower_idx", func(a *params) { *a = f.newUser("ada") }),
	})
}

func TemplateInsert(t TB, f *Fixture) {
	f.base()
	equal(t, "row", f.template, tasktwin.Template{
		ID: f.template.ID, CreatedAt: at(0), UpdatedAt: at(1), OrganizationID: f.org.ID, Name: "go",
		ActiveVersionID: absent, CreatedBy: f.user.ID,
	})
	type params = tasktwin.InsertTemplateParams
	insert := refusalsOf(f, "templates", tasktwin.Store.InsertTemplate, func() params { return f.newTemplate("x") })
	refuseAll(t, f, []refusal{
		insert.unique("same id", "templates_pkey", func(a *params) { a.ID = f.template.ID }),
		insert.unique("same name", "templates_organization_id_name_idx", func(a *params) { *a = f.newTemplate("GO") }),
		insert.foreignKey("no user", "templates_created_by_fkey", func(a *params) { a.CreatedBy = absent }),
		insert.foreignKey("no organization", "templates_organization_id_fkey", func(a *params) { a.OrganizationID = absent }),
		insert.foreignKey("neither: in the order of creation", "templates_created_by_fkey",
			func(a *params) { a.OrganizationID, a.CreatedBy = absent, absent }),
	})
}

func TemplateVersionInsert(t TB, f *Fixture) {
	f.base()
	loose := f.newVersion("v1")
	loose.TemplateID = uuid.NullUUID{}
	equal(t, "without a template", must[tasktwin.TemplateVersion](t)(f.InsertTemplateVersion(f.ctx, loose)), tasktwin.TemplateVersion(loose))
	loose.ID = f.next() // NULL is not equal to NULL
	must[tasktwin.TemplateVersion](t)(f.InsertTemplateVersion(f.ctx, loose))
	other := f.newVersion("V1") // case counts here
	equal(t, "row", must[tasktwin.TemplateVersion](t)(f.InsertTemplateVersion(f.ctx, other)), tasktwin.TemplateVersion(other))
	type params = tasktwin.InsertTemplateVersionParams
	insert := refusalsOf(f, "template_versions", tasktwin.Store.InsertTemplateVersion, func() params { return f.newVersion("x") })
	refuseAll(t, f, []refusal{
		insert.unique("same id", "template_versions_pkey", func(a *params) { a.ID = f.version.ID }),
		insert.unique("same name", "template_versions_template_id_name_key", func(a *params) { *a = f.newVersion("v1") }),
		insert.foreignKey("no user", "template_versions_created_by_fkey", func(a *params) { a.CreatedBy = absent }),
		insert.foreignKey("no organization", "template_versions_organization_id_fkey", func(a *params) { a.OrganizationID = absent }),
		insert.foreignKey("no template", "template_versions_template_id_fkey", func(a *params) { a.TemplateID = nullUUID(absent) }),
	})
}

func WorkspaceInsertReadAndUpdate(t TB, f *Fixture) {
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
	type params = tasktwin.InsertWorkspaceParams
	insert := refusalsOf(f, "workspaces", tasktwin.Store.InsertWorkspace, func() params { return f.newWorkspace("x") })
	acl := tasktwin.UpdateWorkspaceACLByIDParams{ID: arg.ID, GroupACL: json.RawMessage(`{}`), UserACL: json.RawMessage(`{}`)}
	type aclParams = tasktwin.UpdateWorkspaceACLByIDParams
	update := refusalsOf(f, "workspaces", tasktwin.Store.UpdateWorkspaceACLByID, func() aclParams { return acl })
	refuseAll(t, f, []refusal{
		insert.unique("same id", "workspaces_pkey", func(a *params) { a.ID = arg.ID }),
		insert.unique("same name", "workspaces_owner_id_lower_idx", func(a *params) { *a = f.newWorkspace("DEV") }),
		insert.foreignKey("no organization", "workspaces_organization_id_fkey", func(a *params) { a.OrganizationID = absent }),
		insert.foreignKey("no owner", "workspaces_owner_id_fkey", func(a *params) { a.OwnerID = absent }),
		insert.foreignKey("no template", "workspaces_template_id_fkey", func(a *params) { a.TemplateID = absent }),
		insert.foreignKey("no parents at all", "workspaces_organization_id_fkey", func(a *params) {
			a.OwnerID, a.OrganizationID, a.TemplateID = absent, absent, absent
		}),
		insert.check("group ACL is a list", "group_acl_is_object", func(a *params) { a.GroupACL = json.RawMessage(`[]`) }),
		insert.check("user ACL is null", "user_acl_is_object", func(a *params) { a.UserACL = json.RawMessage(`null`) }),
		insert.check("both, by name", "group_acl_is_object", func(a *params) {
			a.GroupACL, a.UserACL = json.RawMessage(`1`), json.RawMessage(`1`)
		}),
		insert.notNull("group ACL is NULL", "group_acl", func(a *params) { a.GroupACL = nil }),
		insert.notNull("NULL before check", "user_acl", func(a *params) { a.GroupACL, a.UserACL = json.RawMessage(`1`), nil }),
		insert.check("check before unique", "user_acl_is_object", func(a *params) {
			*a = arg
			a.UserACL = json.RawMessage(`1`)
		}),
		update.notNull("update to NULL", "user_acl", func(a *aclParams) { a.UserACL = nil }),
		update.check("update to text", "user_acl_is_object", func(a *aclParams) { a.UserACL = json.RawMessage(`"x"`) }),
	})
}

func JobStatusFollowsFromTheColumns(t TB, f *Fixture) {
	f.base()
	texts := []sql.NullString{{}, {Valid: true}, {String: "boom", Valid: true}}
	times := []sql.NullTime{{}, nullTime(at(5))}
	id := f.job().ID
	for _, started := range times {
		for _, canceled := range times {
			for _, completed := range times {
				for _, text := range texts {
					arg := f.newJob()
					arg.StartedAt, arg.CanceledAt, arg.CompletedAt, arg.Error = started, canceled, completed, text
					want := tasktwin.ProvisionerJob{
						ID: arg.ID, CreatedAt: arg.CreatedAt, UpdatedAt: arg.UpdatedAt,
						StartedAt: started, CanceledAt: canceled, CompletedAt: completed, Error: text,
						OrganizationID: arg.OrganizationID, InitiatorID: arg.InitiatorID,
						JobStatus: jobStatusOf(started.Valid, canceled.Valid, completed.Valid, text.String),
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
	insert := refusalsOf(f, "provisioner_jobs", tasktwin.Store.InsertProvisionerJob, f.newJob)
	refuseAll(t, f, []refusal{
		insert.unique("same id", "provisioner_jobs_pkey", func(a *params) { a.ID = id }),
		insert.foreignKey("no organization", "provisioner_jobs_organization_id_fkey", func(a *params) { a.OrganizationID = absent }),
	})
}

func BuildInsertAndRead(t TB, f *Fixture) {
	f.base()
	ws := f.workspace().ID
	_, err := f.GetLatestWorkspaceBuildByWorkspaceID(f.ctx, ws)
	noRows(t, "latest of none", err)
	equal(t, "list of none", f.builds(ws), []tasktwin.WorkspaceBuild{})
	arg := f.newBuild(ws, 3, tasktwin.WorkspaceTransitionStop, 1)
	three := must[tasktwin.WorkspaceBuild](t)(f.InsertWorkspaceBuild(f.ctx, arg))
	equal(t, "row", three, tasktwin.WorkspaceBuild(arg))
	one := f.build(ws, 1, tasktwin.WorkspaceTransitionStart, 5, tasktwin.BuildReasonCLI)
	latest := must[tasktwin.WorkspaceBuild](t)(f.GetLatestWorkspaceBuildByWorkspaceID(f.ctx, ws))
	equal(t, "latest is the highest number, not the latest in time", latest, three)
	equal(t, "list is by number", f.builds(ws), []tasktwin.WorkspaceBuild{one, three})
	type params = tasktwin.InsertWorkspaceBuildParams
	good := f.newBuild(ws, 2, tasktwin.WorkspaceTransitionDelete, 1)
	insert := refusalsOf(f, "workspace_builds", tasktwin.Store.InsertWorkspaceBuild, func() params { return good })
	refuseAll(t, f, []refusal{
		insert.unique("same id", "workspace_builds_pkey", func(a *params) { a.ID = one.ID }),
		insert.unique("same job", "workspace_builds_job_id_key", func(a *params) { a.JobID = one.JobID }),
		insert.unique("same number", "workspace_builds_workspace_id_build_number_key", func(a *params) { a.BuildNumber = 3 }),
		insert.unique("same job and number", "workspace_builds_job_id_key", func(a *params) { a.JobID, a.BuildNumber = one.JobID, 3 }),
		insert.foreignKey("no job", "workspace_builds_job_id_fkey", func(a *params) { a.JobID = absent }),
		insert.foreignKey("no version", "workspace_builds_template_version_id_fkey", func(a *params) { a.TemplateVersionID = absent }),
		insert.foreignKey("no workspace", "workspace_builds_workspace_id_fkey", func(a *params) { a.WorkspaceID = absent }),
		insert.fails("unknown transition", invalidText, func(a *params) { a.Transition = "pause" }),
		insert.fails("unknown reason", invalidText, func(a *params) { a.Reason = "" }),
	})
}
