package scripts

import (
	"context"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tasktwin/tasktwin/conformance/internal/sessions"
	"github.com/tasktwin/tasktwin/memdb"
)

// recordedVersion is the PostgreSQL that the files were recorded with.
const recordedVersion = 15

func TestScriptsOnMemdb(t *testing.T) {
	t.Parallel()
	for _, file := range files(t) {
		name, err := filepath.Rel("testdata", file)
		require.NoError(t, err)
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			text, err := os.ReadFile(file)
			require.NoError(t, err)
			script, err := Parse(string(text))
			require.NoError(t, err)
			ctx, cancel := context.WithTimeout(t.Context(), runTimeout)
			defer cancel()
			db := memdb.New(memdb.Options{PostgresVersion: recordedVersion})
			require.NoError(t, db.Load(ctx, Fixture()))
			got, err := script.Run(ctx, sessions.InProcess(db))
			require.NoError(t, err, "%s", got)
			assert.Equal(t, Comparable(string(text)), Comparable(got))
		})
	}
}
