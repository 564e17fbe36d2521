package replay

import (
	"bytes"
	"encoding/csv"
	"errors"
	"io"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// readAll returns the rows of a log, and its bad rows.
func readAll(t *testing.T, text string, want Columns, order DateOrder) (*Log, []Row, []*BadRow) {
	t.Helper()
	log, err := OpenLog(strings.NewReader(text), Options{Columns: want, DateOrder: order})
	require.NoError(t, err)
	var rows []Row
	var bad []*BadRow
	for {
		row, err := log.Next()
		if errors.Is(err, io.EOF) {
			return log, rows, bad
		}
		if b, ok := errors.AsType[*BadRow](err); ok {
			bad = append(bad, b)
			continue
		}
		require.NoError(t, err)
		rows = append(rows, row)
	}
}

func TestTimestampLayouts(t *testing.T) {
	t.Parallel()
	day := time.Date(2016, 2, 29, 0, 0, 0, 0, time.UTC)
	noon := day.Add(13*time.Hour + 4*time.Minute + 5*time.Second)
	for text, want := range map[string]time.Time{
		"2016-02-29":                           day,
		"2016-02-29T13:04:05Z":                 noon,
		"2016-02-29 13:04:05":                  noon,
		"2016-02-29 13:04":                     noon.Truncate(time.Minute),
		"2016-02-29T13:04:05.123456789Z":       noon.Add(123456 * time.Microsecond),
		"2016-02-29T13:04:05,5":                noon.Add(500 * time.Millisecond),
		"2016-02-29T15:04:05+02:00":            noon,
		"2016-02-29T15:04:05+0200":             noon,
		"2016-02-29 08:34:05 -0430":            noon,
		"2016-02-29 13:04:05.000000 +0000 UTC": noon,
		"2016/02/29 13:04:05.000":              noon,
		"2016.02.29 13:04:05":                  noon,
		"20160229T130405Z":                     noon,
		"20160229":                             day,
		"29.02.2016 13:04:05":                  noon,
		"02/29/2016 01:04:05 PM":               noon,
		"2/29/16 1:04:05pm":                    noon,
		"29/02/2016 13:04:05":                  noon,
		"29-02-2016 13:04:05":                  noon,
		"29 Feb 2016 13:04:05":                 noon,
		"29-Feb-2016 13:04:05":                 noon,
		"Mon, 29 Feb 2016 13:04:05 GMT":        noon,
		"February 29, 2016 1:04:05 PM":         noon,
		"1456751045":                           noon,
		"1456751045.25":                        noon.Add(250 * time.Millisecond),
		"1456751045000.25":                     noon.Add(250 * time.Microsecond),
		"1456751045000":                        noon,
		"1456751045000000":                     noon,
		"1456751045000000000":                  noon,
		"02/29/2016 12:00 AM":                  day,
		"631152000":                            time.Date(1990, 1, 1, 0, 0, 0, 0, time.UTC),
		"4102444799999":                        time.Date(2099, 12, 31, 23, 59, 59, 999e6, time.UTC),
		"99-02-28":                             time.Date(1999, 2, 28, 0, 0, 0, 0, time.UTC),
		"1900-01-01":                           time.Date(1900, 1, 1, 0, 0, 0, 0, time.UTC),
	} {
		t.Run(text, func(t *testing.T) {
			t.Parallel()
			_, rows, bad := readAll(t, "case,activity,start\n1,a,\""+text+"\"\n", Columns{}, DateOrderAuto)
			require.Empty(t, bad)
			require.Equal(t, want, rows[0].Start)
		})
	}
}

func TestUnreadableTimestamps(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		"2015-02-29", "2016-13-01", "2016-00-01", "2016-01-32", "2016-01-01T24:00:00", "2016-01-01T12:60:00", "2016-01-01T12:00:60",
		"2016-01-01T12:00:00+99:00", "2016-01-01x", "2016-01-01T", "2016-01-01 13:00 PM", "2016-01-01 0:30 AM", "noon", "-5", "+5", "1.2.3",
		"0000-01-01", "0001-01-01", "1899-12-31", "2100-01-01", "9999-12-31", "2016-01-01 12:00 MESZ", "2016-01-01 12:00 EST",
		"2016-01-01 12:00 GMT+2", "2016-01-01 12:00 Europe/Berlin", "1.456751045e9", "45352.375",
	} {
		t.Run(text, func(t *testing.T) {
			t.Parallel()
			// The first row determines the layout.
			_, rows, bad := readAll(t, "case,activity,start\n1,a,2016-01-01\n1,a,"+text+"\n", Columns{}, DateOrderAuto)
			require.Len(t, rows, 1)
			require.Len(t, bad, 1)
			require.Equal(t, ReasonTime, bad[0].Reason)
			require.Contains(t, bad[0].Detail, text)
		})
	}
}

