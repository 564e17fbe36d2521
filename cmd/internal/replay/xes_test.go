package replay

import (
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/tasktwin/tasktwin/memdb"
)

// xesEventText returns an event of an XES log.
func xesEventText(activity, actor, at, transition string) string {
	return fmt.Sprintf(`    <event>
      <string key="org:resource" value="%s"/>
      <date key="time:timestamp" value="2025-03-03T%s.000+01:00"/>
      <string key="concept:name" value="%s"><string key="meta" value="nested"/></string>
      <string key="lifecycle:transition" value="%s"/>
    </event>
`, actor, at, activity, transition)
}

const xesHead = `<?xml version="1.0" encoding="UTF-8" ?>
<!-- a comment -->
<log xes.version="1.0" xmlns="http://www.xes-standard.org/">
  <extension name="Concept" prefix="concept" uri="http://www.xes-standard.org/concept.xesext"/>
  <global scope="event"><string key="concept:name" value="__INVALID__"/></global>
  <classifier name="Event Name" keys="concept:name"/>
  <string key="concept:name" value="the log"/>
`

var xesLog = xesHead + `  <trace>
    <string key="concept:name" value="a &amp; b"/>
    <string key="owner" value="x"/>
` + xesEventText("fix", "ada", "10:00:00", "start") + xesEventText("fix", "ada", "10:10:00", "suspend") +
	xesEventText("fix", "bob", "10:30:00", "resume") + xesEventText("fix", "bob", "10:35:00", "complete") + `  </trace>
  <trace>
` + xesEventText("test", "cyd", "11:00:00", "start") + xesEventText("test", "cyd", "12:00:00", "complete") +
	xesEventText("note", "cyd", "12:30:00", "complete") + `  </trace>
</log>
`

func zipped(t *testing.T, text string) string {
	t.Helper()
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	_, err := w.Write([]byte(text))
	require.NoError(t, err)
	require.NoError(t, w.Close())
	return b.String()
}

func TestXES(t *testing.T) {
	t.Parallel()
	for name, text := range map[string]string{
		"plain": xesLog, "gzip": zipped(t, xesLog), "a mark": byteOrderMark + xesLog, "on one line": strings.ReplaceAll(xesLog, "\n", " "),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, sum, report := replayed(t, text, Options{})
			require.Equal(t, Columns{
				Case: "case:concept:name", Activity: "concept:name", Actor: "org:resource", Start: "time:timestamp", Lifecycle: "lifecycle:transition",
			}, sum.Columns)
			require.Equal(t, [4]int{7, 3, 0, 2}, [4]int{sum.Rows, sum.Work, sum.Skipped, sum.Tasks})
			require.Equal(t, 2, sum.Users) // those of the first events of their cases
			require.Len(t, sum.Unpaired, 1)
			require.Equal(t, 1, sum.Unpaired[0].Rows)                                             // the note
			require.Equal(t, 75*time.Minute, time.Duration(report.Active.SumMS)*time.Millisecond) // 10, 5 and 60 minutes
			require.Equal(t, time.Date(2025, 3, 3, 11, 30, 0, 0, time.UTC), sum.Now)
		})
	}
	_, rows, bad := readAll(t, xesLog, Columns{}, DateOrderAuto)
	require.Empty(t, bad)
	require.Equal(t, "a & b", rows[0].Case)
	require.Equal(t, "trace 2", rows[4].Case) // it has no name
	require.Equal(t, 11, rows[0].Line)
}

