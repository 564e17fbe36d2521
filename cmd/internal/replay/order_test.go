package replay

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/tasktwin/tasktwin/memdb"
)

// shift is the work of one of several cases, and what a replay of it must sum up
// to, counted while it is made.
type shift struct {
	lines           []string // by start
	active          time.Duration
	pauses, resumes int
}

// makeShift makes cases that work for whole minutes and then wait, and pauses
// those that wait for half an hour.
func makeShift(cases, turns int) shift {
	random := rand.New(rand.NewPCG(1, 2))
	type line struct {
		at   time.Time
		text string
	}
	var lines []line
	var s shift
	var end time.Time
	for c := range cases {
		at := time.Date(2025, 3, 3, 0, c, 0, 0, time.UTC)
		for turn := range turns {
			work, wait := time.Duration(1+random.IntN(90))*time.Minute, time.Duration(1+random.IntN(60))*time.Minute
			lines = append(lines, line{at, fmt.Sprintf("c%d,turn %d,u%d,%s,%s", c, turn, c%3,
				at.Format(time.DateTime), at.Add(work).Format(time.DateTime))})
			s.active += work
			at = at.Add(work)
			if last := turn == turns-1; !last && wait > 30*time.Minute {
				// The statuses of a resume are one microsecond after it, which
				// telemetry's milliseconds do not show.
				s.pauses++
				s.resumes++
			} else if last {
				wait = 0
			}
			at = at.Add(wait)
		}
		end = later(end, at)
	}
	// A last row, so that all cases are idle for long enough at the end.
	lines = append(lines, line{end.Add(time.Hour), "last,note,u0," + end.Add(time.Hour).Format(time.DateTime) + ","})
	s.pauses += cases
	slices.SortStableFunc(lines, func(a, b line) int { return a.at.Compare(b.at) })
	for _, l := range lines {
		s.lines = append(s.lines, l.text)
	}
	return s
}

// Whatever the order of its rows, a log has the same totals and the same store.
func TestOrderOfRowsDoesNotMatter(t *testing.T) {
	t.Parallel()
	s := makeShift(20, 15)
	reversed := slices.Clone(s.lines)
	slices.Reverse(reversed)
	shuffled := slices.Clone(s.lines)
	rand.New(rand.NewPCG(3, 4)).Shuffle(len(shuffled), func(i, j int) { shuffled[i], shuffled[j] = shuffled[j], shuffled[i] })
	byCase := slices.Clone(s.lines)
	slices.SortStableFunc(byCase, func(a, b string) int { return strings.Compare(strings.Split(a, ",")[0], strings.Split(b, ",")[0]) })
	half := len(s.lines) / 2
	merged := slices.Concat(s.lines[half:], s.lines[:half])

	want := memdb.New(memdb.Options{})
	_, err := Run(t.Context(), want, strings.NewReader(head+strings.Join(s.lines, "\n")), Options{IdleTimeout: 30 * time.Minute})
	require.NoError(t, err)
	wantDump, err := want.Dump(t.Context())
	require.NoError(t, err)
	for name, c := range map[string]struct {
		lines  []string
		sorted bool
	}{
		"by time":      {s.lines, true},
		"by case":      {byCase, true},
		"newest first": {reversed, false},
		"shuffled":     {shuffled, false},
		"merged":       {merged, false},
	} {
		for _, memory := range []int{0, 1, 3_000} { // without spilling, and with a run for each row and for some
			t.Run(fmt.Sprintf("%s/%d", name, memory), func(t *testing.T) {
				t.Parallel()
				db, sum, report := replayed(t, head+strings.Join(c.lines, "\n")+"\n", Options{IdleTimeout: 30 * time.Minute, sortMemory: memory})
				require.Equal(t, 20*15+1, sum.Rows)
				require.Zero(t, sum.Skipped)
				require.Equal(t, c.sorted, sum.Reordered == 0)
				require.Equal(t, c.sorted, len(sum.Warnings) == 0, sum.Warnings)
				require.Equal(t, s.active.Round(time.Second), (time.Duration(report.Active.SumMS) * time.Millisecond).Round(time.Second))
				require.Equal(t, s.pauses, report.Pauses)
				require.Equal(t, s.resumes, report.Resumes)
				dump, err := db.Dump(t.Context())
				require.NoError(t, err)
				require.Equal(t, wantDump, dump)

				recording, _, err := Record(t.Context(), strings.NewReader(head+strings.Join(c.lines, "\n")), Options{sortMemory: memory})
				require.NoError(t, err)
				var work time.Duration
				for _, task := range recording.Tasks {
					for _, turn := range task.Turns {
						work += turn.Work
					}
				}
				require.Equal(t, s.active, work)
			})
		}
	}
}

