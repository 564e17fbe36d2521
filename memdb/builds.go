package memdb

import (
	"context"
	"database/sql"

	"github.com/google/uuid"

	"github.com/tasktwin/tasktwin"
)

// bld is a row of workspace_builds, kept small.
type bld struct {
	id, workspaceID, templateVersionID, initiatorID, jobID uuid.UUID
	createdAt, updatedAt                                   instant
	number                                                 int32
	transition, reason                                     code
}

func copyBuild(b *bld) tasktwin.WorkspaceBuild {
	return tasktwin.WorkspaceBuild{
		ID: b.id, CreatedAt: b.createdAt.time(), UpdatedAt: b.updatedAt.time(), WorkspaceID: b.workspaceID,
		TemplateVersionID: b.templateVersionID, BuildNumber: b.number, Transition: transitions[b.transition-1],
		InitiatorID: b.initiatorID, JobID: b.jobID, Reason: buildReasons[b.reason-1],
	}
}

func parseBuild(arg *tasktwin.InsertWorkspaceBuildParams) (*bld, error) {
	if err := firstError(enum(arg.Transition), enum(arg.Reason), timestamp(&arg.CreatedAt), timestamp(&arg.UpdatedAt)); err != nil {
		return nil, err
	}
	return &bld{
		id: arg.ID, workspaceID: arg.WorkspaceID, templateVersionID: arg.TemplateVersionID, initiatorID: arg.InitiatorID,
		jobID: arg.JobID, createdAt: at(arg.CreatedAt), updatedAt: at(arg.UpdatedAt), number: arg.BuildNumber,
		transition: codeOf(arg.Transition, transitions), reason: codeOf(arg.Reason, buildReasons),
	}, nil
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
		return copyBuild(st.builds.rows.Get(last.slot)), nil
	})
}

func (q queries) ListWorkspaceBuildsByWorkspaceID(ctx context.Context, workspaceID uuid.UUID) ([]tasktwin.WorkspaceBuild, error) {
	return read(ctx, q, nil, func(st *state) ([]tasktwin.WorkspaceBuild, error) {
		return copies(&st.builds, st.buildsIn(workspaceID), copyBuild), nil
	})
}
