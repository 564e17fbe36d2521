package replay

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/tasktwin/tasktwin/memdb"
)

func timezone(t *testing.T, name string) (z Timezone) {
	t.Helper()
	require.NoError(t, z.UnmarshalText([]byte(name)))
	return z
}

// Times without an offset are in the given time zone, and names of zones are read
// if the zone has them.
func TestTimezone(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ zone, text, want string }{
		{"Europe/Berlin", "2024-07-01 12:00:00", "2024-07-01T10:00:00Z"},
		{"Europe/Berlin", "2024-01-01 12:00:00", "2024-01-01T11:00:00Z"},
		{"Europe/Berlin", "2024-07-01", "2024-06-30T22:00:00Z"},
		{"Europe/Berlin", "01.07.2024 12:00 MESZ", "2024-07-01T10:00:00Z"},
		{"Europe/Berlin", "2024-10-27 02:30:00 MESZ", "2024-10-27T00:30:00Z"}, // this hour is there twice
		{"Europe/Berlin", "2024-10-27 02:30:00 MEZ", "2024-10-27T01:30:00Z"},
		{"Europe/Berlin", "2024-10-27 02:30:00 CET", "2024-10-27T01:30:00Z"},
		{"Europe/Berlin", "2024-07-01 12:00:00 cest", "2024-07-01T10:00:00Z"},
		{"Europe/Berlin", "2024-07-01T12:00:00Z", "2024-07-01T12:00:00Z"},
		{"Europe/Berlin", "2024-07-01T12:00:00+05:00", "2024-07-01T07:00:00Z"},
		{"Europe/Berlin", "2024-07-01 12:00 GMT", "2024-07-01T12:00:00Z"},
		{"Europe/Berlin", "1719835200", "2024-07-01T12:00:00Z"},
		{"Europe/Berlin", "45474.5", "2024-07-01T10:00:00Z"},
		{"America/New_York", "Jul 1, 2024 3:00:00 PM EDT", "2024-07-01T19:00:00Z"},
		{"America/New_York", "07/15/2024 12:00", "2024-07-15T16:00:00Z"},
		{"Asia/Kolkata", "2024-07-01 12:00 IST", "2024-07-01T06:30:00Z"},
		{"+02:00", "2024-01-01 12:00:00", "2024-01-01T10:00:00Z"},
		{"-0330", "2024-01-01 12:00:00", "2024-01-01T15:30:00Z"},
		{"UTC", "2024-01-01 12:00:00", "2024-01-01T12:00:00Z"},
	} {
		log, err := OpenLog(strings.NewReader("case;activity;start\n1;a;"+c.text+"\n"), Options{Timezone: timezone(t, c.zone)})
		require.NoError(t, err, c.text)
		row, err := log.Next()
		require.NoError(t, err, c.text)
		require.Equal(t, c.want, row.Start.Format(time.RFC3339Nano), "%s %s", c.zone, c.text)
	}
	for _, c := range []struct{ zone, text, want string }{
		{"Europe/Berlin", "2024-07-01 12:00 EST", `the time zone "EST" is none of Europe/Berlin`},
		{"+02:00", "2024-07-01 12:00 MESZ", `the time zone "MESZ" is none of +02:00`},
		{"UTC", "2024-07-01 12:00 MESZ", `the time zone "MESZ" is none of UTC`},
	} {
		_, err := OpenLog(strings.NewReader("case;activity;start\n1;a;"+c.text+"\n"), Options{Timezone: timezone(t, c.zone)})
		require.ErrorContains(t, err, c.want)
		_, err = OpenLog(strings.NewReader("case;activity;start\n1;a;"+c.text+"\n"), Options{})
		require.ErrorContains(t, err, "name the place with --timezone")
	}
	var z Timezone
	for _, name := range []string{"", "MESZ", "Europe/Nowhere", "+2", "+25:00", "02:00", "+02:00 x", "../etc/passwd"} {
		require.ErrorContains(t, z.UnmarshalText([]byte(name)), "is no time zone", name)
		require.False(t, z.Set())
	}
}

// A column of day numbers is converted if all of its values can be nothing else,
// and some have a time of day.
func TestDayNumbers(t *testing.T) {
	t.Parallel()
	for _, comma := range []string{".", ","} {
		log := strings.ReplaceAll("case;activity;actor;start;end\n"+
			"a;one;ada;45352.375;45352.3854166667\n"+ // 2024-03-01 9:00 to 9:15
			"a;two;ada;45352.5;45352.5006944444\n"+ // 12:00 to 12:01
			"a;three;ada;45353;45353.0000115741\n", // midnight, one second
			".", comma)
		_, sum, report := replayed(t, log, Options{})
		require.Equal(t, [3]int{3, 3, 0}, [3]int{sum.Rows, sum.Work, sum.Skipped})
		require.Equal(t, 16*time.Minute+time.Second, time.Duration(report.Active.SumMS)*time.Millisecond)
		require.Equal(t, time.Date(2024, 3, 2, 0, 0, 1, 0, time.UTC), sum.Now)
		require.Equal(t, []string{
			fmt.Sprintf(`column "start": read as a spreadsheet's day numbers: 45352%s375 is 2024-03-01T09:00:00Z`, comma),
			fmt.Sprintf(`column "end": read as a spreadsheet's day numbers: 45352%s3854166667 is 2024-03-01T09:15:00Z`, comma),
		}, sum.Warnings)
	}
	for name, c := range map[string]struct{ values, want string }{
		"days only":           {"45352 45353", `"45352" is not a time: it looks like a spreadsheet's day number, 2024-03-01 00:00:00`},
		"no whole seconds":    {"45352.1234 45352.5", `"45352.1234" is not a time: it looks like a spreadsheet's day number, 2024-03-01 02:57`},
		"a number before":     {"45352.375 12.5", `"12.5" is not a time: as a Unix time, it is not within the years 1990 to 2099`},
		"exponents":           {"1.45675E+09 1.45676E+09", "it has an exponent, which spreadsheets write where they drop digits"},
		"numbers of all ages": {"5 6", "as a Unix time, it is not within the years 1990 to 2099"},
	} {
		text := "case;activity;start\n1;a;" + strings.ReplaceAll(c.values, " ", "\n1;a;") + "\n"
		_, err := Run(t.Context(), memdb.New(memdb.Options{}), strings.NewReader(text), Options{SkipBad: true})
		require.ErrorContains(t, err, c.want, name)
	}
	// A later row that is no day number is bad.
	text := "case,activity,start\n" + strings.Repeat("1,a,45352.375\n", sampleRows) + "1,a,2024-03-01\n"
	_, rows, bad := readAll(t, text, Columns{}, DateOrderAuto)
	require.Len(t, rows, sampleRows)
	require.Len(t, bad, 1)
	require.Contains(t, bad[0].Detail, `"2024-03-01" is not a time as the column has them: a spreadsheet's day numbers`)
}

// A decimal comma is one in Unix times, too.
func TestDecimalComma(t *testing.T) {
	t.Parallel()
	_, rows, bad := readAll(t, "case;activity;start\n1;a;1456751045,25\n1;a;1456751046.5\n", Columns{}, DateOrderAuto)
	require.Empty(t, bad)
	require.Equal(t, "2016-02-29T13:04:05.25Z", rows[0].Start.Format(time.RFC3339Nano))
	require.Equal(t, "2016-02-29T13:04:06.5Z", rows[1].Start.Format(time.RFC3339Nano))
}
