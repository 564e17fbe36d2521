package comparison

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/tasktwin/tasktwin/cmd/internal/money"
	"github.com/tasktwin/tasktwin/sim"
)

const hour = 3_600_000

// result returns a result in which answers waited for a minute and a half.
func result(policy string, runningHours int64, waited, answers int) *sim.Result {
	r := &sim.Result{Policy: policy, Tasks: 10, RunningMS: runningHours * hour, Waited: waited, Answers: answers}
	if waited > 0 {
		r.WaitP50MS, r.WaitP95MS = 90_000, 120_000
	}
	return r
}

func TestRecommendation(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		results []*sim.Result
		want    string
		allowed bool
	}{
		"the cheapest with few enough waits": {
			[]*sim.Result{
				result("early", 10, 40, 100), result("late", 20, 10, 100), result("later", 50, 1, 100), result("never", 900, 0, 100),
			}, "late", true,
		},
		"of equal costs, the one with fewer waits": {[]*sim.Result{result("a", 10, 9, 100), result("b", 10, 8, 100)}, "b", true},
		"of equals, the first":                     {[]*sim.Result{result("a", 10, 9, 100), result("b", 10, 9, 100)}, "a", true},
		"none is allowed": {
			[]*sim.Result{result("a", 10, 50, 100), result("b", 20, 20, 100), result("c", 30, 20, 100)}, "b", false,
		},
		"an allowed one after others": {[]*sim.Result{result("a", 10, 11, 100), result("b", 90, 10, 100)}, "b", true},
		"no answers":                  {[]*sim.Result{result("a", 10, 0, 0), result("b", 5, 0, 0)}, "b", true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := Compare([][]*sim.Result{c.results}, Options{MaxWaitShare: 0.1})
			require.Equal(t, c.want, got.Policies[got.Recommended].Policy)
			require.Equal(t, c.allowed, got.Allowed)
			require.Equal(t, 1, got.Agreeing)
		})
	}
}

// The intervals are those of a table of Student's t: 2.776 with four degrees of freedom.
func TestIntervals(t *testing.T) {
	t.Parallel()
	i := interval([]float64{10, 12, 14, 16, 18})
	half := 2.776445 * math.Sqrt(10) / math.Sqrt(5)
	require.InDelta(t, 14, i.Mean, 1e-12)
	require.InDelta(t, 14-half, *i.Low, 1e-5)
	require.InDelta(t, 14+half, *i.High, 1e-5)
	require.Equal(t, Interval{Mean: 3}, interval([]float64{3}), "one value has no interval")
	clamped := interval([]float64{0, 0, 1}).within(0, 1)
	require.Equal(t, []float64{0, 1}, []float64{*clamped.Low, *clamped.High})
}

// Savings are compared seed by seed: what differs between seeds but not between policies
// does not widen the interval.
func TestSeveralSeeds(t *testing.T) {
	t.Parallel()
	c := Compare([][]*sim.Result{
		{result("early", 100, 10, 200), result("never", 1000, 0, 200)},
		{result("early", 600, 40, 400), result("never", 1500, 0, 400)},
	}, Options{Price: 2, Current: 1, MaxWaitShare: 0.09})
	early, never := &c.Policies[0], &c.Policies[1]
	require.InDelta(t, 350, early.RunningHours, 1e-9)
	require.InDelta(t, 700, early.Cost, 1e-9)
	require.Equal(t, []float64{25, 300, 10}, []float64{early.Waited, early.Answers, early.Tasks})
	require.InDelta(t, 50.0/600, early.WaitShare, 1e-12)
	require.InDelta(t, 1800, early.Saving.Mean, 1e-9)
	require.InDelta(t, 1800, *early.Saving.Low, 1e-9, "the same for both seeds")
	require.Zero(t, never.Saving.Mean)
	require.Equal(t, []int64{90_000, 0}, []int64{early.WaitP50MS, never.WaitP50MS})
	// The residuals of the ratio are -20/3 and 20/3 of 300 answers; t is 12.706.
	half := 12.7062 * math.Sqrt(2) * (20.0 / 3 / 300) / math.Sqrt2
	require.InDelta(t, min(early.WaitShare+half, 1), *early.WaitShareInterval.High, 1e-4)
	require.Zero(t, *early.WaitShareInterval.Low, "a share is not negative")
	require.Equal(t, 0, c.Recommended)
	require.Equal(t, 1, c.Agreeing, "in the second seed, a tenth of the replies wait")
	require.True(t, early.Pareto)
}

func TestAdvice(t *testing.T) {
	t.Parallel()
	usd := money.Price{Amount: 0.5, Currency: "USD"}
	one := [][]*sim.Result{{result("idle 5m", 10, 40, 100), result("idle 2h", 200, 8, 100), result("never", 1000, 0, 100)}}
	compared := func(results [][]*sim.Result, current int, share, price float64) *Comparison {
		return Compare(results, Options{Price: price, Current: current, MaxWaitShare: share})
	}
	require.Equal(t, []string{
		"Recommended: idle 2h, the cheapest policy under which at most 10 % of replies wait for a resume (--max-wait-share).",
		"Against never (--current compares with another policy) it saves 400.00 USD of 500.00 USD (80.0 %), and 8.0 % of replies wait" +
			" (8 of 100), half of them longer than 1m 30s, instead of 0.0 %.",
		"This is the result of one seed. --seeds 5 says how much it depends on the seed.",
	}, compared(one, 2, 0.1, 0.5).Advice(usd, true))
	require.Equal(t,
		"Against idle 5m it adds 95.00 USD to 5.00 USD (1,900.0 %), and 8.0 % of replies wait (8 of 100), half of them longer than 1m 30s,"+
			" instead of 40.0 %.",
		compared(one, 0, 0.1, 0.5).Advice(usd, false)[1])
	require.Equal(t, "It is the policy that the others are compared with: 0.0 % of replies wait (0 of 100).",
		compared(one, 2, 0, 0.5).Advice(usd, false)[1])
	require.Contains(t, compared(one, 2, 0.1, 0).Advice(money.Price{}, false)[1],
		"saves 800.0 running hours of 1,000.0 running hours (80.0 %)")
	none := [][]*sim.Result{{result("idle 5m", 10, 40, 100), result("idle 2h", 200, 8, 100)}}
	require.Equal(t,
		"Under no policy at most 2.5 % of replies wait for a resume (--max-wait-share). Recommended: idle 2h, with the smallest share.",
		compared(none, 0, 0.025, 0.5).Advice(usd, false)[0])

	two := [][]*sim.Result{one[0], {result("idle 5m", 10, 40, 100), result("idle 2h", 200, 8, 100), result("never", 1010, 0, 100)}}
	require.Equal(t, "2 of 2 seeds give this recommendation by themselves. 95 % intervals over the seeds: 8.0 to 8.0 % of replies wait;"+
		" the saving is 370.73 USD to 434.27 USD.", compared(two, 2, 0.1, 0.5).Advice(usd, false)[2])
}
