package conformance

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/tasktwin/tasktwin"
	"github.com/tasktwin/tasktwin/conformance/pgtest"
	"github.com/tasktwin/tasktwin/pgdb"
)

// Close does not end what waits: the transaction that is waited for fails at its
// commit, and the statement that waits for it goes on.
func TestCloseWhileASessionWaits(t *testing.T) {
	t.Parallel()
	url := pgtest.URL(t)
	observer := openAt(t, url, pgdb.Options{})
	db := openAt(t, url, pgdb.Options{MaxConns: 2})
	arg := newUser("contended")
	waiting := tasktwin.WithSession(t.Context(), "waiter")
	ended := make(chan error, 1)
	err := db.InTx(t.Context(), func(tx tasktwin.Store) error {
		require.NoError(t, insertUser(t.Context(), tx, arg))
		go func() { ended <- insertUser(waiting, db, arg) }()
		awaitWaiter(t, observer, "waiter")
		require.NoError(t, db.Close())
		require.ErrorIs(t, db.Ping(t.Context()), tasktwin.ErrClosed)
		require.ErrorIs(t, tx.Ping(t.Context()), tasktwin.ErrClosed)
		return nil
	}, nil)
	require.ErrorIs(t, err, tasktwin.ErrClosed)
	require.NoError(t, <-ended)
	require.True(t, tasktwin.IsUniqueViolation(insertUser(t.Context(), observer, arg), tasktwin.UniqueUsersPKey))
}