// Rows of one instant keep the order of the log, or the opposite one if the log
// begins with the newest.
func TestRowsOfOneInstant(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		lines     []string
		want      string
		reordered int
	}{
		"oldest first": {[]string{"a first 10:00:00", "a second 10:00:00", "a third 10:01:00"}, "first second third", 0},
		"newest first": {[]string{"a third 10:01:00", "a second 10:00:00", "a first 10:00:00"}, "first second third", 2},
		"one too late": {
			[]string{"a second 10:00:00", "a third 10:00:00", "a fourth 10:01:00", "a fifth 10:02:00", "a first 09:00:00"},
			"first second third fourth fifth", 1,
		},
		"newest first, interleaved": {
			[]string{"b x 10:03:00", "a third 10:01:00", "b x 10:01:00", "a second 10:00:00", "b x 10:00:00", "a first 10:00:00"},
			"first x second x third x", 4,
		},
	} {
		for _, memory := range []int{0, 1} {
			log, sum, err := open(strings.NewReader(rows(c.lines...)), Options{})
			require.NoError(t, err, name)
			e, err := readEvents(t.Context(), log, Options{sortMemory: memory, AllowNoWork: true}, sum)
			require.NoError(t, err, name)
			for range 2 { // it can be read again
				var got []string
				for row, err := range e.all() {
					require.NoError(t, err, name)
					got = append(got, row.Activity)
				}
				require.Equal(t, c.want, strings.Join(got, " "), name)
			}
			require.Equal(t, c.reordered, sum.Reordered, name)
			require.NoError(t, e.close())
		}
	}
}

// Sorting leaves no temporary file behind, whether the log is accepted, refused,
// or the store fails.
func TestSortingLeavesNoFile(t *testing.T) {
	dir := t.TempDir()
	t.Setenv("TMPDIR", dir)
	t.Setenv("TMP", dir)
	s := makeShift(3, 10)
	good := head + strings.Join(s.lines, "\n")
	db := memdb.New(memdb.Options{})
	for _, c := range []struct {
		log  string
		opts Options
		ok   bool
	}{
		{good, Options{}, true},
		{good, Options{}, false}, // the store has rows now
		{good + "\nx\ny\nz\n", Options{}, false},
		{good, Options{Now: time.Date(2020, 1, 1, 0, 0, 0, 0, time.UTC)}, false},
	} {
		c.opts.sortMemory = 1000
		_, err := Run(t.Context(), db, strings.NewReader(c.log), c.opts)
		require.Equal(t, c.ok, err == nil, "%v", err)
		_, _, err = Record(t.Context(), strings.NewReader(c.log), c.opts)
		left, globErr := filepath.Glob(filepath.Join(dir, "*"))
		require.NoError(t, globErr)
		require.Empty(t, left, "%v", err)
	}
	t.Setenv("TMPDIR", filepath.Join(dir, "missing"))
	t.Setenv("TMP", filepath.Join(dir, "missing"))
	_, _, err := Record(t.Context(), strings.NewReader(good), Options{sortMemory: 1000})
	require.ErrorIs(t, err, os.ErrNotExist)
	require.ErrorContains(t, err, "sort the log: ")
}

// Reading ends when its context does.
func TestReadingCanBeInterrupted(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	log := &generatedLog{n: 1 << 40, each: func(i int) {
		if i == 50_000 {
			cancel()
		}
	}}
	_, _, err := Record(ctx, log, Options{SkipBad: true})
	require.ErrorIs(t, err, ctx.Err())
}
