package memdb_test

import (
	"encoding/json"
	"errors"
	"testing"

	"github.com/google/uuid"

	"github.com/tasktwin/tasktwin"
	"github.com/tasktwin/tasktwin/memdb"
)

// A zero with the largest exponent is refused up to version 15, by statements and by loads,
// and stored from 16 on.
func TestLargestExponentByVersion(t *testing.T) {
	t.Parallel()
	for version := 14; version <= 19; version++ {
		db := memdb.New(memdb.Options{PostgresVersion: version})
		user, organization, template := uuid.New(), uuid.New(), uuid.New()
		err := db.Load(t.Context(), &tasktwin.Dump{
			Organizations: []tasktwin.Organization{{ID: organization}},
			Users:         []tasktwin.User{{ID: user}},
			Templates:     []tasktwin.Template{{ID: template, OrganizationID: organization, CreatedBy: user}},
		})
		if err != nil {
			t.Fatal(err)
		}
		acl := json.RawMessage(`{"a":0e1073741823}`)
		row := tasktwin.Workspace{
			ID: uuid.New(), OwnerID: user, OrganizationID: organization, TemplateID: template, GroupACL: acl, UserACL: []byte("{}"),
		}
		params := tasktwin.InsertWorkspaceParams(row)
		params.ID, params.Name = uuid.New(), "other"
		_, inserted := db.InsertWorkspace(t.Context(), params)
		loaded := db.Fork().Load(t.Context(), &tasktwin.Dump{Workspaces: []tasktwin.Workspace{row}})
		for how, err := range map[string]error{"insert": inserted, "load": loaded} {
			e, ok := errors.AsType[*tasktwin.Error](err)
			if refused := ok && e.Code == "22003"; refused != (version < 16) || !refused && err != nil {
				t.Errorf("%d, %s: %v", version, how, err)
			}
		}
	}
}
