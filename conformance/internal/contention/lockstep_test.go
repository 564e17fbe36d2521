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

	"github.com/tasktwin/tasktwin"
	"github.com/tasktwin/tasktwin/conformance/internal/pgsessions"
	"github.com/tasktwin/tasktwin/conformance/internal/program"
	"github.com/tasktwin/tasktwin/conformance/internal/scripts"
	"github.com/tasktwin/tasktwin/conformance/internal/sessions"
	"github.com/tasktwin/tasktwin/conformance/internal/stores"
	"github.com/tasktwin/tasktwin/conformance/pgtest"
	"github.com/tasktwin/tasktwin/memdb"
)

const (
	// programTimeout bounds a program, against mistakes only.
	programTimeout = time.Minute
	// attempts is how often a program has to fail: PostgreSQL itself does not always
	// answer in one way.
	attempts = 5
	// maxMismatches ends a run.
	maxMismatches = 8
)

// postgres is a PostgreSQL for programs: a database with few rows, and one where the
// rows are on pages of their own, for serializable transactions.
type postgres struct{ plain, spread *pgsessions.DB }

func openPostgres(t *testing.T) *postgres {
	t.Helper()
	open := func() *pgsessions.DB {
		db, err := pgsessions.Open(t.Context(), pgtest.URL(t))
		require.NoError(t, err)
		t.Cleanup(func() { assert.NoError(t, db.Close()) })
		return db
	}
	pg := &postgres{open(), open()}
	require.NoError(t, pg.spread.Keep(t.Context(), scripts.Filler()))
	return pg
}

// engine returns an engine with the rows of the fixture.
func (pg *postgres) engine(ctx context.Context, p program.Program) (sessions.Engine, error) {
	db := pg.plain
	if scripts.IsSerializable(p) {
		db = pg.spread
	}
	return db.Engine(), db.Reset(ctx, scripts.Fixture())
}

// engines returns the engine for a program.
type engines func(ctx context.Context, p program.Program) (sessions.Engine, error)

// lockstep runs a program on two engines.
func lockstep(ctx context.Context, p program.Program, ref, sub engines) (*sessions.Report, error) {
	ctx, cancel := context.WithTimeout(ctx, programTimeout)
	defer cancel()
	a, err := ref(ctx, p)
	if err != nil {
		return nil, err
	}
	b, err := sub(ctx, p)
	if err != nil {
		return nil, err
	}
	return sessions.Lockstep(ctx, p, a, b, Independent)
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

// runPrograms runs generated programs on two engines in lockstep. TASKTWIN_SEED is the
// seed of the first of them, and TASKTWIN_PROGRAMS how many there are. With
// TASKTWIN_SERIALIZABLE=0 programs with serializable transactions are passed over. It
// ends after a few mismatches.
func runPrograms(t *testing.T, ref, sub engines) {
	t.Helper()
	count := uint64(300)
	if testing.Short() {
		count = 30
	}
	first, count := number(t, "TASKTWIN_SEED", 1), number(t, "TASKTWIN_PROGRAMS", count)
	outcomes := map[string]int{}
	steps, contended, unserializable, mismatches := 0, 0, 0, 0
	start := time.Now()
	for seed := first; seed < first+count && mismatches < maxMismatches; seed++ {
		p := Generate(seed)
		if os.Getenv("TASKTWIN_SERIALIZABLE") == "0" && scripts.IsSerializable(p) {
			continue
		}
		report, err := lockstep(t.Context(), p, ref, sub)
		require.NoError(t, err, "replay with TASKTWIN_SEED=%d TASKTWIN_PROGRAMS=1", seed)
		if report.Mismatch != "" {
			mismatches++
			reportMismatch(t, seed, p, ref, sub)
		}
		if count == 1 {
			t.Logf("%s", scripts.WithNames(report.Transcript))
		}
		steps += report.Steps
		contended += report.Contended
		unserializable += report.Unserializable
		for outcome, n := range report.Outcomes {
			outcomes[outcome] += n
		}
	}
	t.Logf("%d programs of %d steps in %v; %d statements canceled, %d times not serializable in the reference only",
		count, steps, time.Since(start), contended, unserializable)
	for _, outcome := range slices.Sorted(maps.Keys(outcomes)) {
		t.Logf("%7d %s", outcomes[outcome], outcome)
	}
}

// reportMismatch shrinks a program and fails the test, unless the program does not
// fail each time.
func reportMismatch(t *testing.T, seed uint64, p program.Program, ref, sub engines) {
	t.Helper()
	fails := func(ctx context.Context, p program.Program) (bool, error) {
		if !scripts.HasNames(p) {
			return false, nil // the rows are those of the fixture
		}
		for range attempts {
			report, err := lockstep(ctx, p, ref, sub)
			if err != nil || report.Mismatch == "" {
				return false, err
			}
		}
		return true, nil
	}
	failed, err := fails(t.Context(), p)
	require.NoError(t, err)
	if !failed {
		t.Logf("seed %d does not fail each time", seed)
		return
	}
	small, err := program.Shrink(t.Context(), scripts.Methods(), p, fails)
	require.NoError(t, err)
	report, err := lockstep(t.Context(), small, ref, sub)
	require.NoError(t, err)
	t.Errorf("replay with TASKTWIN_SEED=%d TASKTWIN_PROGRAMS=1\n%s\n%s", seed, scripts.WithNames(report.Mismatch), scripts.WithNames(report.Transcript))
}

// Two databases give the same answers, so that a difference is one of engines, and not
// of the runner.
func TestPostgresAgainstItself(t *testing.T) {
	t.Parallel()
	runPrograms(t, openPostgres(t).engine, openPostgres(t).engine)
}

// waiter is a store that says who waits for whom.
type waiter interface{ Waits() []tasktwin.Wait }

func TestMemdbAgainstPostgres(t *testing.T) {
	t.Parallel()
	if _, ok := any(memdb.New(memdb.Options{})).(waiter); !ok {
		t.Skip("memdb does not say who waits for whom")
	}
	pg := openPostgres(t)
	version, err := pg.plain.Store().ServerVersion(t.Context())
	require.NoError(t, err)
	runPrograms(t, pg.engine, func(ctx context.Context, _ program.Program) (sessions.Engine, error) {
		db := memdb.New(memdb.Options{PostgresVersion: version})
		return sessions.Engine{
			Session: func(ctx context.Context, name string) (context.Context, program.Engine) {
				return tasktwin.WithSession(ctx, name), stores.Engine(db, nil)
			},
			Settled: sessions.SettledOf(any(db).(waiter).Waits),
			Dump:    func(ctx context.Context) (any, error) { return db.Dump(ctx) },
		}, db.Load(ctx, scripts.Fixture())
	})
}
