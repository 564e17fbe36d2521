// Package comparison compares the results of simulations of several policies on the same
// work, recommends one of the policies, and splits a comparison into shards.
//
// # Recommendation
//
// The recommended policy is the cheapest of those under which the share of replies that
// wait is at most a limit. If there is none, it is the one with the smallest share.
//
// # Several seeds
//
// The figures of a policy are means over the seeds; its share of replies that wait is
// the sum of those over the sum of all replies. Each seed gives the same work to all
// policies, so savings are compared seed by seed: the 95 % interval of a saving is
// Student's t interval of the differences of the seeds. That of the share is the t
// interval of a ratio of means, by its residuals (Cochran, Sampling Techniques, 1977,
// chapter 6). Both say how far the mean may be off because the seeds are few, and nothing
// about how well the parameters describe a platform.
package comparison

import (
	"cmp"
	"math"
	"time"

	"github.com/tasktwin/tasktwin"
	"github.com/tasktwin/tasktwin/sim"
)

// Options are what a comparison depends on besides the results.
type Options struct {
	// Price is the price of a running hour.
	Price float64
	// Current is the index of the policy that the others are compared with.
	Current int
	// MaxWaitShare is the limit of the recommendation, from 0 to 1.
	MaxWaitShare float64
}

// Interval is a mean and its 95 % interval, which needs two seeds or more.
type Interval struct {
	Mean float64  `json:"mean"`
	Low  *float64 `json:"low,omitempty"`
	High *float64 `json:"high,omitempty"`
}

// Policy has the results under one policy. Of several seeds, they are means. Its names in
// JSON are those of [sim.Result]; numbers of things may be fractions.
type Policy struct {
	Policy            string                          `json:"policy"`
	From              time.Time                       `json:"from"`
	Until             time.Time                       `json:"until"`
	Tasks             float64                         `json:"tasks"`
	Deleted           float64                         `json:"deleted"`
	Statuses          map[tasktwin.TaskStatus]float64 `json:"statuses"`
	Builds            float64                         `json:"builds"`
	FailedBuilds      float64                         `json:"failed_builds"`
	Pauses            float64                         `json:"pauses"`
	Resumes           float64                         `json:"resumes"`
	ActiveMS          int64                           `json:"active_ms"`
	PausedMS          int64                           `json:"paused_ms"`
	IdleBeforePauseMS int64                           `json:"idle_before_pause_ms"`
	LifetimeMS        int64                           `json:"lifetime_ms"`
	RunningMS         int64                           `json:"running_ms"`
	BuildingMS        int64                           `json:"building_ms"`
	IdleMS            int64                           `json:"idle_ms"`
	Answers           float64                         `json:"answers"`
	Waited            float64                         `json:"waited"`
	WaitMS            int64                           `json:"wait_ms"`
	// WaitP50MS and WaitP95MS are means over the seeds in which a reply waited.
	WaitP50MS    int64   `json:"wait_p50_ms"`
	WaitP95MS    int64   `json:"wait_p95_ms"`
	RunningHours float64 `json:"running_hours"`
	Cost         float64 `json:"cost"`
	WaitShare    float64 `json:"wait_share"`
	Pareto       bool    `json:"pareto"`
	// Saving is the cost of the current policy minus that of this one.
	Saving Interval `json:"saving"`
	// WaitShareInterval is the interval of WaitShare.
	WaitShareInterval Interval `json:"wait_share_interval"`
}

// Comparison is the result of a comparison.
type Comparison struct {
	Options
	Seeds int
	// Policies are in the order of the results.
	Policies []Policy
	// Recommended is the index of the recommended policy. Allowed reports whether its
	// share of replies that wait is at most the limit.
	Recommended int
	Allowed     bool
	// Agreeing counts the seeds that would have recommended it alone.
	Agreeing int
}

// Compare compares results, results[s][p] being those of the seed s under the policy p.
// All seeds have the same policies, and there is at least one of each.
func Compare(results [][]*sim.Result, opts Options) *Comparison {
	c := &Comparison{Options: opts, Seeds: len(results)}
	n := len(results[0])
	all := make([]*sim.Result, n)
	for p := range n {
		ofPolicy, ofCurrent := column(results, p), column(results, opts.Current)
		all[p] = sum(ofPolicy)
		c.Policies = append(c.Policies, policy(ofPolicy, all[p], ofCurrent, opts.Price))
	}
	for p, front := range sim.ParetoFront(all) {
		c.Policies[p].Pareto = front
	}
	c.Recommended, c.Allowed = recommend(all, opts.MaxWaitShare)
	for _, ofSeed := range results {
		if p, _ := recommend(ofSeed, opts.MaxWaitShare); p == c.Recommended {
			c.Agreeing++
		}
	}
	return c
}

func column(results [][]*sim.Result, p int) []*sim.Result {
	out := make([]*sim.Result, len(results))
	for s := range results {
		out[s] = results[s][p]
	}
	return out
}

