package report

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// advised returns the options of a sweep whose advice marks two policies.
func advised() Options {
	return Options{
		Title: "When to pause", Summary: "the work of March 2026, simulated, seed 1", Sweep: policies(),
		Advice:      []string{"Pause after 1h: it costs 472, a fifth of never.", "Then <b>one</b> answer in four waits."},
		Recommended: "pause after 1h", Current: "at night, or after never",
	}
}

// A sweep's question is answered first: the advice, the curve and the table, which is
// open. Everything about single tasks comes later.
func TestTheSweepComesFirst(t *testing.T) {
	t.Parallel()
	opts := advised()
	b := openPage(t, collect(t, few(), opts), desk)
	b.shoot("sweep", false)
	require.Equal(t, opts.Title+": "+opts.Summary, eval[string](b, `document.title`))
	require.Equal(t, opts.Summary, b.text(".summary"))
	require.Equal(t, opts.Advice, evalAll[string](b, ".advice p", `.map((p) => p.textContent)`))
	require.Equal(t, "Cost and waiting", b.text("main h2"))
	order := eval[[]float64](b, `['.advice', '#sweep-chart', '#sweep-table table', '#totals', '#filter', '#states', '#tl'].map(
		(s) => document.querySelector(s).getBoundingClientRect().top)`)
	require.IsNonDecreasing(t, order)
	require.Less(t, order[1], 450.0, "the chart begins in the first window")
	require.Equal(t, 20, eval[int](b, `[...document.querySelectorAll('#sweep-table tbody tr')].filter((r) => r.checkVisibility()).length`))
}

// The chart opens with the share of replies that waited, by which the front is made,
// even if another measure falls with the cost and this one does not.
func TestTheChartOpensWithTheShareThatWaited(t *testing.T) {
	t.Parallel()
	sweep := []Policy{
		{Name: "a", Cost: 1, Answers: 100, Waited: 50, WaitShare: 0.5, WaitP50Seconds: 9, WaitP95Seconds: 90, Pareto: true},
		{Name: "b", Cost: 2, Answers: 100, Waited: 50, WaitShare: 0.5, WaitP50Seconds: 8, WaitP95Seconds: 80},
		{Name: "c", Cost: 3, Answers: 100, Waited: 0, WaitShare: 0, Pareto: true},
	}
	b := openPage(t, collect(t, few(), Options{Sweep: sweep}), desk)
	require.Equal(t, "wait_share", eval[string](b, `document.querySelector('#sweep-by').value`))
	require.Equal(t, 3, eval[int](b, `document.querySelectorAll('#sweep-chart .dot').length`))
	require.Equal(t, 1, eval[int](b, `document.querySelectorAll('#sweep-chart .front').length`))

	// Where nothing waited there is no waiting time, in the table and in the chart.
	cells := evalAll[[]string](b, "#sweep-table tbody tr",
		`.map((r) => [r.cells[0], r.cells[7], r.cells[8], r.cells[9]].map((c) => c.textContent))`)
	require.Equal(t, [][]string{{"a", "50.0 %", "9 s", "1m 30s"}, {"b", "50.0 %", "8 s", "1m 20s"}, {"c", "0.0 %", "–", "–"}}, cells)
	b.set("#sweep-by", "wait_p95_seconds")
	require.Equal(t, 2, eval[int](b, `document.querySelectorAll('#sweep-chart .dot').length`))
	require.Zero(t, eval[int](b, `document.querySelectorAll('#sweep-chart .front').length`), "it is no front in this measure")
	require.Equal(t, "Not drawn, because no reply waited: c.", b.text("#sweep-note"))
}

func TestNothingWaitedAtAll(t *testing.T) {
	t.Parallel()
	b := openPage(t, collect(t, few(), Options{Sweep: []Policy{{Name: "never", Cost: 5, Answers: 3, Pareto: true}}}), desk)
	require.Equal(t, 1, eval[int](b, `document.querySelectorAll('#sweep-chart .dot').length`))
	b.set("#sweep-by", "wait_p50_seconds")
	require.Equal(t, "No reply waited under any policy.", b.text("#sweep-chart svg"))
}

