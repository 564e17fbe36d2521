package tasktest

import "github.com/tasktwin/tasktwin"

// Organization returns the organization that tasks share. The first call, which a task's
// may be, makes it, with the edits; later calls must have none.
func (w *World) Organization(edits ...func(*tasktwin.InsertOrganizationParams)) tasktwin.Organization {
	w.t.Helper()
	return shared(w, "Organization", "NewOrganization", &w.organization, w.NewOrganization, edits)
}

// Owner returns the user who owns tasks, and who has made their template. The first call,
// which a task's may be, makes the user, with the edits; later calls must have none.
func (w *World) Owner(edits ...func(*tasktwin.InsertUserParams)) tasktwin.User {
	w.t.Helper()
	return shared(w, "Owner", "NewUser", &w.owner, w.NewUser, edits)
}

// Template returns the template that tasks share. The first call, which a task's may be,
// makes it, with the edits; later calls must have none. Its active version is the next that
// is made.
func (w *World) Template(edits ...func(*tasktwin.InsertTemplateParams)) tasktwin.Template {
	w.t.Helper()
	return shared(w, "Template", "NewTemplate", &w.template, w.NewTemplate, edits)
}

// Version returns the template version that tasks share. The first call, which a task's may
// be, makes it, with the edits; later calls must have none.
func (w *World) Version(edits ...func(*tasktwin.InsertTemplateVersionParams)) tasktwin.TemplateVersion {
	w.t.Helper()
	return shared(w, "Version", "NewVersion", &w.version, w.NewVersion, edits)
}

// shared returns a row that tasks share, and makes it first if it is not there yet.
func shared[P, R any](w *World, method, other string, row **R, insert func(...func(*P)) R, edits []func(*P)) R {
	w.t.Helper()
	if *row == nil {
		r := insert(edits...)
		*row = &r
	} else if len(edits) > 0 {
		w.t.Fatalf("tasktest: %s: the shared row is there already: edit it before a task needs it, or make another by %s", method, other)
	}
	return **row
}

// NewOrganization inserts another organization. For tasks of it, set OrganizationID of their
// parameters.
func (w *World) NewOrganization(edits ...func(*tasktwin.InsertOrganizationParams)) tasktwin.Organization {
	w.t.Helper()
	arg := w.organizationParams()
	edit(w, &arg, edits)
	return call(w, "InsertOrganization", w.store.InsertOrganization, arg)
}

// NewUser inserts another user. For tasks of theirs, set OwnerID:
//
//	bob := w.NewUser(func(p *tasktwin.InsertUserParams) { p.Username = "bob" })
//	task := w.Active(func(p *tasktwin.InsertTaskParams) { p.OwnerID = bob.ID })
func (w *World) NewUser(edits ...func(*tasktwin.InsertUserParams)) tasktwin.User {
	w.t.Helper()
	arg := w.userParams()
	edit(w, &arg, edits)
	return call(w, "InsertUser", w.store.InsertUser, arg)
}

// NewTemplate inserts another template, of the shared organization. For tasks of it, make a
// version of it.
func (w *World) NewTemplate(edits ...func(*tasktwin.InsertTemplateParams)) tasktwin.Template {
	w.t.Helper()
	arg := w.templateParams()
	edit(w, &arg, edits)
	return call(w, "InsertTemplate", w.store.InsertTemplate, arg)
}

// NewVersion inserts another template version, of the shared template unless TemplateID is
// set. For tasks of it, set TemplateVersionID; their workspaces are then of its template.
func (w *World) NewVersion(edits ...func(*tasktwin.InsertTemplateVersionParams)) tasktwin.TemplateVersion {
	w.t.Helper()
	arg := w.versionParams()
	edit(w, &arg, edits)
	row := call(w, "InsertTemplateVersion", w.store.InsertTemplateVersion, arg)
	if row.TemplateID.Valid {
		w.templateOf[row.ID] = row.TemplateID.UUID
	}
	return row
}

// NewWorkspace inserts a workspace of the shared owner, organization and template. A task
// makes its own unless its WorkspaceID is set:
//
//	ws := w.NewWorkspace(func(p *tasktwin.InsertWorkspaceParams) { p.Name = "dev" })
//	task := w.Active(func(p *tasktwin.InsertTaskParams) { p.WorkspaceID.UUID, p.WorkspaceID.Valid = ws.ID, true })
func (w *World) NewWorkspace(edits ...func(*tasktwin.InsertWorkspaceParams)) tasktwin.Workspace {
	w.t.Helper()
	arg := w.workspaceParams(w.Clock.Now())
	edit(w, &arg, edits)
	return call(w, "InsertWorkspace", w.store.InsertWorkspace, arg)
}
