package memdb

import (
	"context"

	"github.com/google/uuid"

	"github.com/tasktwin/tasktwin"
)

// app is a row of workspace_apps, kept small.
type app struct {
	id                uuid.UUID
	createdAt         instant
	displayName, slug string
	agent             uint32
	health            code
}

func copyApp(st *state, a *app) tasktwin.WorkspaceApp {
	return tasktwin.WorkspaceApp{
		ID: a.id, CreatedAt: a.createdAt.time(), AgentID: st.agents.rows.Get(a.agent).id,
		DisplayName: a.displayName, Slug: a.slug, Health: appHealths[a.health-1],
	}
}

func newApp(r *tasktwin.WorkspaceApp) fresh[app] {
	a := &app{id: r.ID, createdAt: at(r.CreatedAt), displayName: r.DisplayName, slug: r.Slug, health: codeOf(r.Health, appHealths)}
	return fresh[app]{row: a, refs: refs{to(r.AgentID)}}
}

func (q queries) InsertWorkspaceApp(ctx context.Context, arg tasktwin.InsertWorkspaceAppParams) (tasktwin.WorkspaceApp, error) {
	r := (*tasktwin.WorkspaceApp)(&arg)
	parsed := firstError(enum(r.Health), timestamp(&r.CreatedAt), text(r.DisplayName), text(r.Slug), varchar(&r.DisplayName, 64))
	return insertRow(ctx, q, &appsTable, newApp(r), parsed, copyApp)
}

func (q queries) UpdateWorkspaceAppHealthByID(ctx context.Context, arg tasktwin.UpdateWorkspaceAppHealthByIDParams) (tasktwin.WorkspaceApp, error) {
	return updateRow(ctx, q, &appsTable, arg.ID, enum(arg.Health), func(a *app) { a.health = codeOf(arg.Health, appHealths) }, copyApp)
}

func parseStatus(r *tasktwin.WorkspaceAppStatus) error {
	return firstError(enum(r.State), timestamp(&r.CreatedAt), text(r.Message), nullText(&r.URI))
}

func (q queries) InsertWorkspaceAppStatus(ctx context.Context, arg tasktwin.InsertWorkspaceAppStatusParams) (tasktwin.WorkspaceAppStatus, error) {
	r := (*tasktwin.WorkspaceAppStatus)(&arg)
	return write(ctx, q, parseStatus(r), wholly, func(st *state) (tasktwin.WorkspaceAppStatus, error) {
		tag, err := st.checkStatus(r)
		if err != nil {
			return tasktwin.WorkspaceAppStatus{}, err
		}
		parents, err := st.checkStatusParents(r)
		if err != nil {
			return tasktwin.WorkspaceAppStatus{}, err
		}
		st.storeStatus(r, tag, parents)
		return *r, nil
	})
}

func (q queries) GetWorkspaceAppByID(ctx context.Context, id uuid.UUID) (tasktwin.WorkspaceApp, error) {
	return getRow(ctx, q, &appsTable, id, copyApp)
}

func (q queries) ListWorkspaceAppStatusesByAppID(ctx context.Context, appID uuid.UUID) ([]tasktwin.WorkspaceAppStatus, error) {
	return read(ctx, q, nil, func(st *state) ([]tasktwin.WorkspaceAppStatus, error) {
		slot, a := appsTable.find(st, appID)
		if a == nil {
			return []tasktwin.WorkspaceAppStatus{}, nil
		}
		statuses := st.statuses.byApp.Get(slot)
		rows := make([]tasktwin.WorkspaceAppStatus, 0, statuses.Len())
		for n := range statuses.All() {
			rows = append(rows, st.statusRow(n))
		}
		return rows, nil
	})
}

func (q queries) DeleteWorkspaceAppByID(ctx context.Context, id uuid.UUID) (uuid.UUID, error) {
	return deleteRow(ctx, q, &appsTable, id)
}
