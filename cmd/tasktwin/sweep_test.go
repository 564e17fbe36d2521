package main

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/require"

	"github.com/tasktwin/tasktwin/cmd/internal/comparison"
	"github.com/tasktwin/tasktwin/cmd/internal/money"
	"github.com/tasktwin/tasktwin/cmd/internal/term"
	"github.com/tasktwin/tasktwin/sim"
)

var secondsOfARun = regexp.MustCompile(`"seconds": [0-9.e-]+|simulated in [0-9.]+ s`)

// withoutTime removes the time that a run took.
func withoutTime(t *testing.T, text string) string {
	t.Helper()
	require.Regexp(t, secondsOfARun, text)
	return secondsOfARun.ReplaceAllString(text, "")
}

// However a sweep is split, the merged shards give the JSON, the text and the page of the
// whole, byte by byte.
func TestMergedShardsAreTheWhole(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		args, log []string
		parts     []int
	}{
		"generated": {
			[]string{
				"sweep", "--tasks", "20", "--days", "3", "--seeds", "3", "--seed", "18446744073709551613", "--price", "€0.25",
				"--idle-timeout", "5m,2h", "--policy", "adaptive:0.9", "--current", "hours:8h-18h:1h", "--set", "turns=3",
			}, nil, []int{3, 20},
		},
		"log": {
			[]string{"sweep", "--seeds", "2", "--idle-timeout", "30m,never", "--max-wait-share", "2.5%"}, []string{"--log", sample}, []int{2},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			run := func(args ...string) string {
				t.Helper()
				r := command(t, args...)
				require.Zero(t, r.code, r.stderr)
				return r.stdout
			}
			args := slices.Concat(c.args, c.log)
			page := filepath.Join(dir, "whole.html")
			wantJSON := run(append(args, "--json", "--report", page)...)
			wantText := run(args...)
			for _, n := range c.parts {
				merge := []string{"sweep", "merge"}
				for i := n; i >= 1; i-- {
					shard := filepath.Join(dir, fmt.Sprintf("%d-of-%d.json", i, n))
					text := run(append(args, "--json", "--shard", fmt.Sprintf("%d/%d", i, n), "--workers", strconv.Itoa(i%2+1))...)
					require.NoError(t, os.WriteFile(shard, []byte(text), 0o600))
					merge = append(merge, shard)
				}
				require.Equal(t, withoutTime(t, wantJSON), withoutTime(t, run(append(merge, "--json")...)))
				require.Equal(t, withoutTime(t, wantText), withoutTime(t, run(merge...)))
				merged := filepath.Join(dir, fmt.Sprintf("%d.html", n))
				run(append(append(merge, "--report", merged), c.log...)...)
				require.Equal(t, string(readFile(t, page)), string(readFile(t, merged)))
			}
		})
	}
}

func TestSweepMergeRefuses(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	shard := func(name string, args ...string) string {
		r := command(t, append([]string{"sweep", "--json", "--idle-timeout", "never"}, args...)...)
		require.Zero(t, r.code, r.stderr)
		path := filepath.Join(dir, name)
		require.NoError(t, os.WriteFile(path, []byte(r.stdout), 0o600))
		return path
	}
	size := []string{"--tasks", "3", "--days", "1", "--seeds", "2"}
	a := shard("a", append(size, "--shard", "1/2")...)
	b := shard("b", append(size, "--shard", "2/2", "--price", "3")...)
	whole := shard("whole", size...)
	log := shard("log", "--log", sample, "--shard", "1/1")
	page := filepath.Join(dir, "page.html")
	for _, test := range []struct {
		code int
		want string
		args []string
	}{
		{exitFailure, "no file has the shard 2/2, beside 1/2 of " + a, []string{a}},
		{exitFailure, a + ": shard is 1/2: so is that of " + a, []string{a, a}},
		{exitFailure, b + ": question.price is 3: that of " + a + " is 0.2", []string{a, b}},
		{exitFailure, whole + `: format is "": it must be`, []string{whole}},
		{exitFailure, "absent: ", []string{filepath.Join(dir, "absent")}},
		{exitUsage, "sweep merge and --seed exclude each other", []string{a, "--seed", "4"}},
		{exitUsage, "sweep merge: give the files", nil},
		{exitUsage, "--case requires --log", []string{a, "--case", "x"}},
		{exitUsage, "sweep merge takes --log only for the timelines of --report", []string{log, "--log", sample}},
		{exitUsage, "--report requires --log FILE", []string{log, "--report", page}},
		{
			exitFailure, "--log: the work of " + sample + " is not that of the shards",
			[]string{log, "--report", page, "--log", sample, "--actor", "activity"},
		},
		{exitUsage, "refused", []string{log, "--report", log}},
	} {
		r := command(t, append([]string{"sweep", "merge"}, test.args...)...)
		require.Equal(t, test.code, r.code, "%s: %s", test.want, r.stderr)
		if test.want != "refused" {
			require.Contains(t, r.stderr, test.want)
		}
		require.Empty(t, r.stdout)
	}
	r := command(t, "sweep", "split", a)
	require.Equal(t, exitUsage, r.code)
	require.Contains(t, r.stderr, "split is no subcommand of sweep")
}

