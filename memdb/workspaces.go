package memdb

import (
	"bytes"
	"context"
	"encoding/json"

	"github.com/google/uuid"

	"github.com/tasktwin/tasktwin"
	"github.com/tasktwin/tasktwin/internal/pgvalue"
	"github.com/tasktwin/tasktwin/memdb/internal/cow"
	"github.com/tasktwin/tasktwin/memdb/internal/rel"
)

// workspaceRow is a row of workspaces in compact form.
type workspaceRow struct {
	id                            uuid.UUID
	createdAt, updatedAt          pgTime
	name                          string
	acls                          *acls
	owner, organization, template uint32
	deleted                       bool
}

// workspaceTable holds the rows of workspaces, their indexes, and the slots of each
// organization's, user's and template's workspaces.
type workspaceTable struct {
	rel.Table[workspaceRow]
	byID, byName                        cow.Hash
	ofOrganization, ofOwner, ofTemplate cow.Vec[cow.Set]
}

var workspaces table[workspaceRow]

func defineWorkspaces() {
	d := &workspaces
	d.Name = "workspaces"
	d.Table = func(t *tables) *rel.Table[workspaceRow] { return &t.workspaces.Table }
	d.id = func(r *workspaceRow) uuid.UUID { return r.id }
	d.Unique = []rel.Unique[tables, workspaceRow]{
		byID(tasktwin.UniqueWorkspacesPKey, func(t *tables) *cow.Hash { return &t.workspaces.byID }, d.id),
		byName(tasktwin.UniqueWorkspacesOwnerIDLowerIdx, func(t *tables) *cow.Hash { return &t.workspaces.byName }, hashSlot,
			func(o *Options, r *workspaceRow) (uint32, string, bool) { return r.owner, lower(o, r.name), !r.deleted }),
	}
	d.keys = []key[workspaceRow]{
		d.primaryKey("id"),
		{"owner_id, lower(name::text)", func(o *Options, f *pendingRow[workspaceRow]) string {
			return keyText(f.refs[1].UUID, lower(o, f.row.name))
		}},
	}
	d.Check = checkWorkspace
	d.checked = func(f *pendingRow[workspaceRow]) any {
		return publicWorkspace(f.row, f.refs[0].UUID, f.refs[1].UUID, f.refs[2].UUID)
	}
	references(d, &organizations, tasktwin.FKWorkspacesOrganizationIDFKey, "organization_id", rel.Restrict,
		unindexed(rel.InSet[tables, workspaceRow](func(t *tables) *cow.Vec[cow.Set] { return &t.workspaces.ofOrganization })),
		func(r *workspaceRow) *uint32 { return &r.organization })
	references(d, &users, tasktwin.FKWorkspacesOwnerIDFKey, "owner_id", rel.Restrict,
		unindexed(rel.InSet[tables, workspaceRow](func(t *tables) *cow.Vec[cow.Set] { return &t.workspaces.ofOwner })),
		func(r *workspaceRow) *uint32 { return &r.owner })
	references(d, &templates, tasktwin.FKWorkspacesTemplateIDFKey, "template_id", rel.Restrict,
		unindexed(rel.InSet[tables, workspaceRow](func(t *tables) *cow.Vec[cow.Set] { return &t.workspaces.ofTemplate })),
		func(r *workspaceRow) *uint32 { return &r.template })
	dumped(d, func(d *tasktwin.Dump) *[]tasktwin.Workspace { return &d.Workspaces }, rowsOf(d, copyWorkspace),
		func(version int, row *tasktwin.Workspace) (pendingRow[workspaceRow], error) {
			r := *row
			err := firstError(timestamp(&r.CreatedAt), timestamp(&r.UpdatedAt), text(r.Name), varchar(&r.Name, 64),
				jsonb(version, &r.GroupACL), jsonb(version, &r.UserACL))
			return newWorkspace(&r), err
		})
}

