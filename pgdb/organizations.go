package pgdb

import (
	"context"

	"github.com/google/uuid"

	"github.com/tasktwin/tasktwin"
	"github.com/tasktwin/tasktwin/pgdb/internal/sqlc"
)

// InsertOrganization implements [tasktwin.Querier].
func (q queries) InsertOrganization(ctx context.Context, arg tasktwin.InsertOrganizationParams) (tasktwin.Organization, error) {
	return one(ctx, q, nothing, (*sqlc.Queries).InsertOrganization, sqlc.InsertOrganizationParams(arg), organization)
}

// DeleteOrganizationByID implements [tasktwin.Querier].
func (q queries) DeleteOrganizationByID(ctx context.Context, id uuid.UUID) (uuid.UUID, error) {
	return one(ctx, q, nothing, (*sqlc.Queries).DeleteOrganizationByID, id, same)
}
