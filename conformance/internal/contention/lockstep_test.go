package contention

import (
	"context"
	"maps"
	"math/rand/v2"
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
	if os.Getenv("TASKTWIN_POSTGRES_URL") == "" { // the server is the test's own
		require.NoError(t, pg.spread.RememberRows(t.Context()))
	}
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

// lockstep runs a program on two engines, of which the reference is PostgreSQL.
func lockstep(ctx context.Context, p program.Program, ref, sub engines) (*sessions.Report, error) {
	return lockstepWith(ctx, p, ref, sub, sessions.ChoicesOfPostgres)
}

func lockstepWith(ctx context.Context, p program.Program, ref, sub engines, choices sessions.Choices) (*sessions.Report, error) {
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
	return sessions.Lockstep(ctx, p, a, b, choices)
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

// share is a part of the programs that a test runs.
type share struct {
	// name is that of its subtest.
	name string
	// first is the seed of the first program, and count how many there are.
	first, count uint64
}

// shares are the programs that a test runs: some that are always the same, and some
// others. TASKTWIN_SEED is the seed of the first of other programs, and
// TASKTWIN_PROGRAMS how many these are.
func shares(t *testing.T, fixed, random uint64) []share {
	t.Helper()
	if os.Getenv("TASKTWIN_SEED") != "" || os.Getenv("TASKTWIN_PROGRAMS") != "" {
		return []share{{"chosen", number(t, "TASKTWIN_SEED", 1), number(t, "TASKTWIN_PROGRAMS", 1)}}
	}
	return []share{{"fixed", 1, fixed}, {"random", uint64(rand.Uint32()), random}}
}

// runPrograms runs generated programs on two engines in lockstep, up to a few
// mismatches. With TASKTWIN_SERIALIZABLE=0 those with serializable transactions are
// passed over. It returns how often the reference reached which outcome.
func runPrograms(t *testing.T, programs share, generate func(uint64) program.Program, ref, sub engines) map[string]int {
	t.Helper()
	t.Logf("repeat with TASKTWIN_SEED=%d TASKTWIN_PROGRAMS=%d", programs.first, programs.count)
	outcomes := map[string]int{}
	ran, steps, contended, dependencies, unserializable, mismatches := 0, 0, 0, 0, 0, 0
	start := time.Now()
	for seed := programs.first; seed < programs.first+programs.count && mismatches < maxMismatches; seed++ {
		p := generate(seed)
		if os.Getenv("TASKTWIN_SERIALIZABLE") == "0" && scripts.IsSerializable(p) {
			continue
		}
		report, err := lockstep(t.Context(), p, ref, sub)
		require.NoError(t, err, "replay with TASKTWIN_SEED=%d TASKTWIN_PROGRAMS=1", seed)
		if report.Mismatch != "" {
			mismatches++
			reportMismatch(t, seed, p, ref, sub)
		}
		if programs.count == 1 {
			t.Logf("%s", scripts.WithNames(report.Transcript))
		}
		ran++
		steps += report.Steps
		contended += report.Contended
		dependencies += report.Dependencies
		unserializable += report.Unserializable
		for outcome, n := range report.Outcomes {
			outcomes[outcome] += n
		}
	}
	if programs.count >= enoughPrograms {
		assert.Less(t, 2*unserializable, dependencies, "the subject goes on too often where the reference fails for reads and writes")
	}
	t.Logf("%d programs of %d steps in %v: %d mismatches; %d statements canceled; %d of %d times not serializable in the reference only",
		ran, steps, time.Since(start), mismatches, contended, unserializable, dependencies)
	for _, outcome := range slices.Sorted(maps.Keys(outcomes)) {
		t.Logf("%7d %s", outcomes[outcome], outcome)
	}
	return outcomes
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
	t.Errorf("replay with TASKTWIN_SEED=%d TASKTWIN_PROGRAMS=1\n%s", seed, scripts.WithNames(report.Mismatch+"\n"+report.Transcript))
}

// Two databases give the same answers, so that a difference is one of engines, and not
// of the runner.
func TestPostgresAgainstItself(t *testing.T) { //nolint:tparallel // the shares use the same databases
	t.Parallel()
	ref, sub := openPostgres(t), openPostgres(t)
	for _, programs := range shares(t, brief(100, 20), brief(50, 10)) {
		t.Run(programs.name, func(t *testing.T) { runPrograms(t, programs, Generate, ref.engine, sub.engine) })
	}
}

// brief returns how many programs there are, or in a short run.
func brief(count, short uint64) uint64 {
	if testing.Short() {
		return short
	}
	return count
}

func TestMemdbAgainstPostgres(t *testing.T) { //nolint:tparallel // the shares use the same databases
	t.Parallel()
	pg := openPostgres(t)
	sub := inMemory(t, pg)
	for _, programs := range shares(t, brief(enoughPrograms, 50), brief(200, 50)) {
		t.Run(programs.name, func(t *testing.T) {
			outcomes := runPrograms(t, programs, Generate, pg.engine, sub)
			for _, o := range reached {
				t.Logf("%7d %s", counted(outcomes)[o.name], o.name)
			}
			if programs.count >= enoughPrograms {
				assert.Empty(t, missed(outcomes), "outcomes that no program reached")
			}
		})
	}
}

// inMemory returns memdb as of the version of a PostgreSQL.
func inMemory(t *testing.T, pg *postgres) engines {
	t.Helper()
	version, err := pg.plain.Store().ServerVersion(t.Context())
	require.NoError(t, err)
	return func(ctx context.Context, _ program.Program) (sessions.Engine, error) {
		db := memdb.New(memdb.Options{PostgresVersion: version})
		return sessions.InProcess(db), db.Load(ctx, scripts.Fixture())
	}
}

func TestOrphansOnMemdbAgainstPostgres(t *testing.T) { //nolint:tparallel // the shares use the same databases
	t.Parallel()
	pg := openPostgres(t)
	sub := inMemory(t, pg)
	for _, programs := range shares(t, brief(150, 20), brief(50, 10)) {
		t.Run(programs.name, func(t *testing.T) { runPrograms(t, programs, GenerateOrphans, pg.engine, sub) })
	}
}

func TestListsOnMemdbAgainstPostgres(t *testing.T) { //nolint:tparallel // the shares use the same databases
	t.Parallel()
	pg := openPostgres(t)
	sub := inMemory(t, pg)
	for _, programs := range shares(t, brief(150, 20), brief(50, 10)) {
		t.Run(programs.name, func(t *testing.T) { runPrograms(t, programs, GenerateLists, pg.engine, sub) })
	}
}

// memory is memdb, or a copy of it.
type memory interface {
	sessions.LocalStore
	tasktwin.Loader
}
