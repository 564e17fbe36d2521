package contention

import (
	"context"
	"maps"
	"os"
	"slices"
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tasktwin/tasktwin/conformance/internal/pgsessions"
	"github.com/tasktwin/tasktwin/conformance/internal/scripts"
	"github.com/tasktwin/tasktwin/conformance/internal/sessions"
	"github.com/tasktwin/tasktwin/conformance/pgtest"
)

func open(t *testing.T) *pgsessions.DB {
	t.Helper()
	db, err := pgsessions.Open(t.Context(), pgtest.URL(t))
	require.NoError(t, err)
	t.Cleanup(func() { assert.NoError(t, db.Close()) })
	return db
}

// number returns what an environment variable says.
func number(t *testing.T, name string, otherwise uint64) uint64 {
	t.Helper()
	text := os.Getenv(name)
	if text == "" {
		return otherwise
	}
	n, err := strconv.ParseUint(text, 10, 64)
	require.NoError(t, err)
	return n
}

// Two PostgreSQLs give the same answers, so that a difference is one of engines and
// not of the runner.
func TestPostgresAgainstItself(t *testing.T) {
	t.Parallel()
	first, count := number(t, "TASKTWIN_SEED", 1), number(t, "TASKTWIN_PROGRAMS", 200)
	ref, sub := open(t), open(t)
	outcomes := map[string]int{}
	steps, contended, unserializable := 0, 0, 0
	start := time.Now()
	for seed := first; seed < first+count; seed++ {
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		require.NoError(t, ref.Reset(ctx, scripts.Fixture()))
		require.NoError(t, sub.Reset(ctx, scripts.Fixture()))
		p := Generate(seed)
		report, err := sessions.Lockstep(ctx, p, ref.Engine(), sub.Engine())
		cancel()
		require.NoError(t, err, "seed %d", seed)
		if report.Mismatch != "" {
			t.Errorf("seed %d: %s\n%s", seed, scripts.WithNames(report.Mismatch), scripts.WithNames(report.Transcript))
		}
		steps += report.Steps
		contended += report.Contended
		unserializable += report.Unserializable
		for outcome, n := range report.Outcomes {
			outcomes[outcome] += n
		}
	}
	t.Logf("%d programs of %d steps in %v; %d canceled, %d not serializable in the reference only", count, steps, time.Since(start), contended, unserializable)
	for _, outcome := range slices.Sorted(maps.Keys(outcomes)) {
		t.Logf("%7d %s", outcomes[outcome], outcome)
	}
}