// A sweep answers its question in words, which are the same in the text, in JSON and on
// the page.
func TestSweepRecommends(t *testing.T) {
	t.Parallel()
	page := filepath.Join(t.TempDir(), "page.html")
	args := small("sweep", "--idle-timeout", "5m,1d", "--current", "idle:2h", "--seeds", "2", "--price", "0.12USD", "--max-wait-share", "30%")
	r := command(t, append(args, "--json", "--report", page)...)
	require.Zero(t, r.code, r.stderr)
	var out sweepOutput
	require.NoError(t, json.Unmarshal([]byte(r.stdout), &out))
	for i, name := range []string{"idle 5m", "idle 1d", "idle 2h"} {
		require.Equal(t, name, out.Policies[i].Policy)
	}
	require.Equal(t, []string{"idle 2h", "USD"}, []string{out.Current, out.Currency})
	require.Equal(t, []uint64{1, 2}, out.Seeds)
	require.Len(t, out.Advice, 3)
	require.Contains(t, out.Advice[0], "Recommended: "+out.Recommended)
	require.NotNil(t, out.Policies[0].Saving.Low)
	html := string(readFile(t, page))
	for _, sentence := range out.Advice {
		quoted, err := json.Marshal(sentence)
		require.NoError(t, err)
		require.Contains(t, html, string(quoted))
	}
	require.Contains(t, html, `"currency":"USD"`)

	r = command(t, args...)
	require.Zero(t, r.code, r.stderr)
	text := strings.Join(strings.Fields(r.stdout), " ")
	require.Contains(t, text, strings.Join(out.Advice, " "))
	require.Regexp(t, `: \d+ tasks and [0-9,]+( to [0-9,]+)? replies,( depending on the policy,)? at 0\.12 USD an hour, `+
		`seeds 1 to 2, figures are means`, text)
	require.Equal(t, 1, strings.Count(text, "on the front"), "it is explained once")
	for line := range strings.Lines(r.stdout) {
		require.LessOrEqual(t, utf8.RuneCountInString(strings.TrimSuffix(line, "\n")), maxWidth)
	}
}

// The table fits however long names and however large numbers are.
func TestSweepTableFits(t *testing.T) {
	t.Parallel()
	for name, scale := range map[string]int64{"small": 1, "large": 1_000_000, "huge": 1_000_000_000} {
		for _, price := range []float64{0.2, 1e9} {
			t.Run(fmt.Sprint(name, price), func(t *testing.T) {
				t.Parallel()
				var results []*sim.Result
				for i, policy := range []string{"never", "hours 8h-18h 12h34m56.789s", strings.Repeat("a policy of one's own ", 6)} {
					results = append(results, &sim.Result{
						Policy: policy, Tasks: int(scale), Answers: int(scale) * 7, Waited: int(scale) * i, RunningMS: scale * 3_600_000 * int64(5-i),
						Pauses: int(scale) * i, IdleRunningMS: scale * 1_000_000, WaitP50MS: 86_399_000, WaitP95MS: scale * 80_000_000,
					})
				}
				out := newSweepOutput(&comparison.Merged{
					Question: comparison.Question{
						Seeds: []uint64{1}, Policies: make([]string, 3), Current: 0, MaxWaitShare: 0.3, Price: price, Currency: "USD",
						Parameters: sim.DefaultParams(),
					},
					Results: [][]*sim.Result{results},
				})
				out.price = money.Price{Amount: price, Currency: "USD"}
				text := out.text(term.Style{})
				for line := range strings.Lines(text) {
					require.LessOrEqual(t, utf8.RuneCountInString(strings.TrimSuffix(line, "\n")), 100, line)
				}
				table := out.table(term.Style{})
				require.Contains(t, table, "cost USD")
				require.Contains(t, table, "* current")
				if name == "small" && price < 1 {
					require.Contains(t, table, "idle h")
				}
			})
		}
	}
}

func TestShares(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]float64{"0%": 0, "5%": 0.05, "2.5 %": 0.025, "100%": 1} {
		got, err := parseShare("--x", text)
		require.NoError(t, err)
		require.InDelta(t, want, got, 1e-15, text)
	}
	for _, text := range []string{"", "5", "0.05", "%", "-1%", "101%", "NaN%", "five%"} {
		_, err := parseShare("--x", text)
		require.EqualError(t, err, fmt.Sprintf("--x is %q: it must be from 0%% to 100%%, such as 5%%", text))
	}
}
