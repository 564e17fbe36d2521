package memdb

import (
	"context"

	"github.com/google/uuid"

	"github.com/tasktwin/tasktwin"
	"github.com/tasktwin/tasktwin/memdb/internal/cow"
	"github.com/tasktwin/tasktwin/memdb/internal/rel"
)

// templateRow is a row of templates.
type templateRow struct {
	row                   tasktwin.Template
	creator, organization uint32
}

// templateTable holds the rows of templates, their indexes, and the slots of each user's
// and organization's templates.
type templateTable struct {
	rel.Table[templateRow]
	byID, byName              cow.Hash
	ofCreator, ofOrganization cow.Vec[cow.Set]
}

var templates table[templateRow]

func defineTemplates() {
	d := &templates
	d.Name = "templates"
	d.Table = func(t *tables) *rel.Table[templateRow] { return &t.templates.Table }
	d.id = func(r *templateRow) uuid.UUID { return r.row.ID }
	d.Unique = []rel.Unique[tables, templateRow]{
		byID(tasktwin.UniqueTemplatesPKey, func(t *tables) *cow.Hash { return &t.templates.byID }, d.id),
		byName(tasktwin.UniqueTemplatesOrganizationIDNameIdx, func(t *tables) *cow.Hash { return &t.templates.byName }, hashSlot,
			func(o *Options, r *templateRow) (uint32, string, bool) {
				return r.organization, lower(o, r.row.Name), !r.row.Deleted
			}),
	}
	d.keys = []key[templateRow]{
		d.primaryKey("id"),
		{"organization_id, lower(name::text)", func(o *Options, f *pendingRow[templateRow]) string {
			return keyText(f.refs[1].UUID, lower(o, f.row.row.Name))
		}},
	}
	references(d, &users, tasktwin.FKTemplatesCreatedByFKey, "created_by", rel.Restrict,
		unindexed(rel.InSet[tables, templateRow](func(t *tables) *cow.Vec[cow.Set] { return &t.templates.ofCreator })),
		func(r *templateRow) *uint32 { return &r.creator })
	references(d, &organizations, tasktwin.FKTemplatesOrganizationIDFKey, "organization_id", rel.Cascade,
		unindexed(rel.InSet[tables, templateRow](func(t *tables) *cow.Vec[cow.Set] { return &t.templates.ofOrganization })),
		func(r *templateRow) *uint32 { return &r.organization })
	dumped(d, func(d *tasktwin.Dump) *[]tasktwin.Template { return &d.Templates }, rowsOf(d, copyTemplate), alike(parseTemplate))
}

func copyTemplate(_ *state, t *templateRow) tasktwin.Template { return t.row }

func parseTemplate(row *tasktwin.Template) (pendingRow[templateRow], error) {
	t := &templateRow{row: *row}
	r := &t.row
	return pendingRow[templateRow]{row: t, refs: refs{nullUUID(r.CreatedBy), nullUUID(r.OrganizationID)}},
		firstError(timestamp(&r.CreatedAt), timestamp(&r.UpdatedAt), text(r.Name), varchar(&r.Name, 64))
}

// InsertTemplate implements [tasktwin.Querier].
func (q queries) InsertTemplate(ctx context.Context, arg tasktwin.InsertTemplateParams) (tasktwin.Template, error) {
	t, err := parseTemplate((*tasktwin.Template)(&arg))
	return insertRow(ctx, q, &templates, t, err, copyTemplate)
}

// DeleteTemplateByID implements [tasktwin.Querier].
func (q queries) DeleteTemplateByID(ctx context.Context, id uuid.UUID) (uuid.UUID, error) {
	return deleteRow(ctx, q, &templates, id)
}
