package chart

import (
	"bytes"
	"fmt"
	"math"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"gonum.org/v1/plot/plotter"

	"github.com/tasktwin/tasktwin/tools/benchdocs/internal/results"
)

func set(t *testing.T, lines string) *results.Set {
	t.Helper()
	var s results.Set
	require.NoError(t, s.Read(strings.NewReader(lines), "lines"))
	return &s
}

// measured has results of all series of the telemetry chart.
func measured(t *testing.T) *results.Set {
	t.Helper()
	var b strings.Builder
	for _, n := range []int{3000, 100, 1000, 300} {
		fmt.Fprintf(&b, "BenchmarkTelemetrySQL/naive/tasks=%d-2 1 %d ns/op\n", n, n*n*3000)
		for i, store := range []string{"pgdb", "sqlite", "memdb"} {
			ns := n * 90_000 / int(math.Pow(10, float64(i)))
			fmt.Fprintf(&b, "BenchmarkGetTelemetryTaskEvents/tasks=%d/store=%s/recent=all-2 1 %d ns/op\n", n, store, ns)
			fmt.Fprintf(&b, "BenchmarkGetTelemetryTaskEvents/tasks=%d/store=%s/recent=tenth-2 1 1 ns/op\n", n, store)
		}
	}
	return set(t, b.String())
}

func TestPointsAreInOrder(t *testing.T) {
	t.Parallel()
	points, err := Charts()["telemetry.svg"].Series[3].points(measured(t))
	require.NoError(t, err)
	require.Len(t, points, 4)
	for i, n := range []float64{100, 300, 1000, 3000} {
		require.InDelta(t, n, points[i].X, 1e-9)
		require.InDelta(t, n*900e-9, points[i].Y, 1e-12)
	}
	points, err = Charts()["telemetry.svg"].Series[0].points(measured(t))
	require.NoError(t, err)
	require.Len(t, points, 4)
}

func TestWriteSVG(t *testing.T) {
	t.Parallel()
	c := Charts()["telemetry.svg"]
	var first, second bytes.Buffer
	for _, b := range []*bytes.Buffer{&first, &second} {
		drawn, err := c.WriteSVG(b, measured(t))
		require.NoError(t, err)
		require.True(t, drawn)
	}
	require.Equal(t, first.String(), second.String(), "a drawing of the same results is the same")
	for _, s := range c.Series {
		require.Contains(t, first.String(), s.Label)
	}
	for _, text := range []string{"1,000", "1 ms", "100 s", c.Title} {
		require.Contains(t, first.String(), ">"+text+"<")
	}
}

func TestWriteSVGOfSomeSeries(t *testing.T) {
	t.Parallel()
	var b bytes.Buffer
	drawn, err := Charts()["point-reads.svg"].WriteSVG(&b, set(t, "BenchmarkGetTaskByID/tasks=100/store=memdb-2 1 900 ns/op\n"))
	require.NoError(t, err)
	require.True(t, drawn)
	require.Contains(t, b.String(), "memdb")
	require.NotContains(t, b.String(), "pgdb")

	drawn, err = Charts()["point-reads.svg"].WriteSVG(&b, &results.Set{})
	require.NoError(t, err)
	require.False(t, drawn)
}

func TestRound(t *testing.T) {
	t.Parallel()
	for _, v := range []float64{1e-6, 1e-3, 1000, 1e5} {
		require.InEpsilon(t, v, round(v, math.Floor), 1e-9)
		require.InEpsilon(t, v, round(v, math.Ceil), 1e-9)
	}
	require.InEpsilon(t, 100, round(300, math.Floor), 1e-9)
	require.InEpsilon(t, 1000, round(300, math.Ceil), 1e-9)
}

func TestLabelsKeepApart(t *testing.T) {
	t.Parallel()
	labels := []label{
		{text: "low", at: plotter.XY{X: 10, Y: 9}},
		{text: "high", at: plotter.XY{X: 10, Y: 10}},
		{text: "lower", at: plotter.XY{X: 10, Y: 8.9}},
		{text: "elsewhere", at: plotter.XY{X: 100, Y: 9}},
		{text: "far", at: plotter.XY{X: 10, Y: 1}},
	}
	apart(labels, 1, 100)
	at := map[string]float64{}
	for _, l := range labels {
		at[l.text] = l.at.Y
	}
	gap := math.Pow(100, labelGap)
	require.InDelta(t, 10, at["high"], 1e-9)
	require.InDelta(t, 10/gap, at["low"], 1e-9)
	require.InDelta(t, 10/gap/gap, at["lower"], 1e-9)
	require.InDelta(t, 9, at["elsewhere"], 1e-9)
	require.InDelta(t, 1, at["far"], 1e-9)
}
