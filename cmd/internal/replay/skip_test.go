package replay

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/tasktwin/tasktwin/memdb"
)

// mixed returns a log of good rows followed by bad ones.
func mixed(good int, bad ...string) string {
	var b strings.Builder
	b.WriteString(head)
	for i := range good {
		at := time.Date(2025, 3, 3, 0, 0, i, 0, time.UTC)
		fmt.Fprintf(&b, "a,x,ada,%s,\n", at.Format(time.DateTime))
	}
	for _, line := range bad {
		b.WriteString(line + "\n")
	}
	return b.String()
}

const (
	noCase  = ",x,ada,2025-03-03 00:00:00,"
	noStart = "a,x,ada,,"
	number  = "a,x,ada,45352.375,"
)

// A log in which more than one row in a hundred is bad is refused, and the store
// stays empty.
func TestTooManyBadRowsAreRefused(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		log  string
		want string // or empty if the log is accepted
	}{
		"one of a hundred":   {mixed(99, noCase), ""},
		"two of two hundred": {mixed(198, noCase, number), ""},
		"one of ninety-nine": {
			mixed(98, noCase),
			"1 of 99 rows (1.01 %) cannot be used: 1 missing case (first: line 100: column \"case\" is empty",
		},
		"three of two hundred": {
			mixed(197, number, noCase, noCase),
			"3 of 200 rows (1.5 %) cannot be used: 2 missing case (first: line 200: ",
		},
		"one of two": {
			mixed(1, noStart),
			`1 of 2 rows (50 %) cannot be used: 1 missing start (first: line 3: column "start" is empty, column "end" is empty); ` +
				"more than 1 % is refused",
		},
		"all, without a time": {
			mixed(0, noStart, noStart),
			"2 of 2 rows (100 %) cannot be used: 2 missing start (first: line 2: ",
		},
		"a day number": {
			mixed(1, number),
			`1 unreadable time (first: line 3: column "start": "45352.375" is not a time: ` +
				"it looks like a spreadsheet's day number, 2024-03-01 09:00:00)",
		},
		"a zone that is a name": {
			mixed(1, "a,x,ada,2025-03-04 10:00 MESZ,"),
			`the time zone "MESZ" is not known`,
		},
		"an end without a time": {
			mixed(1, "a,x,ada,2025-03-04,2025-03-05", "a,x,ada,2025-03-04,9999-12-31"),
			`column "end": "9999-12-31" is not a time: the year is not within 1900 to 2099`,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			db := memdb.New(memdb.Options{})
			sum, err := Run(t.Context(), db, strings.NewReader(c.log), Options{AllowNoWork: true})
			_, _, recordErr := Record(t.Context(), strings.NewReader(c.log), Options{AllowNoWork: true})
			if c.want == "" {
				require.NoError(t, err)
				require.NoError(t, recordErr)
				require.Positive(t, sum.Skipped)
				return
			}
			for _, err := range []error{err, recordErr} {
				bad, ok := errors.AsType[*BadLogError](err)
				require.True(t, ok, "%v", err)
				require.Positive(t, bad.Bad)
				require.ErrorContains(t, err, c.want)
				require.ErrorContains(t, err, "--skip-bad")
			}
			d, err := db.Dump(t.Context())
			require.NoError(t, err)
			require.Empty(t, d.Organizations)
			require.Empty(t, d.Tasks)
		})
	}
}

func TestSkipBadAcceptsAnyShare(t *testing.T) {
	t.Parallel()
	log := mixed(1, append(strings.Fields(strings.Repeat("a,x,ada,, ", 20)), "a,x", noCase)...)
	_, sum, _ := replayed(t, log, Options{SkipBad: true})
	require.Equal(t, 1, sum.Rows)
	require.Equal(t, 22, sum.Skipped)
	require.Len(t, sum.FirstSkipped, 10)
	var got []string
	for _, r := range sum.Reasons {
		got = append(got, fmt.Sprintf("%s %d %d", r.Reason, r.Rows, r.FirstLine))
	}
	require.Equal(t, []string{"missing start 20 3", "wrong number of fields 1 23", "missing case 1 24"}, got)

	_, err := Run(t.Context(), memdb.New(memdb.Options{}), strings.NewReader(mixed(0, noStart)), Options{SkipBad: true})
	require.ErrorIs(t, err, ErrNoRows)
}

// A log in which no row has a duration is refused, unless it is asked for.
func TestLogsWithoutWorkAreRefused(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		log  string
		want string // or empty if the log has work
	}{
		"no column of ends": {
			"case,activity,start\n1,a,2025-03-03\n1,b,2025-03-04\n",
			"none of the 2 rows is work, with an end after its start, so that no task would ever be active: " +
				"the log has no column with a usual name for the end or the life cycle; name it with --end or --lifecycle; use --allow-no-work",
		},
		"empty ends":     {head + "1,a,ada,2025-03-03,\n", `column "end" has no end after the start in column "start"`},
		"ends as starts": {head + "1,a,ada,2025-03-03,2025-03-03\n", `column "end" has no end after the start in column "start"`},
		"no starts":      {head + "1,a,ada,,2025-03-03\n2,b,bob,NULL,2025-03-04\n", `column "start" has no start; name another one with --start`},
		"one with work":  {head + "1,a,ada,2025-03-03,\n1,b,ada,2025-03-03,2025-03-04\n", ""},
		"a nanosecond":   {head + "1,a,ada,2025-03-03 00:00:00.000000001,2025-03-03 00:00:00.000000002\n", "is work"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for _, opts := range []Options{{}, {SkipBad: true}, {AllowNoWork: true}} {
				db := memdb.New(memdb.Options{})
				sum, err := Run(t.Context(), db, strings.NewReader(c.log), opts)
				_, recorded, recordErr := Record(t.Context(), strings.NewReader(c.log), opts)
				if c.want == "" || opts.AllowNoWork {
					require.NoError(t, err)
					require.NoError(t, recordErr)
					require.Equal(t, c.want == "", sum.Work == 1)
					require.Equal(t, sum.Work, recorded.Work)
					continue
				}
				for _, err := range []error{err, recordErr} {
					_, ok := errors.AsType[*NoWorkError](err)
					require.True(t, ok, "%v", err)
					require.ErrorContains(t, err, c.want)
				}
				d, err := db.Dump(t.Context())
				require.NoError(t, err)
				require.Empty(t, d.Organizations)
			}
		})
	}
}