// An event that lacks a key, or has one that no event of the sample has, is a row
// like the others.
func TestXESKeys(t *testing.T) {
	t.Parallel()
	var b strings.Builder
	b.WriteString(xesHead + "<trace><string key='concept:name' value='a'/>")
	for i := range 2 * sampleRows {
		at := time.Date(2025, 3, 3, 0, 0, i, 0, time.UTC).Format(time.RFC3339)
		fmt.Fprintf(&b, "<event><date key='time:timestamp' value='%s'/><string key='concept:name' value='x'/></event>\n", at)
	}
	b.WriteString("<event><date key='time:timestamp' value='2025-03-04T00:00:00Z'/><string key='new' value='x'/></event>\n")
	b.WriteString("<event><string key='concept:name' value='no time'/></event></trace>\n")
	b.WriteString("<event><date key='time:timestamp' value='2025-03-04'/><string key='concept:name' value='no trace'/></event></log>")
	_, rows, bad := readAll(t, b.String(), Columns{}, DateOrderAuto)
	require.Len(t, rows, 2*sampleRows+1)
	require.Len(t, bad, 2)
	require.Equal(t, ReasonStart, bad[0].Reason)
	require.Equal(t, ReasonCase, bad[1].Reason)

	_, err := OpenLog(strings.NewReader(b.String()), Options{Columns: Columns{End: "new"}, DateOrder: DateOrderAuto})
	require.ErrorContains(t, err, `--end: there is no column "new"; name one of "case:concept:name", "time:timestamp", "concept:name"`)
}

func TestMalformedXES(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ text, want string }{
		"cut off":          {xesLog[:len(xesLog)/2], "the XML is malformed in line "},
		"another document": {"<html><body/></html>", `the file is XML, but no XES log: its first element is "html"`},
		"no element":       {"<?xml version='1.0'?>\n", "the file is XML, but no XES log: it has no element"},
		"no events":        {xesHead + "</log>", ErrNoRows.Error()},
		"an open tag":      {xesHead + "<trace><event></trace>", "the XML is malformed in line 8: element <event> closed by </trace>"},
		"no XML":           {"<case >,activity,start\n<", `its first element is "case"`},
		"too deep":         {"<log>" + strings.Repeat("<a>", maxDepth), "nest deeper than 1000"},
		"a long text":      {"<log>" + strings.Repeat("x", maxElement+1<<20) + "</log>", "is longer than 16777216 bytes"},
		"a long tag":       {"<log x='" + strings.Repeat("x", maxElement+1<<20) + "'/>", "is longer than 16777216 bytes"},
		"bytes":            {xesHead + "<trace>\xff</trace></log>", "line 8, byte 8: byte 0xFF is not UTF-8"},
		"gzip cut off":     {zipped(t, xesLog)[:200], "unexpected EOF"},
		"gzip damaged":     {"\x1f\x8bxxxxxxxxxxxxxxxx", "unpack gzip: "},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := Run(t.Context(), memdb.New(memdb.Options{}), strings.NewReader(c.text), Options{SkipBad: true})
			require.ErrorContains(t, err, c.want)
			require.Less(t, len(err.Error()), 500)
		})
	}
}

// Traces and events with many attributes take no more time than their bytes.
func TestXESWithManyAttributes(t *testing.T) {
	t.Parallel()
	var b strings.Builder
	b.WriteString("<log><trace>")
	for i := range 10_000 {
		fmt.Fprintf(&b, "<string key='k%d' value='x'/>", i)
	}
	b.WriteString(strings.Repeat("<event><date key='time:timestamp' value='2025-03-04'/><string key='concept:name' value='x'/></event>", 1000))
	b.WriteString("</trace></log>")
	x := newXESReader(strings.NewReader(b.String()))
	names, err := x.names()
	require.NoError(t, err)
	require.Len(t, names, maxColumns/2+2)
	require.Contains(t, names, "time:timestamp")
	for {
		fields, _, err := x.next()
		if errors.Is(err, io.EOF) {
			break
		}
		require.NoError(t, err)
		require.Len(t, fields, len(names))
	}
}

// No text makes the reader panic, or return more events than it has.
func FuzzXES(f *testing.F) {
	f.Add([]byte(xesLog))
	f.Add([]byte("<log><event/><trace><trace><event><event/></event></trace></trace></log>"))
	f.Add([]byte("<log><trace><string key='concept:name' value=''/><event></event></trace><event/></log>"))
	f.Fuzz(func(t *testing.T, text []byte) {
		x := newXESReader(bytes.NewReader(text))
		names, err := x.names()
		if err != nil {
			return
		}
		for n := 0; ; n++ {
			require.LessOrEqual(t, n, bytes.Count(text, []byte("event")))
			fields, _, err := x.next()
			if err != nil {
				return
			}
			require.Len(t, fields, len(names))
		}
	})
}
