package main

import (
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/schollz/progressbar/v3"

	"github.com/tasktwin/tasktwin"
	"github.com/tasktwin/tasktwin/cmd/internal/number"
	"github.com/tasktwin/tasktwin/cmd/internal/output"
	"github.com/tasktwin/tasktwin/cmd/internal/replay"
	"github.com/tasktwin/tasktwin/cmd/internal/report"
	"github.com/tasktwin/tasktwin/cmd/internal/term"
	"github.com/tasktwin/tasktwin/memdb"
	"github.com/tasktwin/tasktwin/sim"
)

type simulateCmd struct {
	worldFlags `embed:""`

	Policy string  `help:"When to pause idle tasks: ${policies}." default:"idle:30m" complete:"${policy_examples}"`
	Store  string  `help:"Store to simulate on: memory, or the URL of an empty PostgreSQL database." default:"memory"`
	Price  float64 `help:"Price of a workspace's running hour." default:"0.2"`
	Report string  `help:"Write an HTML page with the timeline of every task." placeholder:"FILE.html" complete:"file"`
	JSON   bool    `help:"Print the result as JSON." name:"json"`
}

// simulated is a result with derived figures.
type simulated struct {
	*sim.Result
	RunningHours float64 `json:"running_hours"`
	Cost         float64 `json:"cost"`
	WaitShare    float64 `json:"wait_share"`
	Pareto       *bool   `json:"pareto,omitempty"`
}

func priced(r *sim.Result, price float64) simulated {
	return simulated{Result: r, RunningHours: r.RunningHours(), Cost: r.RunningHours() * price, WaitShare: r.WaitShare()}
}

// simulationOutput is the JSON output of a simulation.
type simulationOutput struct {
	Log     *replay.Summary `json:"log,omitempty"`
	Price   float64         `json:"price"`
	Seconds float64         `json:"seconds"`
	simulated
}

func checkPrice(price float64) error {
	const most = 1e9 // so that costs can be printed
	if !(price >= 0 && price <= most) {
		return usagef("--price is %v: it must be from 0 to %.0f", price, most)
	}
	return nil
}

func (c *simulateCmd) Run(e *env) (err error) {
	if c.Params {
		return c.list(e)
	}
	policy, err := parsePolicy("--policy", c.Policy)
	if err != nil {
		return err
	}
	if err := checkPrice(c.Price); err != nil {
		return err
	}
	if err := checkStore(c.Store); err != nil {
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
	store, closeStore, err := openStore(e, c.Store)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, closeStore()) }()
	begin := time.Now()
	progress, done := simulationProgress(e.stderr, 1)
	var result *sim.Result
	// In one transaction, so that a failed run leaves the database empty and can be repeated.
	err = fill(e.ctx, store, func(tx tasktwin.Store) error {
		if err := world.Seed(e.ctx, tx); err != nil {
			return err
		}
		var err error
		result, err = world.Run(e.ctx, tx, policy, sim.Options{Progress: progress})
		return err
	})
	done()
	if err != nil {
		return err
	}
	out := &simulationOutput{Log: sum, Price: c.Price, Seconds: time.Since(begin).Seconds(), simulated: priced(result, c.Price)}
	if page != nil {
		if err := writePage(e, page, store, report.Options{Title: "Simulation: " + policy.Name(), Now: result.Until}); err != nil {
			return err
		}
	}
	if c.JSON {
		return writeIndented(e.stdout, out)
	}
	_, err = io.WriteString(e.stdout, describe(world, sum)+"\n\n"+out.text(e.style))
	return err
}

// openStore opens a store in memory, or the empty database at a URL.
func openStore(e *env, name string) (tasktwin.Store, func() error, error) {
	if name == storeMemory {
		db := memdb.New(memdb.Options{})
		return db, db.Close, nil
	}
	db, closeAll, err := openPostgres(e.ctx, name)
	if err != nil {
		return nil, nil, err
	}
	return db, closeAll, nil
}

// writePage writes the report page of a store.
func writePage(e *env, file *output.File, store tasktwin.Store, opts report.Options) error {
	page, err := report.Collect(e.ctx, store, opts)
	if err != nil {
		return fmt.Errorf("--report: %w", err)
	}
	return savePage(e, file, page)
}

// simulationProgress draws a progress bar of all runs, if w is a terminal.
func simulationProgress(w io.Writer, runs int) (progress func(sim.Progress), done func()) {
	const steps = 1000
	set, done := newBar(w, steps*runs, progressbar.OptionSetPredictTime(true))
	if set == nil {
		return nil, done
	}
	at := map[string]int{}
	sum := 0
	return func(p sim.Progress) {
		now := int(p.Done * steps)
		sum += now - at[p.Policy]
		at[p.Policy] = now
		set(sum)
	}, done
}

// text returns the result as text.
func (o *simulationOutput) text(style term.Style) string {
	table := term.NewTable(term.Left, term.Right, term.Left)
	row := func(name, value, note string) { table.Row(name, style.Bold(value), style.Dim(note)) }
	hours := func(ms int64) string { return number.Fixed(float64(ms)/float64(time.Hour/time.Millisecond), 1) + " h" }
	share := func(part, whole int64, of string) string {
		if whole == 0 {
			return ""
		}
		return fmt.Sprintf("%.1f %% of %s", 100*float64(part)/float64(whole), of)
	}
	row("policy", o.Policy, "")
	row("tasks", number.Count(o.Tasks), number.Count(o.Deleted)+" deleted")
	row("builds", number.Count(o.Builds), number.Count(o.FailedBuilds)+" failed")
	row("pauses", number.Count(o.Pauses), "")
	row("resumes", number.Count(o.Resumes), "")
	row("running", hours(o.RunningMS), share(o.RunningMS, o.LifetimeMS, "the lifetime"))
	row("active", hours(o.ActiveMS), share(o.ActiveMS, o.RunningMS, "running"))
	row("idle", hours(o.IdleRunningMS), share(o.IdleRunningMS, o.RunningMS, "running"))
	row("paused", hours(o.PausedMS), share(o.PausedMS, o.LifetimeMS, "the lifetime"))
	row("cost", number.Fixed(o.Cost, 2), fmt.Sprintf("at %v an hour", o.Price))
	row("answers", number.Count(o.Answers), number.Count(o.Waited)+" waited for a resume")
	row("waited", fmt.Sprintf("%.1f %%", 100*o.WaitShare),
		fmt.Sprintf("p50 %s, p95 %s, total %s", seconds(o.WaitP50MS), seconds(o.WaitP95MS), hours(o.WaitMS)))
	return table.String() + fmt.Sprintf("\nsimulated in %.2f s\n", o.Seconds)
}
