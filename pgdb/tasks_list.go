package pgdb

import (
	"context"

	"github.com/google/uuid"

	"github.com/tasktwin/tasktwin"
	"github.com/tasktwin/tasktwin/pgdb/internal/sqlc"
)

// ListTasks implements [tasktwin.Querier].
func (q queries) ListTasks(ctx context.Context, arg tasktwin.ListTasksParams) ([]tasktwin.TaskWithStatus, error) {
	check := checkListTasks(arg)
	switch {
	case arg.OwnerID != uuid.Nil:
		return many(ctx, q, reads, check, (*sqlc.Queries).ListTasksByOwner, sqlc.ListTasksByOwnerParams{
			OwnerID: arg.OwnerID, OrganizationID: arg.OrganizationID, Status: string(arg.Status),
		}, toTaskWithStatus)
	case arg.OrganizationID != uuid.Nil:
		return many(ctx, q, reads, check, (*sqlc.Queries).ListTasksByOrganization, sqlc.ListTasksByOrganizationParams{
			OrganizationID: arg.OrganizationID, Status: string(arg.Status),
		}, toTaskWithStatus)
	case arg.Status != "":
		return many(ctx, q, reads, check, (*sqlc.Queries).ListTasksByStatus, arg.Status, toTaskWithStatus)
	default:
		return many(ctx, q, reads, check, func(s *sqlc.Queries, ctx context.Context, _ struct{}) ([]sqlc.TaskWithStatus, error) {
			return s.ListTasks(ctx)
		}, struct{}{}, toTaskWithStatus)
	}
}