// A number that is not a Unix time of an accepted year is not read as a time of
// 1970.
func TestImplausibleNumbersAreNoTimes(t *testing.T) {
	t.Parallel()
	for text, why := range map[string]string{
		"45352":                "a spreadsheet's day number, 2024-03-01 00:00:00",
		"45352.4236":           "a spreadsheet's day number, 2024-03-01 10:09:59",
		"32874":                "a spreadsheet's day number",
		"73050.999":            "a spreadsheet's day number",
		"5":                    "not within the years 1990 to 2099",
		"0.375":                "not within the years 1990 to 2099",
		"631151999":            "not within the years 1990 to 2099",
		"4102444800":           "not within the years 1990 to 2099",
		"631151999999":         "not within the years 1990 to 2099",
		"9223372036854775807":  "not within the years 1990 to 2099",
		"1.45675E+09":          "it has an exponent, which spreadsheets write where they drop digits",
		"99999999999999999999": "not within the years 1990 to 2099",
	} {
		t.Run(text, func(t *testing.T) {
			t.Parallel()
			for _, l := range layouts {
				at, ok := l.parse(text)
				require.False(t, ok, "%s reads %s", l, at)
			}
			_, err := OpenLog(strings.NewReader("case,activity,start\n1,a,\""+text+"\"\n"), Options{DateOrder: DateOrderAuto})
			layout, ok := errors.AsType[*LayoutError](err)
			require.True(t, ok, "%v", err)
			require.Equal(t, 1, layout.Count)
			require.ErrorContains(t, err, why)

			_, rows, bad := readAll(t, "case,activity,start\n1,a,1456751045\n1,a,\""+text+"\"\n", Columns{}, DateOrderAuto)
			require.Len(t, rows, 1)
			require.Len(t, bad, 1)
			require.Contains(t, bad[0].Detail, `"`+text+`" is not a time: `)
			require.Contains(t, bad[0].Detail, why)
		})
	}
}

func TestWhyNoTime(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"2016-01-01 12:00 MESZ":        `the time zone "MESZ" is not known, write an offset such as +02:00, or name the place with --timezone`,
		"29.02.2016 13:04:05 CEST":     `the time zone "CEST" is not known, write an offset such as +02:00, or name the place with --timezone`,
		"Feb 29, 2016 1:04:05 PM EST":  `the time zone "EST" is not known, write an offset such as +02:00, or name the place with --timezone`,
		"9999-12-31 00:00:00":          "the year is not within 1900 to 2099",
		"0001-01-01T00:00:00Z":         "the year is not within 1900 to 2099",
		"2016-01-01 noon":              "",
		"2016-02-29":                   "",
		"1.2.3.4":                      "",
		"":                             "",
		"2016-13-01 12:00 " + "xyz":    "",
		"20160230":                     "as a Unix time, it is not within the years 1990 to 2099",
		"2016-01-01 12:00:00 +02:00 X": "",
	} {
		require.Equal(t, want, whyNoTime(text, Timezone{}), text)
	}
}

