package sim_test

import (
	"testing"

	"github.com/tasktwin/tasktwin"
	"github.com/tasktwin/tasktwin/memdb"
	"github.com/google/uuid"
	"time"
)

func BenchmarkTx(b *testing.B) {
	b.ReportAllocs()
	at := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	for b.Loop() {
		db := memdb.New(memdb.Options{})
		ctx := b.Context()
		_ = db.InTx(ctx, func(tx tasktwin.Store) error {
			org, agent, app, ws, user, tpl := uuid.New(), uuid.New(), uuid.New(), uuid.New(), uuid.New(), uuid.New()
			must := func(err error) {
				if err != nil {
					b.Fatal(err)
				}
			}
			_, err := tx.InsertOrganization(ctx, tasktwin.InsertOrganizationParams{ID: org, Name: "o", CreatedAt: at, UpdatedAt: at})
			must(err)
			_, err = tx.InsertUser(ctx, tasktwin.InsertUserParams{ID: user, Username: "u", CreatedAt: at, UpdatedAt: at})
			must(err)
			_, err = tx.InsertTemplate(ctx, tasktwin.InsertTemplateParams{ID: tpl, OrganizationID: org, Name: "t", CreatedAt: at, UpdatedAt: at, CreatedBy: user})
			must(err)
			_, err = tx.InsertWorkspace(ctx, tasktwin.InsertWorkspaceParams{ID: ws, OrganizationID: org, OwnerID: user, TemplateID: tpl, Name: "w", CreatedAt: at, UpdatedAt: at, GroupACL: []byte("{}"), UserACL: []byte("{}")})
			must(err)
			_, err = tx.InsertWorkspaceAgent(ctx, tasktwin.InsertWorkspaceAgentParams{ID: agent, CreatedAt: at, UpdatedAt: at, Name: "a", LifecycleState: "ready"})
			must(err)
			_, err = tx.InsertWorkspaceApp(ctx, tasktwin.InsertWorkspaceAppParams{ID: app, CreatedAt: at, AgentID: agent, Slug: "s", Health: "healthy"})
			must(err)
			for i := range 20000 {
				_, err = tx.InsertWorkspaceAppStatus(ctx, tasktwin.InsertWorkspaceAppStatusParams{ID: uuid.UUID{1, byte(i), byte(i >> 8)}, CreatedAt: at.Add(time.Duration(i) * time.Second), AgentID: agent, AppID: app, WorkspaceID: ws, State: "working"})
				must(err)
				if i%4 == 0 {
					_, err = tx.UpdateWorkspaceAppHealthByID(ctx, tasktwin.UpdateWorkspaceAppHealthByIDParams{ID: app, Health: "healthy"})
					must(err)
				}
			}
			return nil
		}, nil)
	}
}
