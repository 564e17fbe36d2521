package replay

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/tasktwin/tasktwin/memdb"
)

const phases = "case,activity,actor,time,lifecycle:transition\n"

// phased returns a log with the columns case, activity, time and life cycle.
func phased(lines ...string) string {
	var b strings.Builder
	b.WriteString(phases)
	for _, line := range lines {
		f := strings.Fields(line)
		fmt.Fprintf(&b, "%s,%s,ada,2025-03-03 %s,%s\n", f[0], f[1], f[2], f[3])
	}
	return b.String()
}

// workOf returns the work and the instants of a log, in the order in which they
// are replayed.
func workOf(t *testing.T, log string) (got []string, sum *Summary) {
	t.Helper()
	opts := Options{AllowNoWork: true, sortMemory: 1}
	l, sum, err := open(strings.NewReader(log), opts)
	require.NoError(t, err)
	e, err := readEvents(t.Context(), l, opts, sum)
	require.NoError(t, err)
	for row, err := range e.all() {
		require.NoError(t, err)
		text := row.Case + " " + row.Activity + " " + row.Start.Format("15:04")
		if isWork(row) {
			text += "-" + row.End.Format("15:04")
		}
		got = append(got, text)
	}
	require.NoError(t, e.close())
	return got, sum
}

func TestLifecycle(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		lines    []string
		want     string
		unpaired string
	}{
		"start and complete": {[]string{"a x 10:00 start", "a x 10:05 complete"}, "a x 10:00-10:05", ""},
		"other words": {
			[]string{"a x 10:00 START", "a x 10:05 Completed", "a y 10:06 Started", "a y 10:07 ate_abort", "a z 10:08 begin", "a z 10:09 end"},
			"a x 10:00-10:05, a y 10:06-10:07, a z 10:08-10:09", "",
		},
		"first in, first out": {
			[]string{"a x 10:00 start", "a x 10:02 start", "a x 10:05 complete", "a x 10:09 complete"},
			"a x 10:00-10:05, a x 10:02-10:09", "",
		},
		"by case and activity": {
			[]string{"a x 10:00 start", "b x 10:01 start", "a y 10:02 start", "b x 10:03 complete", "a y 10:04 complete", "a x 10:05 complete"},
			"a x 10:00-10:05, b x 10:01-10:03, a y 10:02-10:04", "",
		},
		"suspended": {
			[]string{"a x 10:00 start", "a x 10:05 suspend", "a x 10:20 resume", "a x 10:30 complete"},
			"a x 10:00-10:05, a x 10:20-10:30", "",
		},
		"suspended twice": {
			[]string{"a x 10:00 start", "a x 10:05 suspend", "a x 10:20 resume", "a x 10:22 suspend", "a x 10:30 resume", "a x 10:31 complete"},
			"a x 10:00-10:05, a x 10:20-10:22, a x 10:30-10:31", "",
		},
		"completed while suspended": {
			[]string{"a x 10:00 start", "a x 10:05 suspend", "a x 10:20 complete"}, "a x 10:00-10:05, a x 10:20", "",
		},
		"two, one suspended": {
			[]string{"a x 10:00 start", "a x 10:01 start", "a x 10:02 suspend", "a x 10:03 complete", "a x 10:04 resume", "a x 10:05 complete"},
			"a x 10:00-10:02, a x 10:01-10:03, a x 10:04-10:05", "",
		},
		"suspended to the end": {[]string{"a x 10:00 start", "a x 10:05 suspend"}, "a x 10:00-10:05", ""},
		"at the same instant":  {[]string{"a x 10:00 start", "a x 10:00 complete"}, "a x 10:00", ""},
		"other transitions": {
			[]string{"a x 09:00 schedule", "a x 10:00 start", "a x 10:05 complete", "a x 10:06 _"},
			"a x 09:00, a x 10:00-10:05, a x 10:06", "",
		},
		"never completed": {
			[]string{"a x 10:00 start", "a y 10:05 start", "a y 10:06 complete"},
			"a x 10:00, a y 10:05-10:06", "start 1 (first: line 2)",
		},
		"never started": {
			[]string{"a y 10:00 start", "a x 10:05 complete", "a x 10:06 complete"},
			"a y 10:00, a x 10:05, a x 10:06", "start 1 (first: line 2), complete 2 (first: line 3)",
		},
		"never suspended": {
			[]string{"a x 10:00 resume", "a x 10:01 start", "a x 10:05 complete"},
			"a x 10:00, a x 10:01-10:05", "resume 1 (first: line 2)",
		},
		"nothing to suspend": {
			[]string{"a x 10:00 suspend", "a x 10:01 start", "a x 10:05 complete"},
			"a x 10:00, a x 10:01-10:05", "suspend 1 (first: line 2)",
		},
		"resumed, not complete": {
			[]string{"a x 10:00 start", "a x 10:01 suspend", "a x 10:05 resume"},
			"a x 10:00-10:01, a x 10:05", "resume 1 (first: line 4)",
		},
		"completions only": {[]string{"a x 10:00 complete", "a x 10:01 complete"}, "a x 10:00, a x 10:01", ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, sum := workOf(t, phased(c.lines...))
			require.Equal(t, c.want, strings.Join(got, ", "))
			require.Equal(t, c.unpaired, unpairedText(sum.Unpaired))
			require.Equal(t, c.unpaired != "", len(sum.Warnings) > 0, sum.Warnings)
			require.Equal(t, strings.Count(c.want, "-"), sum.Work)
			require.Equal(t, len(c.lines), sum.Rows)

			// The same log, with the newest rows first.
			slices.Reverse(c.lines)
			reversed, other := workOf(t, phased(c.lines...))
			if name != "at the same instant" { // with one instant only, nothing shows that it is reversed
				require.Equal(t, got, reversed)
				require.Equal(t, sum.Work, other.Work)
			}
		})
	}
}

