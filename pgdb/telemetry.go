package pgdb

import (
	"context"

	"github.com/tasktwin/tasktwin"
	"github.com/tasktwin/tasktwin/pgdb/internal/sqlc"
)

// GetTelemetryTaskEvents implements [tasktwin.Querier].
func (q queries) GetTelemetryTaskEvents(ctx context.Context, arg tasktwin.GetTelemetryTaskEventsParams) ([]tasktwin.GetTelemetryTaskEventsRow, error) {
	params := sqlc.GetTelemetryTaskEventsParams{CreatedAfter: arg.CreatedAfter, Now: arg.Now}
	return many(ctx, q, nothing, (*sqlc.Queries).GetTelemetryTaskEvents, params, taskEvents)
}
