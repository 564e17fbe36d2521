package pgdb

import (
	"context"

	"github.com/google/uuid"

	"github.com/tasktwin/tasktwin"
	"github.com/tasktwin/tasktwin/pgdb/internal/sqlc"
)

// InsertTemplate implements [tasktwin.Querier].
func (q queries) InsertTemplate(ctx context.Context, arg tasktwin.InsertTemplateParams) (tasktwin.Template, error) {
	return one(ctx, q, nothing, (*sqlc.Queries).InsertTemplate, sqlc.InsertTemplateParams(arg), template)
}

// InsertTemplateVersion implements [tasktwin.Querier].
func (q queries) InsertTemplateVersion(ctx context.Context, arg tasktwin.InsertTemplateVersionParams) (tasktwin.TemplateVersion, error) {
	return one(ctx, q, nothing, (*sqlc.Queries).InsertTemplateVersion, sqlc.InsertTemplateVersionParams(arg), templateVersion)
}

// DeleteTemplateByID implements [tasktwin.Querier].
func (q queries) DeleteTemplateByID(ctx context.Context, id uuid.UUID) (uuid.UUID, error) {
	return one(ctx, q, nothing, (*sqlc.Queries).DeleteTemplateByID, id, same)
}

// DeleteTemplateVersionByID implements [tasktwin.Querier].
func (q queries) DeleteTemplateVersionByID(ctx context.Context, id uuid.UUID) (uuid.UUID, error) {
	return one(ctx, q, nothing, (*sqlc.Queries).DeleteTemplateVersionByID, id, same)
}
