package memdb

import (
	"context"

	"github.com/google/uuid"

	"github.com/tasktwin/tasktwin"
)

func parseTemplate(r *tmpl) error {
	return firstError(timestamp(&r.CreatedAt), timestamp(&r.UpdatedAt), text(r.Name), varchar(&r.Name, 64))
}

func (q queries) InsertTemplate(ctx context.Context, arg tasktwin.InsertTemplateParams) (tasktwin.Template, error) {
	r := (*tmpl)(&arg)
	return insertRow(ctx, q, &templatesTable, r, parseTemplate(r), plain)
}

func parseTemplateVersion(r *tver) error {
	r.TemplateID = nullUUID(r.TemplateID)
	return firstError(timestamp(&r.CreatedAt), timestamp(&r.UpdatedAt), text(r.Name), varchar(&r.Name, 64))
}

func (q queries) InsertTemplateVersion(ctx context.Context, arg tasktwin.InsertTemplateVersionParams) (tasktwin.TemplateVersion, error) {
	r := (*tver)(&arg)
	return insertRow(ctx, q, &templateVersionsTable, r, parseTemplateVersion(r), plain)
}

func (q queries) DeleteTemplateByID(ctx context.Context, id uuid.UUID) (uuid.UUID, error) {
	return deleteRow(ctx, q, &templatesTable, id)
}

func (q queries) DeleteTemplateVersionByID(ctx context.Context, id uuid.UUID) (uuid.UUID, error) {
	return deleteRow(ctx, q, &templateVersionsTable, id)
}