// A log of starts and completions has the totals of the log with one row for each.
func TestLifecycleHasTheTotalsOfOneRow(t *testing.T) {
	t.Parallel()
	s := makeShift(15, 12)
	var lines []string
	for _, line := range s.lines {
		f := strings.Split(line, ",") // case, activity, actor, start, end
		if f[4] == "" {
			lines = append(lines, strings.Join([]string{f[0], f[1], f[2], f[3], "complete"}, ","))
			continue
		}
		lines = append(lines,
			strings.Join([]string{f[0], f[1], f[2], f[3], "start"}, ","), strings.Join([]string{f[0], f[1], f[2], f[4], "complete"}, ","))
	}
	slices.Sort(lines) // by case and activity, and so not by time
	for _, memory := range []int{0, 2_000} {
		_, sum, report := replayed(t, phases+strings.Join(lines, "\n"), Options{IdleTimeout: 30 * time.Minute, sortMemory: memory})
		require.Equal(t, 2*15*12+1, sum.Rows)
		require.Equal(t, 15*12, sum.Work)
		require.Equal(t, []UnpairedRows{{"complete", 1, len(lines) + 1}}, sum.Unpaired) // the last row, an instant
		require.Equal(t, s.active.Round(time.Second), (time.Duration(report.Active.SumMS) * time.Millisecond).Round(time.Second))
		require.Equal(t, s.pauses, report.Pauses)
		require.Equal(t, s.resumes, report.Resumes)
	}
}

func TestLogsOfCompletionsHaveNoWork(t *testing.T) {
	t.Parallel()
	_, err := Run(t.Context(), memdb.New(memdb.Options{}), strings.NewReader(phased("a x 10:00 complete", "a y 10:01 complete")), Options{})
	require.ErrorContains(t, err, `column "lifecycle:transition" has no start that is followed by the completion of its activity`)
}
