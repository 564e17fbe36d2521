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

	IdleTimeout []string `help:"Time-outs after which an idle task is paused; never is one. Default: 5m,15m,30m,1h,2h,4h,never." default:"5m,15m,30m,1h,2h,4h,never" placeholder:"LIST"`
	Policy      []string `help:"A further policy: ${policies}." placeholder:"POLICY" sep:"none"`
	Workers     int      `help:"How many policies are simulated at a time. Default: one for each core."`
	Price       float64  `help:"What an hour of a running workspace costs." default:"0.2"`
	Report      string   `help:"Write a page with the curve of cost and waiting, and with the timelines of the tasks under the first policy." placeholder:"FILE.html" complete:"file"`
	JSON        bool     `help:"Print the results as JSON." name:"json"`
}

// sweepOutput is a sweep as JSON.
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
	page, err := e.outputFile("--report", c.Report, logAt(c.Log))
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
	kept := &keeper{base: base, keep: page != nil}
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

// policies are those of both flags, each once.
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

// keeper keeps the first fork open, for the page.
type keeper struct {
	base  *memdb.DB
	keep  bool
	first *memdb.DB
}

func (k *keeper) fork(context.Context) (tasktwin.Store, error) {
	db := k.base.Fork()
	if k.keep && k.first == nil {
		k.first = db
		return openStill{db}, nil
	}
	return db, nil
}

func (k *keeper) close() {
	if k.first != nil {
		_ = k.first.Close() // memory: it cannot fail
	}
}

// openStill is a store that somebody else closes.
type openStill struct{ *memdb.DB }

func (openStill) Close() error { return nil }

// points are the results as the page draws them.
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

// text is the results for a reader.
func (o *sweepOutput) text(style term.Style) string {
	const l, r = term.Left, term.Right
	table := term.NewTable(l, r, r, r, r, r, r, r, r, r, r, l)
	table.Row("policy", "pauses", "resumes", "running h", "active h", "idle h", "paused h", "cost", "waited", "wait p50", "wait p95", "front")
	table.Paint(style.Bold)
	for _, p := range o.Policies {
		front := ""
		if *p.Pareto {
			front = "*"
		}
		table.Row(p.Policy, number.Count(p.Pauses), number.Count(p.Resumes), number.Fixed(p.RunningHours, 0), number.Fixed(p.ActiveHours(), 0),
			number.Fixed(p.IdleHours(), 0), number.Fixed(p.PausedHours(), 0), number.Fixed(p.Cost, 0), fmt.Sprintf("%.1f %%", 100*p.WaitShare),
			seconds(p.WaitP50MS), seconds(p.WaitP95MS), front)
		if *p.Pareto {
			table.Paint(style.Green)
		}
	}
	return table.String() + fmt.Sprintf("\n* nothing else costs less without more answers that wait, or has fewer that wait without costing more\ntook %.2f s\n", o.Seconds)
}
