package memdb

import (
	"context"

	"github.com/google/uuid"

	"github.com/tasktwin/tasktwin"
)

func (q queries) InsertWorkspaceBuild(ctx context.Context, arg tasktwin.InsertWorkspaceBuildParams) (tasktwin.WorkspaceBuild, error) {
	r := (*bld)(&arg)
	return insertRow(ctx, q.x, workspaceBuilds, r, func() error {
		return firstError(enum(r.Transition), enum(r.Reason), timestamp(&r.CreatedAt), timestamp(&r.UpdatedAt))
	}, plain)
}

func (q queries) GetLatestWorkspaceBuildByWorkspaceID(ctx context.Context, workspaceID uuid.UUID) (tasktwin.WorkspaceBuild, error) {
	return getRow(ctx, q.x, noArguments, func(st *state) (latest *bld) {
		scanBack(st, workspaceBuilds, buildsByNumber, workspaceID, func(b *bld) bool {
			latest = b
			return false
		})
		return latest
	}, plain)
}

func (q queries) ListWorkspaceBuildsByWorkspaceID(ctx context.Context, workspaceID uuid.UUID) ([]tasktwin.WorkspaceBuild, error) {
	return listRows[tasktwin.WorkspaceBuild](ctx, q.x, workspaceBuilds, buildsByNumber, workspaceID)
}
