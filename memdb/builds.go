package memdb

import (
	"context"
	"database/sql"

	"github.com/google/uuid"

	"github.com/tasktwin/tasktwin"
)

// bld is a row of workspace_builds, kept small.
type bld struct {
	id                                 uuid.UUID
	createdAt, updatedAt               instant
	workspace, version, initiator, job uint32
	number                             int32
	transition, reason                 code
}

func copyBuild(st *state, b *bld) tasktwin.WorkspaceBuild {
	return tasktwin.WorkspaceBuild{
		ID: b.id, CreatedAt: b.createdAt.time(), UpdatedAt: b.updatedAt.time(),
		WorkspaceID: st.workspaces.rows.Get(b.workspace).id, TemplateVersionID: st.templateVersions.rows.Get(b.version).row.ID,
		BuildNumber: b.number, Transition: transitions[b.transition-1], InitiatorID: st.initiators.get(b.initiator),
		JobID: st.jobs.rows.Get(b.job).id, Reason: buildReasons[b.reason-1],
	}
}

func parseBuild(arg *tasktwin.InsertWorkspaceBuildParams) (fresh[bld], error) {
	if err := firstError(enum(arg.Transition), enum(arg.Reason), timestamp(&arg.CreatedAt), timestamp(&arg.UpdatedAt)); err != nil {
		return fresh[bld]{}, err
	}
	b := &bld{
		id: arg.ID, createdAt: at(arg.CreatedAt), updatedAt: at(arg.UpdatedAt), number: arg.BuildNumber,
		transition: codeOf(arg.Transition, transitions), reason: codeOf(arg.Reason, buildReasons),
	}
	return fresh[bld]{row: b, refs: refs{to(arg.JobID), to(arg.TemplateVersionID), to(arg.WorkspaceID)}, initiator: arg.InitiatorID}, nil
}

func (q queries) InsertWorkspaceBuild(ctx context.Context, arg tasktwin.InsertWorkspaceBuildParams) (tasktwin.WorkspaceBuild, error) {
	b, err := parseBuild(&arg)
	return insertRow(ctx, q, &buildsTable, b, err, copyBuild)
}

func (q queries) GetLatestWorkspaceBuildByWorkspaceID(ctx context.Context, workspaceID uuid.UUID) (tasktwin.WorkspaceBuild, error) {
	return read(ctx, q, nil, func(st *state) (row tasktwin.WorkspaceBuild, err error) {
		builds := st.buildsIn(workspaceID)
		last, ok := builds.Last()
		if !ok {
			return row, sql.ErrNoRows
		}
		return copyBuild(st, st.builds.rows.Get(last.slot)), nil
	})
}

func (q queries) ListWorkspaceBuildsByWorkspaceID(ctx context.Context, workspaceID uuid.UUID) ([]tasktwin.WorkspaceBuild, error) {
	return read(ctx, q, nil, func(st *state) ([]tasktwin.WorkspaceBuild, error) {
		return copies(st, &st.builds, st.buildsIn(workspaceID), copyBuild), nil
	})
}
