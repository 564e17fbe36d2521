package memdb

import (
	"context"

	"github.com/google/uuid"

	"github.com/tasktwin/tasktwin"
)

// work is a row of workspaces, kept small.
type work struct {
	id                            uuid.UUID
	createdAt, updatedAt          instant
	name                          string
	acls                          *acls
	owner, organization, template uint32
	deleted                       bool
}

func copyWorkspace(st *state, w *work) tasktwin.Workspace {
	return tasktwin.Workspace{
		ID: w.id, CreatedAt: w.createdAt.time(), UpdatedAt: w.updatedAt.time(), OwnerID: st.users.rows.Get(w.owner).ID,
		OrganizationID: st.organizations.rows.Get(w.organization).ID, TemplateID: st.templates.rows.Get(w.template).row.ID,
		Deleted: w.deleted, Name: w.name, GroupACL: cloneJSON(w.acls.group), UserACL: cloneJSON(w.acls.user),
	}
}

func parseWorkspace(r *tasktwin.Workspace) error {
	return firstError(timestamp(&r.CreatedAt), timestamp(&r.UpdatedAt), text(r.Name), jsonb(&r.GroupACL), jsonb(&r.UserACL), varchar(&r.Name, 64))
}

func newWorkspace(r *tasktwin.Workspace) fresh[work] {
	w := &work{
		id: r.ID, createdAt: at(r.CreatedAt), updatedAt: at(r.UpdatedAt), name: r.Name, acls: aclsOf(r.GroupACL, r.UserACL), deleted: r.Deleted,
	}
	return fresh[work]{row: w, refs: refs{to(r.OrganizationID), to(r.OwnerID), to(r.TemplateID)}}
}

func (q queries) InsertWorkspace(ctx context.Context, arg tasktwin.InsertWorkspaceParams) (tasktwin.Workspace, error) {
	r := (*tasktwin.Workspace)(&arg)
	parsed := parseWorkspace(r)
	return insertRow(ctx, q, &workspacesTable, newWorkspace(r), parsed, copyWorkspace)
}

func (q queries) UpdateWorkspaceACLByID(ctx context.Context, arg tasktwin.UpdateWorkspaceACLByIDParams) (tasktwin.Workspace, error) {
	parsed := firstError(jsonb(&arg.GroupACL), jsonb(&arg.UserACL))
	return updateRow(ctx, q, &workspacesTable, arg.ID, parsed, func(w *work) {
		w.acls = aclsOf(arg.GroupACL, arg.UserACL)
	}, copyWorkspace)
}

func (q queries) GetWorkspaceByID(ctx context.Context, id uuid.UUID) (tasktwin.Workspace, error) {
	return getRow(ctx, q, &workspacesTable, id, copyWorkspace)
}

func (q queries) DeleteWorkspaceByID(ctx context.Context, id uuid.UUID) (uuid.UUID, error) {
	return deleteRow(ctx, q, &workspacesTable, id)
}
