package replay

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"math/bits"
	"runtime"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// requireFewSteps reads a log to its end, and requires that no part of the reader
// does more than its share for each byte and each row.
func requireFewSteps(t *testing.T, text string, opts Options) *Summary {
	t.Helper()
	opts.SkipBad, opts.AllowNoWork = true, true
	log, sum, err := open(strings.NewReader(text), opts)
	if err != nil {
		return nil
	}
	e, err := readEvents(t.Context(), log, opts, sum)
	if c, ok := log.in.(*csvReader); ok && log.text.decoded == "" && !strings.HasPrefix(text, "\x1f\x8b") {
		requireLinear(t, c, len(text))
		require.LessOrEqual(t, sum.Rows+sum.Skipped, strings.Count(text, "\n")+1)
	}
	if err != nil {
		return nil
	}
	defer func() { require.NoError(t, e.close()) }()
	n := 0
	for _, err := range e.all() {
		require.NoError(t, err)
		n++
	}
	// Pairing moves each row at most twice. It makes one row of two or more, or keeps
	// a row. Sorting, merging and sorting again compare each row some times with a
	// logarithm of their number.
	require.LessOrEqual(t, n, sum.Rows)
	if log.at.lifecycle < 0 {
		require.Equal(t, sum.Rows, n)
	}
	require.LessOrEqual(t, e.steps+e.sorter.compared, 20*sum.Rows*(bits.Len(uint(sum.Rows))+1))
	return sum
}

// No order of rows or transitions makes sorting and pairing slow.
func TestSortingAndPairingTakeFewSteps(t *testing.T) {
	t.Parallel()
	const n = 20_000
	row := func(at int, transition string) string {
		return fmt.Sprintf("a,x,ada,%s,%s\n", time.Date(2025, 3, 3, 0, 0, at, 0, time.UTC).Format(time.DateTime), transition)
	}
	for name, line := range map[string]func(i int) string{
		"in order":           func(i int) string { return row(i, "") },
		"newest first":       func(i int) string { return row(n-i, "") },
		"one instant":        func(int) string { return row(0, "") },
		"two interleaved":    func(i int) string { return row(i/2+i%2*n, "") },
		"up and down":        func(i int) string { return row(min(i, n-i), "") },
		"starts, then ends":  func(i int) string { return row(i, []string{"start", "complete"}[2*i/n]) },
		"starts only":        func(i int) string { return row(i, "start") },
		"suspends only":      func(i int) string { return row(i, "suspend") },
		"starts and resumes": func(i int) string { return row(i, []string{"start", "suspend", "resume"}[3*i/n]) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var b strings.Builder
			b.WriteString(phases)
			for i := range n {
				b.WriteString(line(i))
			}
			for _, memory := range []int{0, 100_000} {
				sum := requireFewSteps(t, b.String(), Options{sortMemory: memory})
				require.NotNil(t, sum)
				require.Equal(t, n, sum.Rows)
			}
		})
	}
}

// A log that does not fit in memory is sorted in a file.
func TestSortingIsBoundInMemory(t *testing.T) {
	const (
		n      = 100_000 // 100 MB
		memory = 8 << 20
	)
	pad := strings.Repeat("x", 1000)
	var most atomic.Uint64
	measure := func(i int) {
		if i%(n/4) == n/8 {
			var m runtime.MemStats
			runtime.GC()
			runtime.ReadMemStats(&m)
			most.Store(max(most.Load(), m.HeapAlloc)) // never at the same time: rows are written before others are read
		}
	}
	in, out := io.Pipe()
	go func() {
		_, err := io.WriteString(out, head)
		for i := 0; i < n && err == nil; i++ {
			measure(i)
			at := time.Date(2025, 3, 3, 0, 0, (i*7919)%n, 0, time.UTC)
			_, err = fmt.Fprintf(out, "c%d,%s,ada,%s,%s\n", i%10, pad, at.Format(time.DateTime), at.Add(time.Second).Format(time.DateTime))
		}
		_ = out.CloseWithError(err)
	}()
	log, sum, err := open(in, Options{})
	require.NoError(t, err)
	e, err := readEvents(t.Context(), log, Options{sortMemory: memory}, sum)
	require.NoError(t, err)
	i := 0
	first := time.Date(2025, 3, 3, 0, 0, 0, 0, time.UTC)
	for row, err := range e.all() {
		require.NoError(t, err)
		require.Equal(t, time.Duration(i)*time.Second, row.Start.Sub(first)) // 7919 and n have no common divisor
		measure(i)
		i++
	}
	require.Equal(t, n, i)
	require.NoError(t, e.close())
	require.Less(t, most.Load(), uint64(64<<20))
}

// Any bytes are read, or refused, in few steps.
func FuzzLog(f *testing.F) {
	f.Add([]byte(phased("a x 10:00 start", "a x 10:01 suspend", "a x 10:02 resume", "a x 10:03 complete", "b x 10:00 complete")), uint16(0))
	f.Add([]byte(head+"a,x,ada,2025-03-04,2025-03-05\nb,x,ada,2025-03-03,\na,y,bob,,2025-03-01\n"), uint16(1))
	f.Add([]byte(head+"a,\"x\n\"\",ada,2025-03-04,NULL\n\"b,x,ada,2025-03-03,\n"), uint16(300))
	f.Add([]byte(head+"a,M\xfcller,ada,45352.375,\n"), uint16(300))
	f.Add([]byte("\xff\xfec\x00a\x00s\x00e\x00"), uint16(300))
	f.Add([]byte(xesLog), uint16(300))
	f.Fuzz(func(t *testing.T, text []byte, memory uint16) {
		if bytes.HasPrefix(text, []byte("\x1f\x8b")) {
			return // a few bytes may unpack to many
		}
		requireFewSteps(t, string(text), Options{sortMemory: int(memory)})
		_, _, err := Record(t.Context(), bytes.NewReader(text), Options{sortMemory: int(memory)})
		if bad, ok := errors.AsType[*BadLogError](err); ok {
			require.Positive(t, bad.Bad)
		}
	})
}
