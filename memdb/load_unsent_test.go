package memdb_test

import (
	"testing"

	"github.com/tasktwin/tasktwin"
	"github.com/tasktwin/tasktwin/memdb"
)

// A Load that is not sent because of an error takes no snapshot. One that PostgreSQL would
// refuse takes it.
func TestLoadsThatAreNotSentTakeNoSnapshot(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		rows *tasktwin.Dump
		want int
	}{
		"no rows":     {nil, 1},
		"a bad enum":  {&tasktwin.Dump{WorkspaceApps: []tasktwin.WorkspaceApp{{Health: "bad"}}}, 1},
		"an orphan":   {&tasktwin.Dump{Templates: []tasktwin.Template{{}}}, 0},
		"a bad value": {&tasktwin.Dump{Organizations: []tasktwin.Organization{{Name: "\x00"}}}, 0},
	} {
		db, ctx := memdb.New(memdb.Options{}), t.Context()
		err := db.InTx(ctx, func(tx tasktwin.Store) error {
			err := tx.InTx(ctx, func(sp tasktwin.Store) error { return sp.(tasktwin.Loader).Load(ctx, c.rows) }, nil)
			if err == nil {
				t.Errorf("%s: the rows were loaded", name)
			}
			if _, err := db.InsertOrganization(ctx, newOrganization("another's")); err != nil {
				return err
			}
			if got := count(t, tx.(tasktwin.Dumper)); got != c.want {
				t.Errorf("%s: the transaction sees %d organizations, want %d", name, got, c.want)
			}
			return nil
		}, &tasktwin.TxOptions{Isolation: tasktwin.RepeatableRead})
		if err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}
