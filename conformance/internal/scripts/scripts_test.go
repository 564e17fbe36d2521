package scripts

import (
	"context"
	"flag"
	"maps"
	"os"
	"path/filepath"
	"slices"
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

const (
	// recordings is how often a script is run to record it.
	recordings = 3
	// attempts is how often a script is run whose order is only the usual one.
	attempts = 20
)

func files(t *testing.T) []string {
	t.Helper()
	files, err := filepath.Glob("testdata/*/*.txt")
	require.NoError(t, err)
	return files
}

// recorded returns what a script always leads to, or mostly where PostgreSQL does not
// fix that.
func recorded(t *testing.T, script *Script, run func() string) string {
	t.Helper()
	first := run()
	if !script.HasUsualOrder() {
		for range recordings - 1 {
			require.Equal(t, first, run(), "the script does not always go the same way")
		}
		return first
	}
	counts := map[string]int{first: 1}
	for range attempts {
		counts[run()]++
	}
	usual := slices.MaxFunc(slices.Collect(maps.Keys(counts)), func(a, b string) int { return counts[a] - counts[b] })
	require.Greater(t, counts[usual], attempts/2, "no order is the usual one")
	return usual
}

func open(t *testing.T) *pgsessions.DB {
	t.Helper()
	db, err := pgsessions.Open(t.Context(), pgtest.URL(t))
	require.NoError(t, err)
	t.Cleanup(func() { assert.NoError(t, db.Close()) })
	return db
}

func TestScriptsOnPostgres(t *testing.T) { //nolint:tparallel // the scripts share a database
	t.Parallel()
	plain, spread := open(t), open(t)
	version, err := plain.Store().ServerVersion(t.Context())
	require.NoError(t, err)
	require.NoError(t, spread.Keep(t.Context(), Filler()))
	for _, file := range files(t) {
		name, err := filepath.Rel("testdata", file)
		require.NoError(t, err)
		t.Run(name, func(t *testing.T) {
			text, err := os.ReadFile(file)
			require.NoError(t, err)
			script, err := Parse(string(text))
			require.NoError(t, err)
			db := plain
			if IsSerializable(script.Program) {
				db = spread
			}
			run := func() string {
				ctx, cancel := context.WithTimeout(t.Context(), runTimeout)
				defer cancel()
				require.NoError(t, db.Reset(ctx, Fixture()))
				got, err := script.Run(ctx, db.Engine())
				require.NoError(t, err, "%s", got)
				return asRecorded(got)
			}
			if *update {
				require.NoError(t, os.WriteFile(file, []byte(recorded(t, script, run)), 0o600))
				return
			}
			want, got := ofVersion(version, string(text)), ofVersion(version, run())
			for i := 0; script.HasUsualOrder() && got != want && i < attempts; i++ {
				got = ofVersion(version, run())
			}
			assert.Equal(t, want, got)
		})
	}
}