// If a two-digit year may come first or last, the user must decide.
func TestYearsOfTwoDigits(t *testing.T) {
	t.Parallel()
	first := func(text string, order DateOrder) (time.Time, error) {
		text = "case,activity,start\n1,a," + strings.ReplaceAll(text, " ", "\n1,a,") + "\n"
		log, err := OpenLog(strings.NewReader(text), Options{DateOrder: order})
		if err != nil {
			return time.Time{}, err
		}
		row, err := log.Next()
		return row.Start, err
	}
	for _, text := range []string{"16-02-29", "29.02.16", "01/02/03", "16/02/29"} {
		_, err := first(text, DateOrderAuto)
		require.ErrorContains(t, err, "has two digits", text)
		require.ErrorContains(t, err, "--date-order dmy or mdy", text)
	}
	for _, c := range []struct {
		text  string
		order DateOrder
		want  string
	}{
		{"29.02.16", DateOrderDMY, "2016-02-29"},
		{"01/02/03", DateOrderDMY, "2003-02-01"},
		{"01/02/03", DateOrderMDY, "2003-01-02"},
		{"2/29/16", DateOrderAuto, "2016-02-29"},
		{"02/03/16 02/29/16", DateOrderAuto, "2016-02-03"},
		{"01.02.98 28.02.98", DateOrderAuto, "1998-02-01"},
		{"16-02-03 98-02-28", DateOrderAuto, "2016-02-03"},
		{"01.02.16 29.02.2016", DateOrderAuto, "2016-02-01"},
		{"29-Feb-16", DateOrderAuto, "2016-02-29"},
	} {
		got, err := first(c.text, c.order)
		require.NoError(t, err, c.text)
		require.Equal(t, c.want, got.Format(time.DateOnly), c.text)
	}
}

// The sample may have no ends, or no starts, while later rows have them.
func TestTimesBehindTheSample(t *testing.T) {
	t.Parallel()
	text := "case,activity,start,end\n" + strings.Repeat("1,a,01.02.2016,\n", 3*sampleRows) + "1,a,13.02.2016,14.02.2016\n"
	_, rows, bad := readAll(t, text, Columns{}, DateOrderDMY)
	require.Empty(t, bad)
	require.Equal(t, time.Date(2016, 2, 14, 0, 0, 0, 0, time.UTC), rows[len(rows)-1].End)

	text = "case,activity,start\n" + strings.Repeat("1,a,\n", 3*sampleRows) + "1,a,13.02.2016\n"
	_, rows, bad = readAll(t, text, Columns{}, DateOrderAuto)
	require.Len(t, bad, 3*sampleRows)
	require.Len(t, rows, 1)
}

func TestDateOrder(t *testing.T) {
	t.Parallel()
	january := time.Date(2016, 1, 2, 0, 0, 0, 0, time.UTC)
	february := time.Date(2016, 2, 1, 0, 0, 0, 0, time.UTC)
	for name, c := range map[string]struct {
		times   []string
		order   DateOrder
		want    time.Time
		warning bool
	}{
		"slashes are month first":         {[]string{"01/02/2016"}, DateOrderAuto, january, true},
		"dots are day first":              {[]string{"01.02.2016"}, DateOrderAuto, february, true},
		"a later row tells, days first":   {[]string{"01/02/2016", "13/02/2016"}, DateOrderAuto, february, false},
		"a later row tells, months first": {[]string{"01.02.2016", "02.13.2016"}, DateOrderAuto, january, false},
		"a flag decides":                  {[]string{"01/02/2016"}, DateOrderDMY, february, false},
		"a flag that the rows contradict": {[]string{"01/02/2016", "01/13/2016"}, DateOrderDMY, january, true},
		"a row far behind the others tells": {
			append(slices.Repeat([]string{"01/02/2016"}, 3*sampleRows), "13/02/2016"), DateOrderAuto, february, false,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			text := "case,activity,start\n1,a," + strings.Join(c.times, "\n1,a,") + "\n"
			log, rows, bad := readAll(t, text, Columns{}, c.order)
			require.Empty(t, bad)
			require.Equal(t, c.want, rows[0].Start)
			require.Equal(t, c.warning, len(log.Warnings) > 0, log.Warnings)
		})
	}
}

