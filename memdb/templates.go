package memdb

import (
	"context"

	"github.com/google/uuid"

	"github.com/tasktwin/tasktwin"
)

func (q queries) InsertTemplate(ctx context.Context, arg tasktwin.InsertTemplateParams) (tasktwin.Template, error) {
	r := (*tmpl)(&arg)
	return insertRow(ctx, q.x, templates, r, func() error {
		return firstError(timestamp(&r.CreatedAt), timestamp(&r.UpdatedAt), text(r.Name), varchar(&r.Name, 64))
	}, plain)
}

func (q queries) InsertTemplateVersion(ctx context.Context, arg tasktwin.InsertTemplateVersionParams) (tasktwin.TemplateVersion, error) {
	r := (*tver)(&arg)
	r.TemplateID = nullUUID(r.TemplateID)
	return insertRow(ctx, q.x, templateVersions, r, func() error {
		return firstError(timestamp(&r.CreatedAt), timestamp(&r.UpdatedAt), text(r.Name), varchar(&r.Name, 64))
	}, plain)
}

func (q queries) DeleteTemplateByID(ctx context.Context, id uuid.UUID) (uuid.UUID, error) {
	return deleteRow(ctx, q.x, templates, id)
}

func (q queries) DeleteTemplateVersionByID(ctx context.Context, id uuid.UUID) (uuid.UUID, error) {
	return deleteRow(ctx, q.x, templateVersions, id)
}