// checkWorkspace checks the NOT NULL columns in their order, then the check constraints
// ordered by name, like PostgreSQL.
func checkWorkspace(w *workspaceRow) error {
	switch {
	case w.acls.group == nil:
		return notNullViolation("workspaces", "group_acl")
	case w.acls.user == nil:
		return notNullViolation("workspaces", "user_acl")
	case !pgvalue.JSONBIsObject(w.acls.group):
		return checkViolation("workspaces", tasktwin.CheckGroupACLIsObject)
	case !pgvalue.JSONBIsObject(w.acls.user):
		return checkViolation("workspaces", tasktwin.CheckUserACLIsObject)
	}
	return nil
}

// acls are a workspace's access control lists. Most are {}; those workspaces share one
// value.
type acls struct{ group, user json.RawMessage }

var (
	emptyObject = json.RawMessage("{}")
	emptyACLs   = &acls{emptyObject, emptyObject}
)

func aclsOf(group, user json.RawMessage) *acls {
	if bytes.Equal(group, emptyObject) && bytes.Equal(user, emptyObject) {
		return emptyACLs
	}
	return &acls{group, user}
}

func copyWorkspace(st *state, w *workspaceRow) tasktwin.Workspace {
	t := &st.Tables
	return publicWorkspace(w, t.organizations.Parent(w.organization).ID, t.users.Parent(w.owner).ID, t.templates.Parent(w.template).row.ID)
}

func publicWorkspace(w *workspaceRow, organization, owner, template uuid.UUID) tasktwin.Workspace {
	return tasktwin.Workspace{
		ID: w.id, CreatedAt: w.createdAt.time(), UpdatedAt: w.updatedAt.time(), OwnerID: owner,
		OrganizationID: organization, TemplateID: template,
		Deleted: w.deleted, Name: w.name, GroupACL: cloneJSON(w.acls.group), UserACL: cloneJSON(w.acls.user),
	}
}

func parseWorkspace(version int, r *tasktwin.Workspace) error {
	return firstError(timestamp(&r.CreatedAt), timestamp(&r.UpdatedAt), text(r.Name),
		jsonb(version, &r.GroupACL), jsonb(version, &r.UserACL), varchar(&r.Name, 64))
}

func newWorkspace(r *tasktwin.Workspace) pendingRow[workspaceRow] {
	w := &workspaceRow{
		id: r.ID, createdAt: pgTimeOf(r.CreatedAt), updatedAt: pgTimeOf(r.UpdatedAt), name: r.Name,
		acls: aclsOf(r.GroupACL, r.UserACL), deleted: r.Deleted,
	}
	return pendingRow[workspaceRow]{row: w, refs: refs{nullUUID(r.OrganizationID), nullUUID(r.OwnerID), nullUUID(r.TemplateID)}}
}

// InsertWorkspace implements [tasktwin.Querier].
func (q queries) InsertWorkspace(ctx context.Context, arg tasktwin.InsertWorkspaceParams) (tasktwin.Workspace, error) {
	r := (*tasktwin.Workspace)(&arg)
	argErr := parseWorkspace(q.version, r)
	return insertRow(ctx, q, &workspaces, newWorkspace(r), argErr, copyWorkspace)
}

// UpdateWorkspaceACLByID implements [tasktwin.Querier].
func (q queries) UpdateWorkspaceACLByID(ctx context.Context, arg tasktwin.UpdateWorkspaceACLByIDParams) (tasktwin.Workspace, error) {
	argErr := firstError(jsonb(q.version, &arg.GroupACL), jsonb(q.version, &arg.UserACL))
	return updateRow(ctx, q, &workspaces, arg.ID, argErr, func(w *workspaceRow) {
		w.acls = aclsOf(arg.GroupACL, arg.UserACL)
	}, copyWorkspace)
}

// GetWorkspaceByID implements [tasktwin.Querier].
func (q queries) GetWorkspaceByID(ctx context.Context, id uuid.UUID) (tasktwin.Workspace, error) {
	return getRow(ctx, q, &workspaces, id, copyWorkspace)
}

// DeleteWorkspaceByID implements [tasktwin.Querier].
func (q queries) DeleteWorkspaceByID(ctx context.Context, id uuid.UUID) (uuid.UUID, error) {
	return deleteRow(ctx, q, &workspaces, id)
}
