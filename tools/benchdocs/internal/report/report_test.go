package report

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/tasktwin/tasktwin/tools/benchdocs/internal/results"
)

func set(t *testing.T, lines string) *results.Set {
	t.Helper()
	var s results.Set
	require.NoError(t, s.Read(strings.NewReader(lines), "lines"))
	return &s
}

const lines = `cpu: Abacus
BenchmarkGet/store=memdb-2 10 1000 ns/op 8 B/op 3 allocs/op
BenchmarkGet/store=memdb-2 10 1100 ns/op 8 B/op 3 allocs/op
BenchmarkGet/store=memdb-2 10 1050 ns/op 8 B/op 3 allocs/op
BenchmarkGet/store=pgdb-2 10 2100000 ns/op 8 B/op 300 allocs/op
BenchmarkPut/store=memdb-2 10 40 ns/op
`

func TestCompare(t *testing.T) {
	t.Parallel()
	table := compare([]string{"memdb", "pgdb"}, work{"a read", "Get/store={}"}, work{"a write", "Put/store={}"})
	require.Equal(t, `| work | memdb | allocs | pgdb | ratio |
| --- | ---: | ---: | ---: | ---: |
| a read | 1.05 µs ± 5 % | 3 | 2.1 ms | 2,000× |
| a write | 40 ns | – | – | – |
`, table(set(t, lines)))
}

func TestTargets(t *testing.T) {
	t.Parallel()
	read := ratio(seconds("Get/store=pgdb"), seconds("Get/store=memdb"))
	table := targets(
		atLeast(2000, times, "at the bound", read),
		atLeast(2001, times, "below it", read),
		atMost(40e-9, duration, "at the bound", seconds("Put/store=memdb")),
		atMost(39e-9, duration, "above it", seconds("Put/store=memdb")),
		atMost(1, count, "nothing", median("Put/store=pgdb", results.Allocs)),
	)
	require.Equal(t, `| target | bound | measured |  |
| --- | ---: | ---: | ---: |
| at the bound | ≥ 2,000× | 2,000× | met |
| below it | ≥ 2,001× | 2,000× | missed |
| at the bound | ≤ 40 ns | 40 ns | met |
| above it | ≤ 39 ns | 40 ns | missed |
| nothing | ≤ 1 | – | not measured |
`, table(set(t, lines)))
}

func TestFill(t *testing.T) {
	t.Parallel()
	const document = `# Title
<!-- table: one -->
old
<!-- end -->
between
<!-- table: two -->
<!-- end -->
`
	tables := map[string]Table{
		"one": func(*results.Set) string { return "1\n" },
		"two": func(s *results.Set) string { return strings.Join(s.Names(), " ") + "\n" },
	}
	want := `# Title
<!-- table: one -->

1

<!-- end -->
between
<!-- table: two -->

Get/store=memdb Get/store=pgdb Put/store=memdb

<!-- end -->
`
	got, err := fill(document, set(t, lines), tables)
	require.NoError(t, err)
	require.Equal(t, want, got)
	again, err := fill(got, set(t, lines), tables)
	require.NoError(t, err)
	require.Equal(t, want, again)

	_, err = fill("<!-- table: three -->\n<!-- end -->", set(t, lines), tables)
	require.ErrorContains(t, err, "three")
}

func TestFormats(t *testing.T) {
	t.Parallel()
	for want, got := range map[string]string{
		"1.38 s":      duration(1.381),
		"22.3 ms":     duration(0.02231),
		"176 µs":      duration(176.4e-6),
		"4.2 µs":      duration(4.2e-6),
		"1 µs":        duration(999.9e-9),
		"812 ns":      duration(812e-9),
		"99.3 s":      duration(99.3),
		"1,234 s":     duration(1234),
		"0.5 ns":      duration(0.5e-9),
		"8.79 KiB":    bytes(9001),
		"512 B":       bytes(512),
		"3 MiB":       bytes(3 << 20),
		"42×":         times(42.04),
		"1,234×":      times(1234.4),
		"14 %":        percent(1. / 7),
		"1,230,000":   count(1234567),
		"999,999":     count(999999),
		"6,015":       count(6015),
		"1,230,000/s": perSecond(1234567),
	} {
		require.Equal(t, want, got)
	}
}

// Every table can be made with missing results.
func TestTablesWithoutResults(t *testing.T) {
	t.Parallel()
	for name, table := range tables() {
		for _, s := range []*results.Set{{}, set(t, lines)} {
			require.NotEmpty(t, table(s), name)
		}
	}
}

func TestWins(t *testing.T) {
	t.Parallel()
	require.Equal(t, "No peer is faster than memdb in any of these.\n", wins(set(t, `
BenchmarkGetTaskByID/tasks=1000/store=memdb-2 10 1000 ns/op
BenchmarkGetTaskByID/tasks=1000/store=sqlite-2 10 2000 ns/op
`)))
	require.Equal(t, "- go-memdb is faster than memdb in GetTaskByID, 1,000 tasks: 4×.\n", wins(set(t, `
BenchmarkGetTaskByID/tasks=1000/store=memdb-2 10 1000 ns/op
BenchmarkTaskRowByID/tasks=1000/store=go-memdb-2 10 250 ns/op
`)))
}

// The patterns of the naive query's benchmark distinguish numbers of tasks.
func TestNaive(t *testing.T) {
	t.Parallel()
	s := set(t, `
BenchmarkTelemetrySQL/naive/tasks=100-2 1 100 ns/op
BenchmarkTelemetrySQL/naive/tasks=1000-2 1 1000 ns/op
BenchmarkTelemetrySQL/naive/3000_tasks-2 1 3000 ns/op
`)
	for _, n := range []int{100, 1000, 3000} {
		got, ok := naiveSeconds(n)(s)
		require.True(t, ok)
		require.InDelta(t, float64(n)*1e-9, got, 1e-12)
	}
	_, ok := naiveSeconds(10)(s)
	require.False(t, ok)
}
