package memdb

import (
	"context"

	"github.com/google/uuid"

	"github.com/tasktwin/tasktwin"
)

func parseWorkspace(r *work) error {
	return firstError(timestamp(&r.CreatedAt), timestamp(&r.UpdatedAt), text(r.Name), jsonb(&r.GroupACL), jsonb(&r.UserACL), varchar(&r.Name, 64))
}

func (q queries) InsertWorkspace(ctx context.Context, arg tasktwin.InsertWorkspaceParams) (tasktwin.Workspace, error) {
	r := (*work)(&arg)
	return insertRow(ctx, q, &workspacesTable, r, parseWorkspace(r), copyWorkspace)
}

func (q queries) UpdateWorkspaceACLByID(ctx context.Context, arg tasktwin.UpdateWorkspaceACLByIDParams) (tasktwin.Workspace, error) {
	parsed := firstError(jsonb(&arg.GroupACL), jsonb(&arg.UserACL))
	return updateRow(ctx, q, &workspacesTable, arg.ID, parsed, func(w *work) {
		w.GroupACL, w.UserACL = arg.GroupACL, arg.UserACL
	}, copyWorkspace)
}

func (q queries) GetWorkspaceByID(ctx context.Context, id uuid.UUID) (tasktwin.Workspace, error) {
	return getRow(ctx, q, &workspacesTable, id, copyWorkspace)
}

func (q queries) DeleteWorkspaceByID(ctx context.Context, id uuid.UUID) (uuid.UUID, error) {
	return deleteRow(ctx, q, &workspacesTable, id)
}
