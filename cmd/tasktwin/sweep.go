package main

import (
	"context"
	"fmt"
	"io"
	"time"

	"github.com/tasktwin/tasktwin"
	"github.com/tasktwin/tasktwin/cmd/internal/number"
	"github.com/tasktwin/tasktwin/cmd/internal/replay"
	"github.com/tasktwin/tasktwin/cmd/internal/report"
	"github.com/tasktwin/tasktwin/cmd/internal/term"
	"github.com/tasktwin/tasktwin/memdb"
	"github.com/tasktwin/tasktwin/sim"
)

type sweepCmd struct {
	worldFlags `embed:""`

	IdleTimeout []string `help:"Time-outs after which idle tasks are paused, or never. Default: ${default}." default:"5m,15m,30m,1h,2h,4h,never" placeholder:"LIST"`
	Policy      []string `help:"Additional policy: ${policies}." placeholder:"POLICY" sep:"none" complete:"${policy_examples}"`
	Workers     int      `help:"Number of policies that are simulated in parallel. Default: one for each core."`
	Price       float64  `help:"Price of a workspace's running hour." default:"0.2"`
	Report      string   `help:"Write an HTML page with the curve of cost and waiting, and the timelines under the first policy." placeholder:"FILE.html" complete:"file"`
	JSON        bool     `help:"Print the results as JSON." name:"json"`
}

// sweepOutput is the JSON output of a sweep.
type sweepOutput struct {
	Log      *replay.Summary `json:"log,omitempty"`
	Price    float64         `json:"price"`
	Seconds  float64         `json:"seconds"`
	Policies []simulated     `json:"policies"`
}

func (c *sweepCmd) Run(e *env) error {
	if c.Params {
		return c.list(e)
	}
	if err := checkPrice(c.Price); err != nil {
		return err
	}
	if c.Workers < 0 {
		return usagef("--workers is %d: it must be 0 or more", c.Workers)
	}
	policies, err := c.policies()
	if err != nil {
		return err
	}
	page, err := e.outputFile("--report", c.Report, e.logAt(c.Log))
	if err != nil {
		return err
	}
	world, sum, err := c.world(e)
	if err != nil {
		return err
	}
	begin := time.Now()
	base := memdb.New(memdb.Options{})
	defer base.Close()
	if err := world.Seed(e.ctx, base); err != nil {
		return err
	}
	kept := &firstForkKeeper{base: base, keep: page != nil}
	defer kept.close()
	progress, done := simulationProgress(e.stderr, len(policies))
	results, err := world.Sweep(e.ctx, policies, sim.SweepOptions{Workers: c.Workers, Progress: progress, Fork: kept.fork})
	done()
	if err != nil {
		return err
	}
	out := &sweepOutput{Log: sum, Price: c.Price, Seconds: time.Since(begin).Seconds()}
	for i, front := range sim.ParetoFront(results) {
		s := priced(results[i], c.Price)
		s.Pareto = &front
		out.Policies = append(out.Policies, s)
	}
	if page != nil {
		opts := report.Options{Title: "Sweep; timelines: " + policies[0].Name(), Now: world.Params().Until(), Sweep: out.points()}
		if err := writePage(e, page, kept.first, opts); err != nil {
			return err
		}
	}
	if c.JSON {
		return writeIndented(e.stdout, out)
	}
	_, err = io.WriteString(e.stdout, describe(world, sum)+"\n\n"+out.text(e.style))
	return err
}

// policies returns the policies of both flags without duplicates.
func (c *sweepCmd) policies() ([]sim.Policy, error) {
	all, err := parseTimeouts("--idle-timeout", c.IdleTimeout)
	if err != nil {
		return nil, err
	}
	for _, text := range c.Policy {
		p, err := parsePolicy("--policy", text)
		if err != nil {
			return nil, err
		}
		all = append(all, p)
	}
	seen := map[string]bool{}
	var policies []sim.Policy
	for _, p := range all {
		if !seen[p.Name()] {
			seen[p.Name()] = true
			policies = append(policies, p)
		}
	}
	if len(policies) == 0 {
		return nil, usagef("--idle-timeout is empty, and there is no --policy: give one")
	}
	return policies, nil
}

// firstForkKeeper keeps the first fork open for the report page.
type firstForkKeeper struct {
	base  *memdb.DB
	keep  bool
	first *memdb.DB
}

func (k *firstForkKeeper) fork(context.Context) (tasktwin.Store, error) {
	db := k.base.Fork()
	if k.keep && k.first == nil {
		k.first = db
		return withoutClose{db}, nil
	}
	return db, nil
}

func (k *firstForkKeeper) close() {
	if k.first != nil {
		_ = k.first.Close() // memdb's Close cannot fail
	}
}

// withoutClose is a store whose Close does nothing.
type withoutClose struct{ *memdb.DB }

func (withoutClose) Close() error { return nil }

// points returns the results in the format of the report page.
func (o *sweepOutput) points() []report.Policy {
	points := make([]report.Policy, len(o.Policies))
	for i, p := range o.Policies {
		points[i] = report.Policy{
			Name: p.Policy, RunningHours: p.RunningHours, Cost: p.Cost, Pauses: p.Pauses, Resumes: p.Resumes, Answers: p.Answers, Waited: p.Waited,
			WaitShare: p.WaitShare, WaitP50Seconds: float64(p.WaitP50MS) / 1000, WaitP95Seconds: float64(p.WaitP95MS) / 1000, Pareto: *p.Pareto,
		}
	}
	return points
}

// text returns the results as text.
func (o *sweepOutput) text(style term.Style) string {
	const l, r = term.Left, term.Right
	table := term.NewTable(l, r, r, r, r, r, r, r, r, r, r, l)
	table.PaintedRow(style.Bold, "policy", "pauses", "resumes", "running h", "active h", "idle h", "paused h",
		"cost", "waited", "wait p50", "wait p95", "front")
	plain := func(text string) string { return text }
	for _, p := range o.Policies {
		front, paint := "", plain
		if *p.Pareto {
			front, paint = "*", style.Green
		}
		table.PaintedRow(paint, p.Policy, number.Count(p.Pauses), number.Count(p.Resumes),
			number.Fixed(p.RunningHours, 0), number.Fixed(p.ActiveHours(), 0), number.Fixed(p.IdleHours(), 0),
			number.Fixed(p.PausedHours(), 0), number.Fixed(p.Cost, 0), fmt.Sprintf("%.1f %%", 100*p.WaitShare),
			seconds(p.WaitP50MS), seconds(p.WaitP95MS), front)
	}
	return table.String() + fmt.Sprintf("\n* Pareto-optimal: no other policy is both cheaper and waits less\nsimulated in %.2f s\n", o.Seconds)
}