func TestColumns(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		header string
		want   Columns
		got    Columns
	}{
		"XES": {
			"case:concept:name,concept:name,org:resource,time:timestamp",
			Columns{},
			Columns{Case: "case:concept:name", Activity: "concept:name", Actor: "org:resource", Start: "time:timestamp"},
		},
		"two times": {
			"Case ID,Activity,Resource,Start Timestamp,Complete Timestamp",
			Columns{},
			Columns{Case: "Case ID", Activity: "Activity", Actor: "Resource", Start: "Start Timestamp", End: "Complete Timestamp"},
		},
		"no actor": {"case_id,event,timestamp", Columns{}, Columns{Case: "case_id", Activity: "event", Start: "timestamp"}},
		"named":    {"a,b,c,d,e", Columns{"a", "b", "c", "d", "e", ""}, Columns{"a", "b", "c", "d", "e", ""}},
		"a life cycle": {
			"case,activity,time,lifecycle:transition",
			Columns{},
			Columns{Case: "case", Activity: "activity", Start: "time", Lifecycle: "lifecycle:transition"},
		},
		"a life cycle and an end": {
			"case,activity,start,end,lifecycle:transition",
			Columns{},
			Columns{Case: "case", Activity: "activity", Start: "start", End: "end"},
		},
		"a life cycle instead of an end": {
			"case,activity,start,end,phase",
			Columns{Lifecycle: "phase"},
			Columns{Case: "case", Activity: "activity", Start: "start", Lifecycle: "phase"},
		},
		"in any case":   {"A,b,c,d,e", Columns{"a", "B", "c", "d", "e", ""}, Columns{"A", "b", "c", "d", "e", ""}},
		"only an end":   {"case,activity,end_time", Columns{}, Columns{Case: "case", Activity: "activity", Start: "end_time"}},
		"spaces around": {" case , activity ,start", Columns{}, Columns{Case: "case", Activity: "activity", Start: "start"}},
		"an unused time": {
			"case,activity,start,created_at", Columns{}, Columns{Case: "case", Activity: "activity", Start: "start", End: "created_at"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			log, _, _ := readAll(t, c.header+"\n", c.want, DateOrderAuto)
			require.Equal(t, c.got, log.Columns())
		})
	}
	for name, c := range map[string]struct {
		header string
		want   Columns
		err    string
	}{
		"no case":     {"activity,start", Columns{}, "--case"},
		"no activity": {"case,start", Columns{}, "--activity"},
		"no time":     {"case,activity", Columns{}, "--start"},
		"twice":       {"case,case,activity,start", Columns{Case: "case"}, "more than once"},
		"absent":      {"case,activity,start", Columns{End: "finish"}, `--end: there is no column "finish"`},
		"UTF-16":      {"\xff\xfec\x00a\x00", Columns{}, "a character is not utf-16le"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := OpenLog(strings.NewReader(c.header+"\n"), Options{Columns: c.want, DateOrder: DateOrderAuto})
			require.ErrorContains(t, err, c.err)
		})
	}
}

func TestDialects(t *testing.T) {
	t.Parallel()
	want := Row{Line: 2, Case: "1", Activity: "a, \"b\"", Actor: "ada", Start: time.Date(2016, 1, 2, 0, 0, 0, 0, time.UTC)}
	want.End = want.Start
	for name, text := range map[string]string{
		"commas":       "case,activity,actor,start\n1,\"a, \"\"b\"\"\",ada,2016-01-02\n",
		"semicolons":   "case;activity;actor;start\n1;\"a, \"\"b\"\"\";ada;2016-01-02\n",
		"tabs":         "case\tactivity\tactor\tstart\n1\t\"a, \"\"b\"\"\"\tada\t2016-01-02\n",
		"bars":         "case|activity|actor|start\n1|\"a, \"\"b\"\"\"|ada|2016-01-02\n",
		"CRLF":         "case,activity,actor,start\r\n1,\"a, \"\"b\"\"\",ada,2016-01-02\r\n",
		"a mark":       "\ufeffcase,activity,actor,start\n1,\"a, \"\"b\"\"\",ada,2016-01-02\n",
		"no last end":  "case,activity,actor,start\n1,\"a, \"\"b\"\"\",ada,2016-01-02",
		"empty lines":  "case,activity,actor,start\n1,\"a, \"\"b\"\"\",ada,2016-01-02\n\n\n",
		"empty rows":   "case,activity,actor,start\n1,\"a, \"\"b\"\"\",ada,2016-01-02\n,,,\n , ,\t, \n   \n\"\",,,\"\"\n,\n",
		"quoted names": "\"case\",\"activity\",\"actor\",\"start\"\n\"1\",\"a, \"\"b\"\"\",\"ada\",\"2016-01-02\"\n",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, rows, bad := readAll(t, text, Columns{}, DateOrderAuto)
			require.Empty(t, bad)
			require.Equal(t, []Row{want}, rows)
		})
	}
}

