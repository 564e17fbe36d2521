package replay

import (
	"bytes"
	"errors"
	"io"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// requireLinear requires that the reader took no byte more often than allowed:
// once, again within both parts of the maxReread limit, and once more for the
// record that exceeded it.
func requireLinear(t *testing.T, c *csvReader, size int) {
	t.Helper()
	require.LessOrEqual(t, c.lines.read, size+1)
	require.LessOrEqual(t, c.lines.taken, (1+2*maxReread+1)*(c.lines.read+1))
}

// readCSV reads all records, and returns the numbers of good and bad ones.
func readCSV(t *testing.T, c *csvReader) (good, bad int) {
	t.Helper()
	for {
		_, _, err := c.next()
		if errors.Is(err, io.EOF) {
			return good, bad
		}
		if _, ok := errors.AsType[*BadRow](err); ok {
			bad++
			continue
		}
		require.NoError(t, err)
		good++
	}
}

// No input makes the reader take the same lines again and again.
func TestReadingIsLinear(t *testing.T) {
	t.Parallel()
	const lines = 20_000
	for name, text := range map[string]string{
		"a quote that is opened on each line":      strings.Repeat("x\",\",\n", lines),
		"a quote that is closed on the next line":  strings.Repeat("\"a\n\"b\n", lines),
		"a quote that is closed 100 lines later":   strings.Repeat("\"a,b\n"+strings.Repeat("c,d\n", 100), lines/100),
		"a quote alone":                            strings.Repeat("\"\n", lines),
		"three quotes":                             strings.Repeat("\"\"\"\n", lines),
		"a quote that is never closed, then empty": "\"" + strings.Repeat("\n", lines),
		"empty lines between":                      strings.Repeat("x\",\",\n\n\n", lines),
		"records of two lines":                     strings.Repeat("\"a\nb\",c\n", lines),
		"many columns":                             strings.Repeat(strings.Repeat("\"a\",", 1000)+"\n", lines/1000),
		"quotes in one long line":                  "\"" + strings.Repeat("\"\",", maxRecord) + "\n",
		"lines longer than a record":               strings.Repeat("\""+strings.Repeat("x", 2*maxRecord)+"\n", 3),
		"a quote that is not closed in a record":   strings.Repeat("\""+strings.Repeat("x", maxRecord/10)+"\n", 100),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := newCSVReader(strings.NewReader(text))
			good, bad := readCSV(t, c)
			require.LessOrEqual(t, good+bad, strings.Count(text, "\n"))
			requireLinear(t, c, len(text))
			require.LessOrEqual(t, len(c.lines.kept), maxRecord)
		})
	}
}

// Rows after many malformed quotes are read normally, including records of
// several lines.
func TestReadingGoesOnAfterMalformedQuotes(t *testing.T) {
	t.Parallel()
	const n = 1000
	c := newCSVReader(strings.NewReader(strings.Repeat("x\",\",\n", n) + strings.Repeat("a,b,c\n", 2*n) + "\"two\nlines\",b,c\n"))
	var last []byte
	bad := 0
	for {
		fields, line, err := c.next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			bad++
			continue
		}
		if line > n {
			last = bytes.Clone(fields[0])
		}
	}
	require.Equal(t, n, bad)
	require.Equal(t, "two\nlines", string(last))
	requireLinear(t, c, 6*n+12*n+20)
}

// Lines that cannot be taken again do not stay in memory.
func TestPassedLinesAreDropped(t *testing.T) {
	t.Parallel()
	const n = 10_000
	c := newCSVReader(strings.NewReader(strings.Repeat("\"a\n\"b\n", n)))
	_, bad := readCSV(t, c)
	require.Equal(t, 2*n, bad)
	require.Less(t, len(c.lines.kept), 10)
}
