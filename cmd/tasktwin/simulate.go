package main

import (
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/schollz/progressbar/v3"

	"github.com/tasktwin/tasktwin"
	"github.com/tasktwin/tasktwin/cmd/internal/money"
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

	IdleTimeout string `help:"Pause tasks that have been idle this long, such as 30m, 1h30m or 2d, or never: a short form of --policy." placeholder:"DURATION" complete:"${timeouts}" either:"pause"`
	Policy      string `help:"When to pause idle tasks: ${policies}." default:"idle:30m" placeholder:"POLICY" complete:"${policy_examples}" either:"pause"`
	Store       string `help:"Store to simulate on: memory, or the URL of an empty PostgreSQL database." default:"memory" placeholder:"STORE"`
	Price       string `help:"Price of an hour that a workspace runs. It may have a currency: 0.12USD, €0.12." default:"0.2" placeholder:"PRICE"`
	Report      string `help:"Write an HTML page with the timeline of every task." placeholder:"FILE.html" complete:"file"`
	outputFlags `embed:""`
	JSON        bool `help:"Print the result as JSON." name:"json"`
}

// simulated is a result with derived figures.
type simulated struct {
	*sim.Result
	RunningHours float64 `json:"running_hours"`
	Cost         float64 `json:"cost"`
	WaitShare    float64 `json:"wait_share"`
}

func priced(r *sim.Result, price float64) simulated {
	return simulated{Result: r, RunningHours: r.RunningHours(), Cost: r.RunningHours() * price, WaitShare: r.WaitShare()}
}

// simulationOutput is the JSON output of a simulation.
type simulationOutput struct {
	Log      *replay.Summary `json:"log,omitempty"`
	Price    float64         `json:"price"`
	Currency string          `json:"currency,omitempty"`
	Seconds  float64         `json:"seconds"`
	simulated

	price money.Price
}

// policy returns the policy of --idle-timeout or --policy.
func (c *simulateCmd) policy() (sim.Policy, error) {
	if c.IdleTimeout != "" {
		return parseIdleTimeout("--idle-timeout", c.IdleTimeout)
	}
	return parsePolicy("--policy", c.Policy)
}

func (c *simulateCmd) Run(e *env) (err error) {
	if c.Params {
		return c.list(e, c.JSON)
	}
	policy, err := c.policy()
	if err != nil {
		return err
	}
	price, err := parsePrice(c.Price)
	if err != nil {
		return err
	}
	if err := checkStore(c.Store); err != nil {
		return err
	}
	page, err := e.outputFile("--report", c.Report, c.outputFlags, e.logAt(c.Log))
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
	if c.Store == storeMemory {
		defer collectMoreOften()()
	}
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
	out := &simulationOutput{
		Log: sum, Price: price.Amount, Currency: price.Currency, Seconds: time.Since(begin).Seconds(),
		simulated: priced(result, price.Amount), price: price,
	}
	if page != nil {
		opts := report.Options{
			Title: "Simulation: " + policy.Name(), Now: result.Until,
			Summary: fmt.Sprintf("%s; cost %s at %s an hour", span(world.Params(), sum), price.Format(out.Cost), price),
		}
		if err := writePage(e, page, store, opts); err != nil {
			return err
		}
	}
	if c.JSON {
		return writeIndented(e.stdout, out)
	}
	_, err = io.WriteString(e.stdout, describe(world.Params(), sum)+"\n\n"+out.text(e.style))
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
	at := map[int]int{}
	sum := 0
	return func(p sim.Progress) {
		now := int(p.Done * steps)
		sum += now - at[p.Job]
		at[p.Job] = now
		set(sum)
	}, done
}

// text returns the result as text.
func (o *simulationOutput) text(style term.Style) string {
	var rows simulationRows
	share := func(part, whole int64, of string) string {
		if whole == 0 {
			return ""
		}
		return number.Percent(float64(part)/float64(whole)) + " % of " + of
	}
	hours := func(name string, ms int64, note string) { rows.add(name, number.Hours(ms), "h", note) }
	rows.add("tasks", number.Count(o.Tasks), "", number.Count(o.Deleted)+" deleted")
	rows.add("builds", number.Count(o.Builds), "", number.Count(o.FailedBuilds)+" failed")
	rows.add("pauses", number.Count(o.Pauses), "", number.Plural(o.Resumes, "resume"))
	hours("running", o.RunningMS, share(o.RunningMS, o.LifetimeMS, "the lifetime"))
	hours("  active", o.ActiveMS, share(o.ActiveMS, o.RunningMS, "running"))
	hours("  idle", o.IdleRunningMS, share(o.IdleRunningMS, o.RunningMS, "running"))
	hours("  building", o.BuildingMS, share(o.BuildingMS, o.RunningMS, "running"))
	hours("paused", o.PausedMS, share(o.PausedMS, o.LifetimeMS, "the lifetime"))
	rows.add("cost", number.Fixed(o.Cost, 2), o.Currency, "at "+o.price.String()+" an hour")
	rows.add("replies", number.Count(o.Answers), "", number.Count(o.Waited)+" waited for a resume")
	waited := number.None
	if o.Answers > 0 {
		waited = number.Percent(o.WaitShare)
	}
	rows.add("waited", waited, "%", fmt.Sprintf("p50 %s, p95 %s, together %s",
		waitTime(o.WaitP50MS, o.Waited > 0), waitTime(o.WaitP95MS, o.Waited > 0), waitTime(o.WaitMS, o.Waited > 0)))
	return fmt.Sprintf("policy: %s\n\n%s\nsimulated in %.2f s\n", style.Bold(o.Policy), rows.text(style), o.Seconds)
}

// waitTime is a waiting time as text, if a reply has waited.
func waitTime(ms int64, exists bool) string {
	if !exists {
		return number.None
	}
	return number.Seconds(ms)
}

// simulationRows are rows of a name, a number with its unit, and a note.
type simulationRows struct{ names, numbers, units, notes []string }

func (r *simulationRows) add(name, figure, unit, note string) {
	r.names, r.numbers = append(r.names, name), append(r.numbers, figure)
	r.units, r.notes = append(r.units, unit), append(r.notes, note)
}

// text returns the rows as a table, with the decimal points below each other.
func (r *simulationRows) text(style term.Style) string {
	table := term.NewTable(term.Left, term.Right, term.Left, term.Left)
	for i, figure := range number.Align(r.numbers...) {
		table.Row(r.names[i], style.Bold(figure), r.units[i], style.Dim(r.notes[i]))
	}
	return table.String()
}
