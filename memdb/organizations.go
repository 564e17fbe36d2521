package memdb

import (
	"context"

	"github.com/google/uuid"

	"github.com/tasktwin/tasktwin"
	"github.com/tasktwin/tasktwin/memdb/internal/cow"
	"github.com/tasktwin/tasktwin/memdb/internal/rel"
)

// organizationTable holds the rows of organizations and their indexes.
type organizationTable struct {
	rel.Table[tasktwin.Organization]
	byID, byName cow.Hash
}

var organizations table[tasktwin.Organization]

func defineOrganizations() {
	d := &organizations
	d.Name = "organizations"
	d.Table = func(t *tables) *rel.Table[tasktwin.Organization] { return &t.organizations.Table }
	d.id = func(r *tasktwin.Organization) uuid.UUID { return r.ID }
	d.Unique = []rel.Unique[tables, tasktwin.Organization]{
		byID(tasktwin.UniqueOrganizationsPKey, func(t *tables) *cow.Hash { return &t.organizations.byID }, d.id),
		byName(tasktwin.UniqueIdxOrganizationNameLower, func(t *tables) *cow.Hash { return &t.organizations.byName }, hashSlot,
			func(o *Options, r *tasktwin.Organization) (uint32, string, bool) {
				return rel.NoSlot, lower(o, r.Name), !r.Deleted
			}),
	}
	d.keys = []key[tasktwin.Organization]{
		d.primaryKey("id"),
		{"lower(name)", func(o *Options, f *pendingRow[tasktwin.Organization]) string { return keyText(lower(o, f.row.Name)) }},
	}
	dumped(d, func(d *tasktwin.Dump) *[]tasktwin.Organization { return &d.Organizations },
		rowsOf(d, copyPlain), parseCopy(parseOrganization))
}

func parseOrganization(r *tasktwin.Organization) error {
	return firstError(text(r.Name), text(r.DisplayName), timestamp(&r.CreatedAt), timestamp(&r.UpdatedAt))
}

// InsertOrganization implements [tasktwin.Querier].
func (q queries) InsertOrganization(ctx context.Context, arg tasktwin.InsertOrganizationParams) (tasktwin.Organization, error) {
	r := (*tasktwin.Organization)(&arg)
	return insertRow(ctx, q, &organizations, pendingRow[tasktwin.Organization]{row: r}, parseOrganization(r), copyPlain)
}

// DeleteOrganizationByID implements [tasktwin.Querier].
func (q queries) DeleteOrganizationByID(ctx context.Context, id uuid.UUID) (uuid.UUID, error) {
	return deleteRow(ctx, q, &organizations, id)
}
