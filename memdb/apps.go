package memdb

import (
	"context"

	"github.com/google/uuid"

	"github.com/tasktwin/tasktwin"
	"github.com/tasktwin/tasktwin/memdb/internal/cow"
	"github.com/tasktwin/tasktwin/memdb/internal/rel"
)

// appRow is a row of workspace_apps in compact form.
type appRow struct {
	id                uuid.UUID
	createdAt         pgTime
	displayName, slug string
	agent             uint32
	health            code
}

// appTable holds the rows of workspace_apps, their indexes, and the slots of each agent's
// apps.
type appTable struct {
	rel.Table[appRow]
	byID, bySlug cow.Hash
	ofAgent      cow.Vec[cow.Set]
}

var apps table[appRow]

func defineApps() {
	d := &apps
	d.Name = "workspace_apps"
	d.Table = func(t *tables) *rel.Table[appRow] { return &t.apps.Table }
	d.id = func(r *appRow) uuid.UUID { return r.id }
	d.Unique = []rel.Unique[tables, appRow]{
		byID(tasktwin.UniqueWorkspaceAppsPKey, func(t *tables) *cow.Hash { return &t.apps.byID }, d.id),
		byName(tasktwin.UniqueWorkspaceAppsAgentIDSlugIdx, func(t *tables) *cow.Hash { return &t.apps.bySlug }, hashSlot,
			func(_ *Options, r *appRow) (uint32, string, bool) { return r.agent, r.slug, true }),
	}
	d.keys = []key[appRow]{
		d.primaryKey("id"),
		{"agent_id, slug", func(_ *Options, f *pendingRow[appRow]) string { return keyText(f.refs[0].UUID, f.row.slug) }},
	}
	references(d, &agents, tasktwin.FKWorkspaceAppsAgentIDFKey, "agent_id", rel.Cascade,
		rel.InSet[tables, appRow](func(t *tables) *cow.Vec[cow.Set] { return &t.apps.ofAgent }),
		func(r *appRow) *uint32 { return &r.agent })
	dumped(d, func(d *tasktwin.Dump) *[]tasktwin.WorkspaceApp { return &d.WorkspaceApps }, rowsOf(d, copyApp),
		func(_ int, r *tasktwin.WorkspaceApp) (pendingRow[appRow], error) {
			row := *r
			err := firstError(timestamp(&row.CreatedAt), text(row.DisplayName), varchar(&row.DisplayName, 64), text(row.Slug))
			return newApp(&row), err
		})
}

func copyApp(st *state, a *appRow) tasktwin.WorkspaceApp {
	return tasktwin.WorkspaceApp{
		ID: a.id, CreatedAt: a.createdAt.time(), AgentID: st.Tables.agents.Parent(a.agent).id,
		DisplayName: a.displayName, Slug: a.slug, Health: appHealths[a.health-1],
	}
}

func newApp(r *tasktwin.WorkspaceApp) pendingRow[appRow] {
	a := &appRow{
		id: r.ID, createdAt: pgTimeOf(r.CreatedAt), displayName: r.DisplayName, slug: r.Slug,
		health: codeOf(r.Health, appHealths),
	}
	return pendingRow[appRow]{row: a, refs: refs{nullUUID(r.AgentID)}}
}

// InsertWorkspaceApp implements [tasktwin.Querier].
func (q queries) InsertWorkspaceApp(ctx context.Context, arg tasktwin.InsertWorkspaceAppParams) (tasktwin.WorkspaceApp, error) {
	r := (*tasktwin.WorkspaceApp)(&arg)
	argErr := firstError(enum(r.Health), timestamp(&r.CreatedAt), text(r.DisplayName), text(r.Slug), varchar(&r.DisplayName, 64))
	return insertRow(ctx, q, &apps, newApp(r), argErr, copyApp)
}

// UpdateWorkspaceAppHealthByID implements [tasktwin.Querier].
func (q queries) UpdateWorkspaceAppHealthByID(
	ctx context.Context, arg tasktwin.UpdateWorkspaceAppHealthByIDParams,
) (tasktwin.WorkspaceApp, error) {
	return updateRow(ctx, q, &apps, arg.ID, enum(arg.Health), func(a *appRow) { a.health = codeOf(arg.Health, appHealths) }, copyApp)
}

// GetWorkspaceAppByID implements [tasktwin.Querier].
func (q queries) GetWorkspaceAppByID(ctx context.Context, id uuid.UUID) (tasktwin.WorkspaceApp, error) {
	return getRow(ctx, q, &apps, id, copyApp)
}

// DeleteWorkspaceAppByID implements [tasktwin.Querier].
func (q queries) DeleteWorkspaceAppByID(ctx context.Context, id uuid.UUID) (uuid.UUID, error) {
	return deleteRow(ctx, q, &apps, id)
}
