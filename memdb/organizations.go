package memdb

import (
	"context"

	"github.com/google/uuid"

	"github.com/tasktwin/tasktwin"
)

func parseOrganization(r *org) error {
	return firstError(text(r.Name), text(r.DisplayName), timestamp(&r.CreatedAt), timestamp(&r.UpdatedAt))
}

func (q queries) InsertOrganization(ctx context.Context, arg tasktwin.InsertOrganizationParams) (tasktwin.Organization, error) {
	r := (*org)(&arg)
	return insertRow(ctx, q, &organizationsTable, fresh[org]{row: r}, parseOrganization(r), plain)
}

func (q queries) DeleteOrganizationByID(ctx context.Context, id uuid.UUID) (uuid.UUID, error) {
	return deleteRow(ctx, q, &organizationsTable, id)
}
