package main

import (
	"encoding/json"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/tasktwin/tasktwin/conformance/pgtest"
	"github.com/tasktwin/tasktwin/pgdb"
)

// small adds arguments for a world that takes milliseconds.
func small(args ...string) []string { return append(args, "--tasks", "60", "--days", "4") }

func simulatedBy(t *testing.T, args ...string) simulationOutput {
	t.Helper()
	r := command(t, append(args, "--json")...)
	require.Zero(t, r.code, r.stderr)
	var out simulationOutput
	require.NoError(t, json.Unmarshal([]byte(r.stdout), &out))
	return out
}

func TestSimulate(t *testing.T) {
	t.Parallel()
	out := simulatedBy(t, small("simulate", "--price", "0.5")...)
	require.InDelta(t, 60, out.Tasks, 30)
	require.Equal(t, "idle 30m", out.Policy)
	require.InDelta(t, float64(out.RunningMS)/7.2e6, out.Cost, 1e-6)
	require.Positive(t, out.Pauses)
	require.Equal(t, out, func() simulationOutput {
		again := simulatedBy(t, small("simulate", "--price", "0.5")...)
		again.Seconds = out.Seconds
		return again
	}(), "the same seed")
	require.NotEqual(t, out.ActiveMS, simulatedBy(t, small("simulate", "--seed", "2")...).ActiveMS)

	r := command(t, small("simulate", "--policy", "never")...)
	require.Zero(t, r.code, r.stderr)
	require.Empty(t, r.stderr, "no progress where there is no terminal")
	require.Regexp(t, `\npauses +0 +0 resumes\n`, r.stdout)
	for _, line := range []string{
		"policy: never\n", "8 users from 2026-01-05 00:00:00 to 2026-01-09 00:00:00, seed 1",
		"p50 –, p95 –, together –",
	} {
		require.Contains(t, r.stdout, line)
	}
}

func TestSimulateNextToNothing(t *testing.T) {
	t.Parallel()
	r := command(t, "simulate", "--tasks", "0", "--days", "1")
	require.Zero(t, r.code, r.stderr)
	require.Regexp(t, `tasks +0 +0 deleted\n`, r.stdout)
	require.NotContains(t, r.stdout, "of the lifetime", "there is none")
	r = command(t, "simulate", "--tasks", "50", "--days", "0.001")
	require.Zero(t, r.code, r.stderr)
	require.Contains(t, r.stdout, "50 users from", "not one for each two tasks a day")
}

func TestSimulateOnPostgreSQL(t *testing.T) {
	t.Parallel()
	url := pgtest.URL(t)
	memory := simulatedBy(t, small("simulate", "--policy", "adaptive:0.5")...)
	postgres := simulatedBy(t, small("simulate", "--policy", "adaptive:0.5", "--store", url)...)
	postgres.Seconds = memory.Seconds
	require.Equal(t, memory, postgres)
	r := command(t, small("simulate", "--store", url)...)
	require.Equal(t, exitUsage, r.code)
	require.Contains(t, r.stderr, "already has rows")
}

// A run that fails leaves the database empty, so that it can be repeated.
func TestASimulationThatFailsLeavesNothing(t *testing.T) {
	t.Parallel()
	url := pgtest.URL(t)
	db, err := pgdb.Open(t.Context(), url, pgdb.Options{})
	require.NoError(t, err)
	defer db.Close()
	require.NoError(t, pgdb.Migrate(t.Context(), url))
	_, err = db.Pool().Exec(t.Context(), `
		CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'the disk is full'; END $$;
		CREATE TRIGGER refuse BEFORE INSERT ON workspace_agents EXECUTE FUNCTION refuse()`)
	require.NoError(t, err)
	r := command(t, small("simulate", "--store", url)...)
	require.Equal(t, exitFailure, r.code)
	require.Contains(t, r.stderr, "sim: at 2026-01-05T")
	require.Contains(t, r.stderr, "the disk is full")
	_, err = db.Pool().Exec(t.Context(), `DROP TRIGGER refuse ON workspace_agents`)
	require.NoError(t, err)
	r = command(t, small("simulate", "--store", url)...)
	require.Zero(t, r.code, r.stderr)
}

