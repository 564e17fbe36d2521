package memdb

import (
	"context"

	"github.com/google/uuid"

	"github.com/tasktwin/tasktwin"
)

// tmpl is a row of templates.
type tmpl struct {
	row                   tasktwin.Template
	creator, organization uint32
}

func copyTemplate(_ *state, t *tmpl) tasktwin.Template { return t.row }

func parseTemplate(row *tasktwin.Template) (fresh[tmpl], error) {
	t := &tmpl{row: *row}
	r := &t.row
	return fresh[tmpl]{row: t, refs: refs{to(r.CreatedBy), to(r.OrganizationID)}},
		firstError(timestamp(&r.CreatedAt), timestamp(&r.UpdatedAt), text(r.Name), varchar(&r.Name, 64))
}

func (q queries) InsertTemplate(ctx context.Context, arg tasktwin.InsertTemplateParams) (tasktwin.Template, error) {
	t, err := parseTemplate((*tasktwin.Template)(&arg))
	return insertRow(ctx, q, &templatesTable, t, err, copyTemplate)
}

// tver is a row of template_versions.
type tver struct {
	row                             tasktwin.TemplateVersion
	creator, organization, template uint32
}

func copyTemplateVersion(_ *state, v *tver) tasktwin.TemplateVersion { return v.row }

func parseTemplateVersion(row *tasktwin.TemplateVersion) (fresh[tver], error) {
	v := &tver{row: *row}
	r := &v.row
	r.TemplateID = nullUUID(r.TemplateID)
	return fresh[tver]{row: v, refs: refs{to(r.CreatedBy), to(r.OrganizationID), r.TemplateID}},
		firstError(timestamp(&r.CreatedAt), timestamp(&r.UpdatedAt), text(r.Name), varchar(&r.Name, 64))
}

func (q queries) InsertTemplateVersion(ctx context.Context, arg tasktwin.InsertTemplateVersionParams) (tasktwin.TemplateVersion, error) {
	v, err := parseTemplateVersion((*tasktwin.TemplateVersion)(&arg))
	return insertRow(ctx, q, &templateVersionsTable, v, err, copyTemplateVersion)
}

func (q queries) DeleteTemplateByID(ctx context.Context, id uuid.UUID) (uuid.UUID, error) {
	return deleteRow(ctx, q, &templatesTable, id)
}

func (q queries) DeleteTemplateVersionByID(ctx context.Context, id uuid.UUID) (uuid.UUID, error) {
	return deleteRow(ctx, q, &templateVersionsTable, id)
}

// nullUUID drops what stands beside Valid == false.
func nullUUID(id uuid.NullUUID) uuid.NullUUID {
	if !id.Valid {
		return uuid.NullUUID{}
	}
	return id
}
