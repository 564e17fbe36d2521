package scripts

import (
	"context"
	"flag"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tasktwin/tasktwin/conformance/internal/pgsessions"
	"github.com/tasktwin/tasktwin/conformance/pgtest"
)

var update = flag.Bool("update", false, "record what PostgreSQL answers")

// runTimeout bounds a script, against mistakes only.
const runTimeout = time.Minute

// recordings is how often a script is run to record it.
const recordings = 3

func files(t *testing.T) []string {
	t.Helper()
	files, err := filepath.Glob("testdata/*/*.txt")
	require.NoError(t, err)
	return files
}

func TestScriptsOnPostgres(t *testing.T) { //nolint:tparallel // the scripts share a database
	t.Parallel()
	db, err := pgsessions.Open(t.Context(), pgtest.URL(t))
	require.NoError(t, err)
	t.Cleanup(func() { assert.NoError(t, db.Close()) })
	for _, file := range files(t) {
		name, err := filepath.Rel("testdata", file)
		require.NoError(t, err)
		t.Run(name, func(t *testing.T) {
			text, err := os.ReadFile(file)
			require.NoError(t, err)
			script, err := Parse(string(text))
			require.NoError(t, err)
			run := func() string {
				ctx, cancel := context.WithTimeout(t.Context(), runTimeout)
				defer cancel()
				require.NoError(t, db.Reset(ctx, Fixture()))
				got, err := script.Run(ctx, db.Engine())
				require.NoError(t, err, "%s", got)
				return got
			}
			got := run()
			if !*update {
				assert.Equal(t, string(text), got)
				return
			}
			for range recordings - 1 {
				require.Equal(t, got, run(), "the script does not always go the same way")
			}
			require.NoError(t, os.WriteFile(file, []byte(got), 0o600))
		})
	}
}