func TestSimulateALog(t *testing.T) {
	t.Parallel()
	out := simulatedBy(t, "simulate", "--log", sample, "--policy", "idle:30m")
	require.Equal(t, 150, out.Tasks)
	require.Equal(t, 150, out.Log.Tasks)
	// The work is that of the log, as in the replay, except for delays by resumes
	// and work that the policy cannot interrupt.
	r := command(t, "replay", sample, "--idle-timeout", "0", "--json")
	require.Zero(t, r.code, r.stderr)
	var replayed replayOutput
	require.NoError(t, json.Unmarshal([]byte(r.stdout), &replayed))
	require.InEpsilon(t, float64(replayed.Active.SumMS), float64(out.ActiveMS), 0.02)
	r = command(t, "simulate", "--log", sample)
	require.Contains(t, r.stdout, "rows of 150 tasks by ")
}

func TestSweep(t *testing.T) {
	t.Parallel()
	var out sweepOutput
	for _, workers := range []string{"1", "3"} {
		args := small("sweep", "--idle-timeout", "5m,1h, never", "--policy", "adaptive:0.9", "--policy", "idle:1h")
		r := command(t, append(args, "--workers", workers, "--json")...)
		require.Zero(t, r.code, r.stderr)
		before := out
		out = sweepOutput{}
		require.NoError(t, json.Unmarshal([]byte(r.stdout), &out))
		out.Seconds = 0
		if before.Policies != nil {
			require.Equal(t, before, out)
		}
	}
	names := make([]string, len(out.Policies))
	for i, p := range out.Policies {
		names[i] = p.Policy
	}
	require.Equal(t, []string{"idle 5m", "idle 1h", "never", "adaptive p90"}, names, "each once")
	require.True(t, out.Policies[0].Pareto)
	require.True(t, out.Policies[2].Pareto)

	r := command(t, "sweep", "--log", sample, "--idle-timeout", "never")
	require.Equal(t, exitOK, r.code, r.stderr)
	require.Regexp(t, `never +[0-9,.]+ +[0-9,.]+ +[0-9,.]+ +0\.0 +– +– +0  \* recommended\n`, r.stdout)
}

func TestSimulationPages(t *testing.T) {
	t.Parallel()
	for _, args := range [][]string{{"simulate"}, {"sweep", "--idle-timeout", "1h,never"}} {
		path := filepath.Join(t.TempDir(), "page.html")
		r := command(t, small(append(args, "--report", path)...)...)
		require.Zero(t, r.code, r.stderr)
		page := string(readFile(t, path))
		require.Contains(t, page, "idle ")
		require.Equal(t, args[0] == "sweep", strings.Contains(page, `"running_hours":`), "the curve")
		require.Contains(t, r.stderr, "wrote "+path)

		r = command(t, small(append(args, "--report", filepath.Join(path, "no"))...)...)
		require.Equal(t, exitFailure, r.code)
		require.Contains(t, r.stderr, "--report: ")
	}
}

func TestParametersAreListedAndSet(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"simulate", "sweep"} {
		r := command(t, name, "--params", "--set", "work.median=7m30s", "--set", "turns=2")
		require.Zero(t, r.code, r.stderr)
		for _, line := range []string{"work.median=7m30s\n", "turns=2\n", "answer.alpha=0.8\n", "rhythm.hours=0.02,"} {
			require.Contains(t, r.stdout, line)
		}
	}
	short := simulatedBy(t, small("simulate", "--set", "work.median=1s", "--set", "work.sigma=0")...)
	require.Less(t, short.ActiveMS, int64(3_000_000))
}