func TestText(t *testing.T) {
	t.Parallel()
	_, rows, bad := readAll(t, "case,activity,start\na,two\nx,2016-01-02\nb,\"two\nlines\",2016-01-02\n", Columns{}, DateOrderAuto)
	require.Len(t, bad, 2) // two and x
	require.Len(t, rows, 1)
	require.Equal(t, "two\nlines", rows[0].Activity)
	require.Equal(t, 4, rows[0].Line)
}

// A stray quote costs its line, not the rest of the file.
func TestStrayQuotes(t *testing.T) {
	t.Parallel()
	for name, line := range map[string]string{
		"never closed": `1,"a,2016-01-02`,
		"then text":    `1,"a"b,2016-01-02`,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			text := "case,activity,start\n" + line + "\n" + strings.Repeat("2,b,2016-01-02\n", 3)
			_, rows, bad := readAll(t, text, Columns{}, DateOrderAuto)
			require.Len(t, rows, 3)
			require.Equal(t, 3, rows[0].Line)
			require.Len(t, bad, 1)
			require.Equal(t, ReasonQuotes, bad[0].Reason)
			require.Equal(t, 2, bad[0].Line)
		})
	}
	_, rows, bad := readAll(t, "case,activity,start\n1,\""+strings.Repeat("x", 2*maxRecord)+"\n2,b,2016-01-02\n", Columns{}, DateOrderAuto)
	require.Len(t, rows, 1)
	require.Len(t, bad, 1)
	require.Equal(t, ReasonTooLong, bad[0].Reason)
}

// The reader returns the same records as encoding/csv wherever that reports no
// error, and takes no byte more than a few times.
func FuzzCSV(f *testing.F) {
	for _, seed := range []string{"a,b\nc,d\n", "\"a\"\"\n\",b\n\n\nc,d", "a,\"", "\"a\"b\n", "\r\n\r\r\n", ",,,\n\"\"\n"} {
		f.Add([]byte(seed))
	}
	f.Add(bytes.Repeat([]byte("x\",\",\n"), 100))
	f.Fuzz(func(t *testing.T, text []byte) {
		ours := newCSVReader(bytes.NewReader(text))
		defer func() { requireLinear(t, ours, len(text)) }()
		theirs := csv.NewReader(bytes.NewReader(text))
		theirs.FieldsPerRecord = -1
		lines := bytes.Count(text, []byte("\n")) + 1
		same := true
		for n := 0; ; n++ {
			if n > lines {
				t.Fatalf("%d records of %d lines", n, lines)
			}
			fields, _, err := ours.next()
			want, wantErr := theirs.Read()
			if errors.Is(err, io.EOF) {
				if same && !errors.Is(wantErr, io.EOF) {
					t.Fatalf("ended, want %q, %v", want, wantErr)
				}
				return
			}
			if same = same && err == nil && wantErr == nil; !same {
				continue // it must not panic; the result does not matter
			}
			got := make([]string, len(fields))
			for i, field := range fields {
				got[i] = string(field)
			}
			// encoding/csv also drops a carriage return at the end of a line inside
			// quotes.
			if !slices.Equal(got, want) && !bytes.Contains(text, []byte("\r")) {
				t.Fatalf("got %q, want %q", got, want)
			}
		}
	})
}
