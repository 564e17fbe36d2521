package results

import (
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

const output = `cores: 2
go: go1.26.8
postgres: 15.14
goos: linux
goarch: amd64
pkg: github.com/tasktwin/tasktwin/bench
cpu: AMD EPYC
BenchmarkGetTaskByID/tasks=100/store=go-memdb-2     	 100	      3000 ns/op	   824 B/op	       9 allocs/op
BenchmarkGetTaskByID/tasks=100/store=go-memdb-2     	 100	      1000 ns/op	   824 B/op	       9 allocs/op
BenchmarkGetTaskByID/tasks=100/store=go-memdb-2     	 100	      2000 ns/op	   824 B/op	       9 allocs/op
BenchmarkReadLatency/transaction=none-2 	       1	    25748 ns/op	     16485 p50-ns
BenchmarkReads/readers=1-2 	       1	    25748 ns/op	     2e+06 reads/s
PASS
ok  	github.com/tasktwin/tasktwin/bench	2.398s
`

func read(t *testing.T, texts ...string) *Set {
	t.Helper()
	var s Set
	for _, text := range texts {
		require.NoError(t, s.Read(strings.NewReader(text), "output"))
	}
	return &s
}

func TestRead(t *testing.T) {
	t.Parallel()
	s := read(t, output)
	require.Equal(t, []string{"GetTaskByID/tasks=100/store=go-memdb", "ReadLatency/transaction=none", "Reads/readers=1"}, s.Names())
	require.Equal(t, []string{"cpu: AMD EPYC, cores: 2, goos: linux, goarch: amd64, go: go1.26.8, postgres: 15.14"}, s.Machines())
	require.InDeltaSlice(t, []float64{3e-6, 1e-6, 2e-6}, []float64(s.Get("GetTaskByID/tasks=100/store=go-memdb", Seconds)), 1e-12)
	require.Equal(t, Sample{9, 9, 9}, s.Get("GetTaskByID/tasks=100/store=go-memdb", Allocs))
	require.Equal(t, Sample{824, 824, 824}, s.Get("GetTaskByID/tasks=100/store=go-memdb", Bytes))
	require.Equal(t, Sample{2e6}, s.Get("Reads/readers=1", "reads/s"))
	require.InDeltaSlice(t, []float64{16485e-9}, []float64(s.Get("ReadLatency/transaction=none", "p50-sec")), 1e-12)
	require.Empty(t, s.Get("GetTaskByID/tasks=100/store=pgdb", Seconds))
	require.Len(t, s.Match(regexp.MustCompile(`^GetTaskByID/`), Seconds), 3)
	require.Empty(t, s.Match(regexp.MustCompile(`^GetTaskByID$`), Seconds))
}

func TestFilesAddUp(t *testing.T) {
	t.Parallel()
	s := read(t, output, strings.ReplaceAll(output, "cores: 2", "cores: 8"))
	require.Len(t, s.Get("GetTaskByID/tasks=100/store=go-memdb", Seconds), 6)
	require.Len(t, s.Machines(), 2)
}

func TestReadRefusesBrokenLines(t *testing.T) {
	t.Parallel()
	var s Set
	require.Error(t, s.Read(strings.NewReader("BenchmarkGetTaskByID-2 100 many ns/op\n"), "output"))
}

func TestMedianAndSpread(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		sample         Sample
		median, spread float64
	}{
		{Sample{2}, 2, -1},
		{Sample{3, 1}, 2, 0.5},
		{Sample{10, 30, 11}, 11, 19. / 11},
		{Sample{4, 10, 8, 9}, 8.5, 4.5 / 8.5},
		{Sample{0, 0}, 0, -1},
	} {
		median, ok := c.sample.Median()
		require.True(t, ok)
		require.InDelta(t, c.median, median, 1e-9)
		spread, ok := c.sample.Spread()
		require.Equal(t, c.spread >= 0, ok)
		if ok {
			require.InDelta(t, c.spread, spread, 1e-9)
		}
	}
	_, ok := Sample(nil).Median()
	require.False(t, ok)
}
