package pgdb

import (
	"context"

	"github.com/google/uuid"

	"github.com/tasktwin/tasktwin"
	"github.com/tasktwin/tasktwin/pgdb/internal/sqlc"
)

// InsertProvisionerJob implements [tasktwin.Querier].
func (q queries) InsertProvisionerJob(ctx context.Context, arg tasktwin.InsertProvisionerJobParams) (tasktwin.ProvisionerJob, error) {
	return one(ctx, q, nothing, (*sqlc.Queries).InsertProvisionerJob, sqlc.InsertProvisionerJobParams(arg), provisionerJob)
}

// UpdateProvisionerJobByID implements [tasktwin.Querier].
func (q queries) UpdateProvisionerJobByID(ctx context.Context, arg tasktwin.UpdateProvisionerJobByIDParams) (tasktwin.ProvisionerJob, error) {
	return one(ctx, q, nothing, (*sqlc.Queries).UpdateProvisionerJobByID, sqlc.UpdateProvisionerJobByIDParams(arg), provisionerJob)
}

// GetProvisionerJobByID implements [tasktwin.Querier].
func (q queries) GetProvisionerJobByID(ctx context.Context, id uuid.UUID) (tasktwin.ProvisionerJob, error) {
	return one(ctx, q, nothing, (*sqlc.Queries).GetProvisionerJobByID, id, provisionerJob)
}

// DeleteProvisionerJobByID implements [tasktwin.Querier].
func (q queries) DeleteProvisionerJobByID(ctx context.Context, id uuid.UUID) (uuid.UUID, error) {
	return one(ctx, q, nothing, (*sqlc.Queries).DeleteProvisionerJobByID, id, same)
}
