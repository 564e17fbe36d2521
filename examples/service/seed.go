package main

import (
	"context"
	"time"

	"github.com/google/uuid"

	"github.com/tasktwin/tasktwin"
)

// seeded has the ids of the rows that the service needs.
type seeded struct{ organization, version, ada, bob uuid.UUID }

// seed inserts an organization with a template, and two users.
func seed(ctx context.Context, store tasktwin.Store, at time.Time) (seeded, error) {
	s := seeded{uuid.New(), uuid.New(), uuid.New(), uuid.New()}
	template := uuid.New()
	err := store.InTx(ctx, func(tx tasktwin.Store) error {
		if _, err := tx.InsertOrganization(ctx, tasktwin.InsertOrganizationParams{
			ID: s.organization, Name: "acme", CreatedAt: at, UpdatedAt: at,
		}); err != nil {
			return err
		}
		for name, id := range map[string]uuid.UUID{"ada": s.ada, "bob": s.bob} {
			if _, err := tx.InsertUser(ctx, tasktwin.InsertUserParams{ID: id, Username: name, CreatedAt: at, UpdatedAt: at}); err != nil {
				return err
			}
		}
		if _, err := tx.InsertTemplate(ctx, tasktwin.InsertTemplateParams{
			ID: template, OrganizationID: s.organization, Name: "agent", ActiveVersionID: s.version, CreatedBy: s.ada, CreatedAt: at, UpdatedAt: at,
		}); err != nil {
			return err
		}
		_, err := tx.InsertTemplateVersion(ctx, tasktwin.InsertTemplateVersionParams{
			ID: s.version, TemplateID: uuid.NullUUID{UUID: template, Valid: true}, OrganizationID: s.organization,
			Name: "v1", CreatedBy: s.ada, CreatedAt: at, UpdatedAt: at,
		})
		return err
	}, nil)
	return s, err
}
