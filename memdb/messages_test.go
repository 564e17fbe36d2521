package memdb

import (
	"errors"
	"testing"

	"github.com/google/uuid"

	"github.com/tasktwin/tasktwin"
)

// The error of a violation has PostgreSQL's message, the table and the constraint.
func TestMessagesOfViolations(t *testing.T) {
	t.Parallel()
	for version, restricted := range map[int]string{17: "foreign key constraint", 18: "RESTRICT setting of foreign key constraint"} {
		db, id := New(Options{PostgresVersion: version}), uuid.New()
		insertApp(t, db, id)
		_, duplicate := db.InsertOrganization(t.Context(), tasktwin.InsertOrganizationParams{ID: id})
		_, missing := db.InsertTemplate(t.Context(), tasktwin.InsertTemplateParams{ID: uuid.New(), OrganizationID: uuid.New(), CreatedBy: id})
		_, referenced := db.DeleteTemplateByID(t.Context(), id)
		_, null := db.InsertTask(t.Context(), tasktwin.InsertTaskParams{ID: uuid.New()})
		for _, c := range []struct {
			err  error
			want string
		}{
			{duplicate, `duplicate key value violates unique constraint "organizations_pkey"`},
			{missing, `insert or update on table "templates" violates foreign key constraint "templates_organization_id_fkey"`},
			{referenced, `update or delete on table "templates" violates ` + restricted + ` "workspaces_template_id_fkey" on table "workspaces"`},
			{null, `null value in column "template_parameters" of relation "tasks" violates not-null constraint`},
		} {
			if e, ok := errors.AsType[*tasktwin.Error](c.err); !ok || e.Message != c.want {
				t.Errorf("version %d: %v, want %s", version, c.err, c.want)
			}
		}
	}
}