// The policies that the advice names are marked in the chart and in the table, even
// where there is hardly any room.
func TestMarkedPolicies(t *testing.T) {
	t.Parallel()
	for name, l := range map[string]look{"desk": desk, "phone": phone} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := openPage(t, collect(t, few(), advised()), l)
			require.ElementsMatch(t, []string{"pause after 1h · recommended", "at night, or after never · current"},
				evalAll[string](b, "#sweep-chart .name.marked", `.map((n) => n.textContent)`))
			require.Equal(t, 2, eval[int](b, `document.querySelectorAll('#sweep-chart .ring').length`))
			require.Equal(t, []string{"pause after 1h recommended", "at night, or after never current"},
				evalAll[string](b, "#sweep-table tr.marked", `.map((r) => r.cells[0].textContent)`))
			label := eval[string](b, `document.querySelector('#sweep-chart svg').getAttribute('aria-label')`)
			require.Contains(t, label, "pause after 1h, recommended (cost 472.00,")
			overlaps := eval[[]string](b, `(() => {
				const texts = [...document.querySelectorAll('#sweep-chart .name')].map((n) => [n.textContent, n.getBoundingClientRect()]);
				const box = document.querySelector('#sweep-chart').getBoundingClientRect();
				return texts.filter(([, r], i) => r.left < box.left || r.right > box.right + 1 || texts.some(([, o], k) => k !== i
					&& r.left < o.right && r.right > o.left && r.top + 2 < o.bottom && r.bottom > o.top + 2)).map(([text]) => text);
			})()`)
			require.Empty(t, overlaps)
			covered := eval[[]string](b, `[...document.querySelectorAll('#sweep-chart .name')].filter(
				(n) => [...document.querySelectorAll('#sweep-chart .dot')].some((d) => {
				const r = n.getBoundingClientRect(), o = d.getBoundingClientRect();
				return r.left < o.right && r.right > o.left && r.top + 3 < o.bottom && r.bottom > o.top + 3;
			})).map((n) => n.textContent)`)
			require.Empty(t, covered, "names on points")
		})
	}
}

// The marks of the cost axis do not cover each other on a narrow screen.
func TestMarksOfTheCostAxisAreApart(t *testing.T) {
	t.Parallel()
	sweep := []Policy{{Name: "a", Cost: 200, Pareto: true}, {Name: "b", Cost: 20_000, Pareto: true}}
	b := openPage(t, collect(t, few(), Options{Sweep: sweep, Now: t0.Add(time.Hour)}), phone)
	edges := evalAll[[2]float64](b, "#sweep-chart text[text-anchor=middle]:not(.name)",
		`.map((n) => n.getBoundingClientRect()).map((r) => [r.left, r.right])`)
	require.Greater(t, len(edges), 2)
	for i, e := range edges[1:] {
		require.Greater(t, e[0], edges[i][1], "%v", edges)
	}
	require.LessOrEqual(t, edges[len(edges)-1][1], float64(phone.width))
}

// A long name of a policy is cut in the middle of the chart, and whole in the table.
func TestLongNamesOfPolicies(t *testing.T) {
	t.Parallel()
	long := "hours of business in " + strings.Repeat("Europe and ", 5) + "then 90m"
	b := openPage(t, collect(t, few(), Options{Sweep: []Policy{{Name: long, Cost: 1, Pareto: true}}}), desk)
	require.Equal(t, "hours of busin…rope and then 90m"[:14]+"…"+long[len(long)-15:], b.text("#sweep-chart .name"))
	require.Equal(t, long, b.text("#sweep-table tbody th"))
}

// Costs are written as in the texts of the commands, with their currency.
func TestCostsHaveACurrency(t *testing.T) {
	t.Parallel()
	sweep := []Policy{{Name: "a", Cost: 1234.5, RunningHours: 6172.5, Answers: 10, Waited: 1, WaitShare: 0.1, Pareto: true}}
	for currency, want := range map[string]string{"": "1,234.50", "USD": "1,234.50 USD", "€": "€1,234.50", "US$": "US$1,234.50"} {
		b := openPage(t, collect(t, few(), Options{Sweep: sweep, Currency: currency}), desk)
		cells := evalAll[[]string](b, "#sweep-table tbody tr", `.map((r) => [r.cells[1], r.cells[2], r.cells[7]].map((c) => c.textContent))`)
		require.Equal(t, [][]string{{want, "6,172.5", "10.0 %"}}, cells)
		require.Contains(t, eval[string](b, `document.querySelector('#sweep-chart svg').getAttribute('aria-label')`), "a (cost "+want+",")
		axis := "cost"
		if currency != "" {
			axis += " in " + currency
		}
		require.Contains(t, b.text("#sweep-chart"), axis+" →")
	}
}
