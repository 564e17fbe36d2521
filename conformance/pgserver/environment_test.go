package pgserver

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"
)

// Variables that are about other servers, or are wrong, neither keep a server from starting
// nor reach its clients, and are there again at its end.
func TestEnvironmentDoesNotReachClients(t *testing.T) { //nolint:paralleltest // it sets the environment
	require.Zero(t, shielded.servers)
	variables := map[string]string{
		"PGSERVICE": "nosuch", "PGCONNECT_TIMEOUT": "abc", "PGSSLMODE": "require", "PGHOST": "nowhere.invalid", "PGPORT": "1",
		"PGTZ": "America/St_Johns", "PGOPTIONS": "-c default_transaction_read_only=on", "PGTARGETSESSIONATTRS": "standby",
	}
	for name, value := range variables {
		t.Setenv(name, value)
	}
	cfg := config{kind: KindLocal, path: filepath.SplitList(os.Getenv("PATH")), globs: binaryGlobs}
	server, err := start(t.Context(), cfg)
	requireServer(t, err)
	url, _, err := server.NewDatabase(t.Context())
	require.NoError(t, err)
	conn, err := pgx.Connect(t.Context(), url)
	require.NoError(t, err)
	var zone, readOnly string
	const settings = "SELECT current_setting('timezone'), current_setting('transaction_read_only')"
	require.NoError(t, conn.QueryRow(t.Context(), settings).Scan(&zone, &readOnly))
	require.Equal(t, []string{"UTC", "off"}, []string{zone, readOnly})
	require.NoError(t, conn.Close(t.Context()))
	other, err := start(t.Context(), cfg)
	require.NoError(t, err)
	require.NoError(t, server.Close())
	require.Empty(t, os.Getenv("PGSERVICE"), "another server still runs")
	require.NoError(t, other.Close())
	for name, value := range variables {
		require.Equal(t, value, os.Getenv(name))
	}
}

// A server that the environment names means its variables: a mistake in one is an error at
// once.
func TestMistakesInTheEnvironmentOfAURL(t *testing.T) {
	for name, says := range map[string]string{"PGSERVICE": "service", "PGCONNECT_TIMEOUT": "connect_timeout"} {
		t.Run(name, func(t *testing.T) {
			t.Setenv(name, "nosuch")
			_, err := start(t.Context(), config{kind: KindURL, url: "postgres://127.0.0.1:1/postgres"})
			require.ErrorContains(t, err, "pgserver: url: TASKTWIN_POSTGRES_URL")
			require.ErrorContains(t, err, says)
		})
	}
}