func TestBadSimulationArguments(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		args string
		want string
	}{
		{"simulate --policy always", `--policy is "always": it must be never, idle:30m`},
		{"simulate --policy idle", `--policy is "idle"`},
		{"simulate --policy idle:-5m", `--policy is "idle:-5m"`},
		{"simulate --policy never:1h", `--policy is "never:1h"`},
		{"simulate --policy adaptive:1.5", `--policy is "adaptive:1.5"`},
		{"simulate --policy adaptive:NaN", `--policy is "adaptive:NaN"`},
		{"simulate --policy hours:18h-8h:1h", `--policy is "hours:18h-8h:1h"`},
		{"simulate --policy hours:8h-25h:1h", `--policy is "hours:8h-25h:1h"`},
		{"simulate --policy hours:8h-18h", `--policy is "hours:8h-18h"`},
		{"simulate --store file", `--store is "file": it must be memory, or a URL`},
		{"simulate --price=-1", `--price is -1: it must be from 0 to 1000000000`},
		{"sweep --price 1e308", `--price is 1e308: it must be from 0`},
		{
			"simulate --tasks 100000 --days 0.00001 --users 1",
			`--tasks is 100000, in 1e-05 days by 1 users: sim: Params.TasksPerUserDay is 1e+10: it must`,
		},
		{"sweep --price NaN", `--price is NaN: it must be from 0`},
		{"simulate --days 0", `--days is 0: it must be above 0 and at most 3660`},
		{"simulate --days NaN", `--days is NaN`},
		{"simulate --days 0.000000000001", `Params.Duration is 0s`},
		{"simulate --tasks=-1", `--tasks is -1: it must be from 0`},
		{"simulate --users=-1", `--users is -1: it must be from 0`},
		{"simulate --from yesterday", `--from is "yesterday": it must be a time`},
		{"simulate --from 1066-10-14", `Params.Start is 1066-10-14T00:00:00Z: it must be from the year`},
		{"simulate --set work.median=0s", `--set: work.median is 0s: it must be from`},
		{"simulate --set work=1", `--set "work": there is no such parameter`},
		{"simulate --case x", `--case requires --log`},
		{"sweep --idle-timeout soon", `--idle-timeout has "soon": it must be durations`},
		{"sweep --idle-timeout=5m,-1m", `--idle-timeout has "-1m"`},
		{"sweep --workers=-1", `--workers is -1: it must be 0 or more`},
		{"sweep --policy x", `--policy is "x"`},
		{"sweep --current x", `--current is "x"`},
		{"sweep --seeds 0", `--seeds is 0: it must be from 1`},
		{"sweep --max-wait-share 5", `--max-wait-share is "5": it must be from 0% to 100%, such as 5%`},
		{"sweep --shard 3/2 --json", `--shard is "3/2": it must be I/N`},
		{"sweep --shard 1/2", `--shard requires --json`},
		{"sweep --shard 1/2 --json --report x.html", `--shard and --report can't be used together`},
		{"simulate --price 0.12USX", `--price is 0.12USX: "USX" is neither the ISO 4217 code`},
		{"sweep --price cheap", `--price is cheap: it must be a number`},
	} {
		r := command(t, strings.Fields(test.args)...)
		require.Equal(t, exitUsage, r.code, "%s: %s", test.args, r.stderr)
		require.Contains(t, r.stderr, test.want)
		require.Empty(t, r.stdout)
	}
	r := command(t, "simulate", "--log", filepath.Join(t.TempDir(), "no.csv"))
	require.Equal(t, exitFailure, r.code)
	require.Contains(t, r.stderr, "no.csv")
	r = command(t, "simulate", "--log", logFile(t, "a,b", "1,2"))
	require.Equal(t, exitUsage, r.code)
}

func TestDurationsMayHaveDays(t *testing.T) {
	t.Parallel()
	days := command(t, "replay", sample, "--idle-timeout", "1d12h", "--json")
	hours := command(t, "replay", sample, "--idle-timeout", "36h", "--json")
	require.Zero(t, days.code, days.stderr)
	pauses := func(r result) (n int) {
		var out replayOutput
		require.NoError(t, json.Unmarshal([]byte(r.stdout), &out))
		return out.Pauses
	}
	require.Equal(t, pauses(hours), pauses(days))
	r := command(t, "replay", sample, "--idle-timeout", "1x")
	require.Equal(t, exitUsage, r.code)
	require.Contains(t, r.stderr, `--idle-timeout: expected a duration such as 30m, 1h30m or 2d, but got "1x"`)
}

// --idle-timeout is a short form of --policy.
func TestSimulateWithATimeout(t *testing.T) {
	t.Parallel()
	for timeout, policy := range map[string]string{"1h30m": "idle:1h30m", "2d": "idle:2d", "never": "never"} {
		got := simulatedBy(t, small("simulate", "--idle-timeout", timeout)...)
		want := simulatedBy(t, small("simulate", "--policy", policy)...)
		got.Seconds, want.Seconds = 0, 0
		require.Equal(t, want, got)
	}
}

// --params --json describes each parameter.
func TestParamsAsJSON(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"simulate", "sweep"} {
		r := command(t, name, "--params", "--json", "--set", "turns=3")
		require.Equal(t, exitOK, r.code, r.stderr)
		var list []map[string]string
		require.NoError(t, json.Unmarshal([]byte(r.stdout), &list))
		require.Contains(t, list, map[string]string{
			"name": "turns", "type": "number", "value": "3", "default": "5", "min": "1", "max": "100000",
			"meaning": "mean number of turns of a task",
		})
	}
}
