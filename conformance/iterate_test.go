package conformance

import (
	"errors"
	"fmt"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/tasktwin/tasktwin"
	"github.com/tasktwin/tasktwin/pgdb"
	"github.com/tasktwin/tasktwin/tasktest"
)

// A serializable transaction has read what a loop has, and its own write makes a cycle with
// the write of another that has read what it writes: whoever loops to the end, and whoever
// leaves after the row that the other one changes.
func TestIterateInSerializableTransactions(t *testing.T) {
	t.Parallel()
	for name, open := range map[string]func(testing.TB) tasktwin.Store{"memdb": openMemdb, "pgdb": openPgdb} {
		for _, arg := range []tasktwin.ListTasksParams{{}, {Status: tasktwin.TaskStatusActive}} {
			for _, leaves := range []bool{false, true} {
				t.Run(fmt.Sprintf("%s/status=%s/leaves=%t", name, arg.Status, leaves), func(t *testing.T) {
					t.Parallel()
					s := open(t)
					w := tasktest.New(t, s)
					a, b := w.Active().Get(), w.Active().Get()
					level := &tasktwin.TxOptions{Isolation: tasktwin.Serializable}
					loop := func(tx tasktwin.Store) {
						for _, err := range tx.(tasktwin.TaskIterator).AllTasks(t.Context(), arg) {
							require.NoError(t, err)
							if leaves {
								break
							}
						}
					}
					pause := func(tx tasktwin.Store, app uuid.NullUUID) error {
						_, err := tx.UpdateWorkspaceAppHealthByID(t.Context(), tasktwin.UpdateWorkspaceAppHealthByIDParams{
							ID: app.UUID, Health: tasktwin.WorkspaceAppHealthUnhealthy,
						})
						return err
					}
					var second error
					first := s.InTx(t.Context(), func(tx tasktwin.Store) error {
						loop(tx)
						second = s.InTx(t.Context(), func(tx tasktwin.Store) error {
							loop(tx)
							return pause(tx, a.WorkspaceAppID)
						}, level)
						return pause(tx, b.WorkspaceAppID)
					}, level)
					failures := 0
					for _, err := range []error{first, second} {
						if failed, ok := errors.AsType[*tasktwin.Error](err); ok && failed.Code == tasktwin.SerializationFailure {
							failures++
						} else {
							require.NoError(t, err)
						}
					}
					require.Equal(t, 1, failures)
				})
			}
		}
	}
}

// A loop outside of transactions takes a connection, which it gives back.
func TestIterateTakesOneConnection(t *testing.T) {
	t.Parallel()
	db := openPgdb(t).(*pgdb.DB)
	tasktest.New(t, db).Active()
	for _, err := range db.AllTasks(t.Context(), tasktwin.ListTasksParams{}) {
		require.NoError(t, err)
		require.EqualValues(t, 1, db.Pool().Stat().AcquiredConns())
		_, err = db.ListTasks(t.Context(), tasktwin.ListTasksParams{})
		require.NoError(t, err)
		break
	}
	require.Zero(t, db.Pool().Stat().AcquiredConns())
	var open int
	require.NoError(t, db.Pool().QueryRow(t.Context(),
		"SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND state LIKE 'idle in transaction%'").Scan(&open))
	require.Zero(t, open)
}
