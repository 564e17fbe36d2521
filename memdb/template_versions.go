package memdb

import (
	"context"

	"github.com/google/uuid"

	"github.com/tasktwin/tasktwin"
	"github.com/tasktwin/tasktwin/memdb/internal/cow"
	"github.com/tasktwin/tasktwin/memdb/internal/rel"
)

// templateVersionRow is a row of template_versions.
type templateVersionRow struct {
	row                             tasktwin.TemplateVersion
	creator, organization, template uint32
}

// templateVersionTable holds the rows of template_versions, their indexes, and the slots
// of each user's, organization's and template's versions.
type templateVersionTable struct {
	rel.Table[templateVersionRow]
	byID, byName                          cow.Hash
	ofCreator, ofOrganization, ofTemplate cow.Vec[cow.Set]
}

var templateVersions table[templateVersionRow]

func defineTemplateVersions() {
	d := &templateVersions
	d.Name = "template_versions"
	d.Table = func(t *tables) *rel.Table[templateVersionRow] { return &t.templateVersions.Table }
	d.id = func(r *templateVersionRow) uuid.UUID { return r.row.ID }
	d.Unique = []rel.Unique[tables, templateVersionRow]{
		byID(tasktwin.UniqueTemplateVersionsPKey, func(t *tables) *cow.Hash { return &t.templateVersions.byID }, d.id),
		byName(tasktwin.UniqueTemplateVersionsTemplateIDNameKey, func(t *tables) *cow.Hash { return &t.templateVersions.byName }, hashSlot,
			func(_ *Options, r *templateVersionRow) (uint32, string, bool) {
				return r.template, r.row.Name, r.row.TemplateID.Valid
			}),
	}
	d.keys = []key[templateVersionRow]{
		d.primaryKey("id"),
		{"template_id, name", func(_ *Options, f *pendingRow[templateVersionRow]) string {
			return keyText(f.refs[2].UUID, f.row.row.Name)
		}},
	}
	references(d, &users, tasktwin.FKTemplateVersionsCreatedByFKey, "created_by", rel.Restrict,
		unindexed(rel.InSet[tables, templateVersionRow](func(t *tables) *cow.Vec[cow.Set] { return &t.templateVersions.ofCreator })),
		func(r *templateVersionRow) *uint32 { return &r.creator })
	references(d, &organizations, tasktwin.FKTemplateVersionsOrganizationIDFKey, "organization_id", rel.Cascade,
		unindexed(rel.InSet[tables, templateVersionRow](func(t *tables) *cow.Vec[cow.Set] { return &t.templateVersions.ofOrganization })),
		func(r *templateVersionRow) *uint32 { return &r.organization })
	references(d, &templates, tasktwin.FKTemplateVersionsTemplateIDFKey, "template_id", rel.Cascade,
		rel.InSet[tables, templateVersionRow](func(t *tables) *cow.Vec[cow.Set] { return &t.templateVersions.ofTemplate }),
		func(r *templateVersionRow) *uint32 { return &r.template })
	dumped(d, func(d *tasktwin.Dump) *[]tasktwin.TemplateVersion { return &d.TemplateVersions },
		rowsOf(d, copyTemplateVersion), alike(parseTemplateVersion))
}

func copyTemplateVersion(_ *state, v *templateVersionRow) tasktwin.TemplateVersion { return v.row }

func parseTemplateVersion(row *tasktwin.TemplateVersion) (pendingRow[templateVersionRow], error) {
	v := &templateVersionRow{row: *row}
	r := &v.row
	r.TemplateID = cleanUUID(r.TemplateID)
	return pendingRow[templateVersionRow]{row: v, refs: refs{nullUUID(r.CreatedBy), nullUUID(r.OrganizationID), r.TemplateID}},
		firstError(timestamp(&r.CreatedAt), timestamp(&r.UpdatedAt), text(r.Name), varchar(&r.Name, 64))
}

// InsertTemplateVersion implements [tasktwin.Querier].
func (q queries) InsertTemplateVersion(ctx context.Context, arg tasktwin.InsertTemplateVersionParams) (tasktwin.TemplateVersion, error) {
	v, err := parseTemplateVersion((*tasktwin.TemplateVersion)(&arg))
	return insertRow(ctx, q, &templateVersions, v, err, copyTemplateVersion)
}

// DeleteTemplateVersionByID implements [tasktwin.Querier].
func (q queries) DeleteTemplateVersionByID(ctx context.Context, id uuid.UUID) (uuid.UUID, error) {
	return deleteRow(ctx, q, &templateVersions, id)
}

// cleanUUID sets the UUID to zero if it is not valid.
func cleanUUID(id uuid.NullUUID) uuid.NullUUID {
	if !id.Valid {
		return uuid.NullUUID{}
	}
	return id
}
