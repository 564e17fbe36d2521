package pgserver

import (
	"errors"
	"testing"

	"github.com/stretchr/testify/require"
)

// requireServer skips the test if there is no PostgreSQL, and fails it if one does
// not start.
func requireServer(t *testing.T, err error) {
	t.Helper()
	if errors.Is(err, ErrNotFound) && !Requested() {
		t.Skip(err)
	}
	require.NoError(t, err)
}

func TestClosedServer(t *testing.T) {
	t.Parallel()
	server, err := Start(t.Context())
	requireServer(t, err)
	_, drop, err := server.NewDatabase(t.Context())
	require.NoError(t, err)
	require.NoError(t, server.Close())
	require.NoError(t, server.Close())
	require.NoError(t, drop())
	_, _, err = server.NewDatabase(t.Context())
	require.ErrorIs(t, err, ErrClosed)
}
