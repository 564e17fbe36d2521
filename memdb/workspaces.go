package memdb

import (
	"context"

	"github.com/google/uuid"

	"github.com/tasktwin/tasktwin"
)

func (q queries) InsertWorkspace(ctx context.Context, arg tasktwin.InsertWorkspaceParams) (tasktwin.Workspace, error) {
	r := (*work)(&arg)
	return insertRow(ctx, q.x, workspaces, r, func() error {
		return firstError(timestamp(&r.CreatedAt), timestamp(&r.UpdatedAt), text(r.Name), jsonb(&r.GroupACL), jsonb(&r.UserACL), varchar(&r.Name, 64))
	}, copyWorkspace)
}

func (q queries) UpdateWorkspaceACLByID(ctx context.Context, arg tasktwin.UpdateWorkspaceACLByIDParams) (tasktwin.Workspace, error) {
	return updateRow(ctx, q.x, workspaces, func() error {
		return firstError(jsonb(&arg.GroupACL), jsonb(&arg.UserACL))
	}, idOf[work](workspaces, arg.ID), func(w *work) {
		w.GroupACL, w.UserACL = arg.GroupACL, arg.UserACL
	}, copyWorkspace)
}

func (q queries) GetWorkspaceByID(ctx context.Context, id uuid.UUID) (tasktwin.Workspace, error) {
	return getRow(ctx, q.x, noArguments, idOf[work](workspaces, id), copyWorkspace)
}

func (q queries) DeleteWorkspaceByID(ctx context.Context, id uuid.UUID) (uuid.UUID, error) {
	return deleteRow(ctx, q.x, workspaces, id)
}
