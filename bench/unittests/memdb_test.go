package unittests

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/tasktwin/tasktwin/memdb"
	"github.com/tasktwin/tasktwin/tasktest"
)

func memdbNew(testing.TB) runner {
	return func(t testing.TB, test testFunc) {
		db := memdb.New(memdb.Options{})
		require.NoError(t, tasktest.Insert(t.Context(), db, fixture))
		test(t, db)
	}
}

func memdbFork(t testing.TB) runner {
	seeded := memdb.New(memdb.Options{})
	require.NoError(t, seeded.Load(t.Context(), fixture))
	return func(t testing.TB, test testFunc) { test(t, seeded.Fork()) }
}
