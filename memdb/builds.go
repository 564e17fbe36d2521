package memdb

import (
	"context"
	"unique"

	"github.com/google/uuid"

	"github.com/tasktwin/tasktwin"
	"github.com/tasktwin/tasktwin/memdb/internal/cow"
	"github.com/tasktwin/tasktwin/memdb/internal/rel"
)

// buildRow is a row of workspace_builds in compact form.
type buildRow struct {
	id                   uuid.UUID
	createdAt, updatedAt pgTime
	// initiator is not a foreign key. Rows with the same value share it.
	initiator               unique.Handle[uuid.UUID]
	workspace, version, job uint32
	number                  int32
	transition, reason      code
}

// buildTable holds the rows of workspace_builds, their index, the slots of each template
// version's builds, of each workspace's builds ordered by build number, and of each job's
// build.
type buildTable struct {
	rel.Table[buildRow]
	byID        cow.Hash
	ofVersion   cow.Vec[cow.Set]
	ofWorkspace cow.Vec[cow.Tree[rel.NumberedChild]]
	ofJob       cow.Vec[uint32]
}

var builds table[buildRow]

func defineBuilds() {
	d := &builds
	d.Name = "workspace_builds"
	d.Table = func(t *tables) *rel.Table[buildRow] { return &t.builds.Table }
	d.id = func(r *buildRow) uuid.UUID { return r.id }
	ofJob, job := func(t *tables) *cow.Vec[uint32] { return &t.builds.ofJob }, func(r *buildRow) *uint32 { return &r.job }
	ofWorkspace := func(t *tables) *cow.Vec[cow.Tree[rel.NumberedChild]] { return &t.builds.ofWorkspace }
	workspace, number := func(r *buildRow) *uint32 { return &r.workspace }, func(r *buildRow) int32 { return r.number }
	d.Unique = []rel.Unique[tables, buildRow]{
		byID(tasktwin.UniqueWorkspaceBuildsPKey, func(t *tables) *cow.Hash { return &t.builds.byID }, d.id),
		rel.UniqueParent(string(tasktwin.UniqueWorkspaceBuildsJobIDKey), ofJob, job),
		rel.UniqueNumber(string(tasktwin.UniqueWorkspaceBuildsWorkspaceIDBuildNumberKey), ofWorkspace, workspace, number),
	}
	d.Key = func(_ *tables, r *buildRow) string { return keyOf("id", keyText(r.id)) }
	d.keys = []key[buildRow]{
		d.primaryKey("id"),
		{"job_id", func(_ *Options, f *pendingRow[buildRow]) string { return keyText(f.refs[0].UUID) }},
		{"workspace_id, build_number", func(_ *Options, f *pendingRow[buildRow]) string { return keyText(f.refs[2].UUID, f.row.number) }},
	}
	references(d, &jobs, tasktwin.FKWorkspaceBuildsJobIDFKey, "job_id", rel.Cascade, rel.OnlyChild[tables, buildRow](ofJob), job)
	references(d, &templateVersions, tasktwin.FKWorkspaceBuildsTemplateVersionIDFKey, "template_version_id", rel.Cascade,
		unindexed(rel.InSet[tables, buildRow](func(t *tables) *cow.Vec[cow.Set] { return &t.builds.ofVersion })),
		func(r *buildRow) *uint32 { return &r.version })
	byNumber := rel.ByNumber(ofWorkspace, number)
	byNumber.Unique = 2
	references(d, &workspaces, tasktwin.FKWorkspaceBuildsWorkspaceIDFKey, "workspace_id", rel.Cascade, byNumber, workspace)
	dumped(d, func(d *tasktwin.Dump) *[]tasktwin.WorkspaceBuild { return &d.WorkspaceBuilds }, rowsOf(d, copyBuild),
		func(_ int, r *tasktwin.WorkspaceBuild) (pendingRow[buildRow], error) {
			params := tasktwin.InsertWorkspaceBuildParams(*r)
			return parseBuild(&params)
		})
}

// buildsIn returns a workspace's builds. They are empty if the workspace does not exist.
func buildsIn(st *state, workspaceID uuid.UUID) (list cow.Tree[rel.NumberedChild]) {
	if slot, ok := workspaces.parentSlot(st, workspaceID); ok {
		list = st.Tables.builds.ofWorkspace.Get(slot)
	}
	return list
}

// buildOfJob returns the build of a job, or nil. There is no row at NoSlot.
func buildOfJob(st *state, job uint32) *buildRow {
	return st.Tables.builds.Row(st.Tables.builds.ofJob.Get(job) - 1)
}

func copyBuild(st *state, b *buildRow) tasktwin.WorkspaceBuild {
	return tasktwin.WorkspaceBuild{
		ID: b.id, CreatedAt: b.createdAt.time(), UpdatedAt: b.updatedAt.time(),
		WorkspaceID: st.Tables.workspaces.Parent(b.workspace).id, TemplateVersionID: st.Tables.templateVersions.Parent(b.version).row.ID,
		BuildNumber: b.number, Transition: transitions[b.transition-1], InitiatorID: b.initiator.Value(),
		JobID: st.Tables.jobs.Parent(b.job).id, Reason: buildReasons[b.reason-1],
	}
}

func parseBuild(arg *tasktwin.InsertWorkspaceBuildParams) (pendingRow[buildRow], error) {
	if err := firstError(enum(arg.Transition), enum(arg.Reason), timestamp(&arg.CreatedAt), timestamp(&arg.UpdatedAt)); err != nil {
		return pendingRow[buildRow]{}, err
	}
	b := &buildRow{
		id: arg.ID, createdAt: pgTimeOf(arg.CreatedAt), updatedAt: pgTimeOf(arg.UpdatedAt), number: arg.BuildNumber,
		initiator: unique.Make(arg.InitiatorID), transition: codeOf(arg.Transition, transitions), reason: codeOf(arg.Reason, buildReasons),
	}
	return pendingRow[buildRow]{row: b, refs: refs{nullUUID(arg.JobID), nullUUID(arg.TemplateVersionID), nullUUID(arg.WorkspaceID)}}, nil
}

// InsertWorkspaceBuild implements [tasktwin.Querier].
func (q queries) InsertWorkspaceBuild(ctx context.Context, arg tasktwin.InsertWorkspaceBuildParams) (tasktwin.WorkspaceBuild, error) {
	b, err := parseBuild(&arg)
	return insertRow(ctx, q, &builds, b, err, copyBuild)
}

// GetLatestWorkspaceBuildByWorkspaceID implements [tasktwin.Querier].
func (q queries) GetLatestWorkspaceBuildByWorkspaceID(ctx context.Context, workspaceID uuid.UUID) (tasktwin.WorkspaceBuild, error) {
	return read(ctx, q, nil, func(st *state) (row tasktwin.WorkspaceBuild, err error) {
		noteBuildsOf(st, workspaceID)
		list := buildsIn(st, workspaceID)
		last, ok := list.Last()
		if !ok {
			return row, rel.ErrNoRows
		}
		builds.Read(st, last.Slot)
		return copyBuild(st, st.Tables.builds.Row(last.Slot)), nil
	})
}

// ListWorkspaceBuildsByWorkspaceID implements [tasktwin.Querier].
func (q queries) ListWorkspaceBuildsByWorkspaceID(ctx context.Context, workspaceID uuid.UUID) ([]tasktwin.WorkspaceBuild, error) {
	return read(ctx, q, nil, func(st *state) ([]tasktwin.WorkspaceBuild, error) {
		noteBuildsOf(st, workspaceID)
		return copies(st, &builds, buildsIn(st, workspaceID), copyBuild), nil
	})
}
