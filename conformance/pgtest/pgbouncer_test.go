package pgtest

import (
	"errors"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/tasktwin/tasktwin"
	"github.com/tasktwin/tasktwin/conformance/pgserver"
	"github.com/tasktwin/tasktwin/pgdb"
)

func TestPgbouncer(t *testing.T) {
	t.Parallel()
	pooler, url := Pgbouncer(t, URL(t), "pool_mode = transaction")
	db, err := pgdb.Open(t.Context(), url+"&default_query_exec_mode=cache_describe", pgdb.Options{})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, db.Close()) })
	tasks, err := db.ListTasks(t.Context(), tasktwin.ListTasksParams{})
	require.NoError(t, err)
	require.Empty(t, tasks)
	require.NotEmpty(t, pooler.Version())
}

func TestRequirePgbouncer(t *testing.T) {
	t.Setenv(envRequirePgbouncer, "")
	require.True(t, maySkipPooler(pgserver.ErrNoPgbouncer))
	require.False(t, maySkipPooler(errors.New("it does not start")))
	require.False(t, maySkipPooler(nil))
	t.Setenv(envRequirePgbouncer, "1")
	require.False(t, maySkipPooler(pgserver.ErrNoPgbouncer))
}