// sum returns what the recommendation and the front depend on, summed over the seeds.
func sum(results []*sim.Result) *sim.Result {
	out := &sim.Result{}
	for _, r := range results {
		out.RunningMS += r.RunningMS
		out.Answers += r.Answers
		out.Waited += r.Waited
	}
	return out
}

// recommend applies the rule of the package to the results of the policies. Of equals it
// takes the one with the smaller share of replies that wait, then the first.
func recommend(results []*sim.Result, maxShare float64) (index int, allowed bool) {
	best := -1
	for i, r := range results {
		ok := r.WaitShare() <= maxShare
		if best < 0 || ok && !allowed {
			best, allowed = i, ok
			continue
		}
		b := results[best]
		cost, wait := cmp.Compare(r.RunningMS, b.RunningMS), cmp.Compare(r.WaitShare(), b.WaitShare())
		switch {
		case ok != allowed:
		case allowed && cmp.Or(cost, wait) < 0, !allowed && cmp.Or(wait, cost) < 0:
			best = i
		}
	}
	return best, allowed
}

func policy(results []*sim.Result, all *sim.Result, current []*sim.Result, price float64) Policy {
	mean := func(of func(*sim.Result) float64) float64 { return meanOf(results, of) }
	count := func(of func(*sim.Result) int) float64 {
		return mean(func(r *sim.Result) float64 { return float64(of(r)) })
	}
	ms := func(of func(*sim.Result) int64) int64 {
		if len(results) == 1 {
			return of(results[0]) // which may be more than a float64 can hold
		}
		return int64(math.Round(mean(func(r *sim.Result) float64 { return float64(of(r)) })))
	}
	first := results[0]
	p := Policy{
		Policy: first.Policy, From: first.From, Until: first.Until, Statuses: map[tasktwin.TaskStatus]float64{},
		Tasks:             count(func(r *sim.Result) int { return r.Tasks }),
		Deleted:           count(func(r *sim.Result) int { return r.Deleted }),
		Builds:            count(func(r *sim.Result) int { return r.Builds }),
		FailedBuilds:      count(func(r *sim.Result) int { return r.FailedBuilds }),
		Pauses:            count(func(r *sim.Result) int { return r.Pauses }),
		Resumes:           count(func(r *sim.Result) int { return r.Resumes }),
		Answers:           count(func(r *sim.Result) int { return r.Answers }),
		Waited:            count(func(r *sim.Result) int { return r.Waited }),
		ActiveMS:          ms(func(r *sim.Result) int64 { return r.ActiveMS }),
		PausedMS:          ms(func(r *sim.Result) int64 { return r.PausedMS }),
		IdleBeforePauseMS: ms(func(r *sim.Result) int64 { return r.IdleBeforePauseMS }),
		LifetimeMS:        ms(func(r *sim.Result) int64 { return r.LifetimeMS }),
		RunningMS:         ms(func(r *sim.Result) int64 { return r.RunningMS }),
		BuildingMS:        ms(func(r *sim.Result) int64 { return r.BuildingMS }),
		IdleMS:            ms(func(r *sim.Result) int64 { return r.IdleRunningMS }),
		WaitMS:            ms(func(r *sim.Result) int64 { return r.WaitMS }),
		RunningHours:      mean((*sim.Result).RunningHours),
		WaitShare:         all.WaitShare(),
	}
	p.Cost = p.RunningHours * price
	for _, r := range results {
		for status, n := range r.Statuses {
			p.Statuses[status] += float64(n) / float64(len(results))
		}
	}
	p.WaitP50MS, p.WaitP95MS = waits(results)
	savings, shares := make([]float64, len(results)), make([]float64, len(results))
	answers := max(float64(all.Answers), 1) / float64(len(results))
	for i, r := range results {
		savings[i] = (current[i].RunningHours() - r.RunningHours()) * price
		shares[i] = p.WaitShare + (float64(r.Waited)-p.WaitShare*float64(r.Answers))/answers
	}
	p.Saving, p.WaitShareInterval = interval(savings), interval(shares).within(0, 1)
	p.WaitShareInterval.Mean = p.WaitShare
	return p
}

func meanOf(results []*sim.Result, of func(*sim.Result) float64) float64 {
	sum := 0.0
	for _, r := range results {
		sum += of(r)
	}
	return sum / float64(len(results))
}

// waits returns the means of the percentiles of the seeds in which a reply waited.
func waits(results []*sim.Result) (p50, p95 int64) {
	n := 0.0
	var sum50, sum95 float64
	for _, r := range results {
		if r.Waited > 0 {
			n, sum50, sum95 = n+1, sum50+float64(r.WaitP50MS), sum95+float64(r.WaitP95MS)
		}
	}
	if n == 0 {
		return 0, 0
	}
	return int64(math.Round(sum50 / n)), int64(math.Round(sum95 / n))
}
