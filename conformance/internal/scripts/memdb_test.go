package scripts

import (
	"context"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tasktwin/tasktwin"
	"github.com/tasktwin/tasktwin/conformance/internal/program"
	"github.com/tasktwin/tasktwin/conformance/internal/sessions"
	"github.com/tasktwin/tasktwin/conformance/internal/stores"
	"github.com/tasktwin/tasktwin/memdb"
)

// recordedVersion is the PostgreSQL that the files were recorded with.
const recordedVersion = 15

// memdbDiffers are the scripts to which memdb gives other answers, with the reasons.
var memdbDiffers = map[string]string{}

// waiter is a store that says who waits for whom.
type waiter interface {
	tasktwin.Store
	Waits() []tasktwin.Wait
}

func TestScriptsOnMemdb(t *testing.T) {
	t.Parallel()
	if _, ok := any(memdb.New(memdb.Options{})).(waiter); !ok {
		t.Skip("memdb does not say who waits for whom")
	}
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
			got, err := script.Run(ctx, memdbEngine(db))
			require.NoError(t, err, "%s", got)
			if reason, ok := memdbDiffers[name]; ok {
				require.NotEqual(t, Comparable(string(text)), Comparable(got), "memdb no longer differs: take it out of the list")
				t.Skip("differs: " + reason)
			}
			assert.Equal(t, Comparable(string(text)), Comparable(got))
		})
	}
}

func memdbEngine(db *memdb.DB) sessions.Engine {
	return sessions.Engine{
		Session: func(ctx context.Context, name string) (context.Context, program.Engine) {
			return tasktwin.WithSession(ctx, name), stores.Engine(db, nil)
		},
		Settled: sessions.SettledOf(any(db).(waiter).Waits),
		Dump:    func(ctx context.Context) (any, error) { return db.Dump(ctx) },
	}
}
