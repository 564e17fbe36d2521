package main

import (
	"cmp"
	"io"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/alecthomas/kong"

	"github.com/tasktwin/tasktwin/cmd/internal/comparison"
	"github.com/tasktwin/tasktwin/cmd/internal/money"
	"github.com/tasktwin/tasktwin/cmd/internal/output"
	"github.com/tasktwin/tasktwin/cmd/internal/replay"
	"github.com/tasktwin/tasktwin/cmd/internal/report"
	"github.com/tasktwin/tasktwin/sim"
)

type sweepCmd struct {
	Merge []string `arg:"" optional:"" placeholder:"[merge FILE ...]" help:"With merge and files: join the shards of a sweep, which --shard has printed, instead of simulating." complete:"file"`

	worldFlags `embed:""`

	IdleTimeout  []string `help:"Compare policies that pause tasks that have been idle this long, or never." default:"5m,15m,30m,1h,2h,4h,8h,1d,never" placeholder:"DURATION" complete:"${timeouts}"`
	Policy       []string `help:"Compare this policy, too: ${policies}. It can be given several times." placeholder:"POLICY" sep:"none" complete:"${policy_examples}"`
	Current      string   `help:"Policy that you have now, with which the others are compared. It is simulated, too. Default: never." placeholder:"POLICY" complete:"${policy_examples}"`
	MaxWaitShare string   `help:"Recommend the cheapest policy under which at most this share of replies wait for a resume." default:"10%" placeholder:"PERCENT"`
	Seeds        int      `help:"Number of seeds to simulate, from --seed on. The figures are then means, with intervals." default:"1" placeholder:"N"`
	Shard        string   `help:"Simulate only part I of N, such as 2/5, and print it for sweep merge, which takes --report. It requires --json." placeholder:"I/N" either:"shard"`
	Workers      int      `help:"Number of runs that are simulated at the same time. Default: one for each core." placeholder:"N"`
	Price        string   `help:"Price of an hour that a workspace runs. It may have a currency: 0.12USD, €0.12." default:"0.2" placeholder:"PRICE"`
	Report       string   `help:"Write an HTML page with the curve of cost and waiting, and the timelines under the first policy." placeholder:"FILE.html" complete:"file" either:"shard"`
	outputFlags  `embed:""`
	JSON         bool `help:"Print the results as JSON." name:"json"`
}

// sweepOutput is the JSON output of a sweep.
type sweepOutput struct {
	Log          *replay.Summary     `json:"log,omitempty"`
	Price        float64             `json:"price"`
	Currency     string              `json:"currency,omitempty"`
	Seconds      float64             `json:"seconds"`
	Seeds        []uint64            `json:"seeds"`
	MaxWaitShare float64             `json:"max_wait_share"`
	Current      string              `json:"current"`
	Recommended  string              `json:"recommended"`
	Advice       []string            `json:"advice"`
	Policies     []comparison.Policy `json:"policies"`

	params sim.Params // of the first seed
	price  money.Price
	// marked is Current, if --current was given.
	marked string
}

func (c *sweepCmd) Run(e *env, parsed *kong.Context) error {
	if len(c.Merge) > 0 {
		return c.merge(e, parsed)
	}
	if c.Params {
		return c.list(e, c.JSON)
	}
	q, policies, err := c.question()
	if err != nil {
		return err
	}
	part, err := c.part()
	if err != nil {
		return err
	}
	page, err := e.outputFile("--report", c.Report, c.outputFlags, e.logAt(c.Log))
	if err != nil {
		return err
	}
	worlds, sum, err := c.worlds(e, q)
	if err != nil {
		return err
	}
	q.Parameters, q.Log = worlds[0].Params(), sum
	if q.Recording, err = recordingHash(q.Parameters.Recording); err != nil {
		return err
	}
	begin := time.Now()
	runs := newSweepRuns(worlds, policies, part, page != nil)
	defer runs.close()
	if err := runs.run(e, c.Workers); err != nil {
		return err
	}
	seconds := time.Since(begin).Seconds()
	if c.Shard != "" {
		shard := comparison.NewShard(part, *q)
		shard.Seconds, shard.Runs = seconds, runs.results
		return writeIndented(e.stdout, shard)
	}
	return c.print(e, page, runs, &comparison.Merged{Question: *q, Results: runs.all(), Seconds: seconds})
}

// print prints the results of all runs. The page, if there is one, has the timelines of
// the first of runs.
func (c *sweepCmd) print(e *env, page *output.File, runs *sweepRuns, m *comparison.Merged) error {
	out := newSweepOutput(m)
	if page != nil {
		err := writePage(e, page, runs.first, report.Options{
			Title:   "Sweep of " + strconv.Itoa(len(out.Policies)) + " policies",
			Summary: out.summary() + ". Timelines of " + out.Policies[0].Policy + ", seed " + strconv.FormatUint(out.Seeds[0], 10) + ".",
			Advice:  out.Advice, Recommended: out.Recommended, Current: out.marked, Currency: out.Currency,
			Now: m.Question.Parameters.Until(), Sweep: out.points(),
		})
		if err != nil {
			return err
		}
	}
	if c.JSON {
		return writeIndented(e.stdout, out)
	}
	_, err := io.WriteString(e.stdout, out.text(e.style))
	return err
}

// question returns what the flags ask, without the work that is simulated, and the
// policies.
func (c *sweepCmd) question() (*comparison.Question, []sim.Policy, error) {
	price, err := parsePrice(c.Price)
	if err != nil {
		return nil, nil, err
	}
	share, err := parseShare("--max-wait-share", c.MaxWaitShare)
	if err != nil {
		return nil, nil, err
	}
	switch {
	case c.Workers < 0:
		return nil, nil, usagef("--workers is %d: it must be 0 or more", c.Workers)
	case c.Seeds < 1 || c.Seeds > 100_000:
		return nil, nil, usagef("--seeds is %d: it must be from 1 to 100000", c.Seeds)
	}
	q := &comparison.Question{
		Version: version(), Architecture: runtime.GOARCH, MaxWaitShare: share, Price: price.Amount, Currency: price.Currency,
		CurrentAssumed: c.Current == "",
	}
	for i := range c.Seeds {
		q.Seeds = append(q.Seeds, c.Seed+uint64(i))
	}
	texts, policies, err := c.policies()
	if err != nil {
		return nil, nil, err
	}
	current, err := parsePolicy("--current", cmp.Or(c.Current, never))
	if err != nil {
		return nil, nil, err
	}
	q.Current = indexOfPolicy(policies, current)
	if q.Current < 0 {
		q.Current = len(policies)
		texts, policies = append(texts, cmp.Or(c.Current, never)), append(policies, current)
	}
	q.Policies = texts
	return q, policies, nil
}

// part returns the part of --shard.
func (c *sweepCmd) part() (comparison.Part, error) {
	if c.Shard == "" {
		return comparison.Whole, nil
	}
	part, ok := comparison.ParsePart(c.Shard)
	switch {
	case !ok:
		return part, usagef("--shard is %q: it must be I/N, such as 2/5, with I from 1 to N", c.Shard)
	case !c.JSON:
		return part, usagef("--shard requires --json: sweep merge reads it")
	}
	return part, nil
}

// parseShare parses a share in per cent, such as 5%.
func parseShare(flag, text string) (float64, error) {
	digits, percent := strings.CutSuffix(text, "%")
	v, err := strconv.ParseFloat(strings.TrimSpace(digits), 64)
	if !percent || err != nil || !(v >= 0 && v <= 100) {
		return 0, usagef("%s is %q: it must be from 0%% to 100%%, such as 5%%", flag, text)
	}
	return v / 100, nil
}

// policies returns the policies of both flags without duplicates, and how they are
// written for --policy.
func (c *sweepCmd) policies() (texts []string, policies []sim.Policy, err error) {
	timeouts, err := parseTimeouts("--idle-timeout", c.IdleTimeout)
	if err != nil {
		return nil, nil, err
	}
	add := func(text string, p sim.Policy) {
		if indexOfPolicy(policies, p) < 0 {
			texts, policies = append(texts, text), append(policies, p)
		}
	}
	for i, p := range timeouts {
		text := strings.TrimSpace(c.IdleTimeout[i])
		if text != never {
			text = "idle:" + text
		}
		add(text, p)
	}
	for _, text := range c.Policy {
		p, err := parsePolicy("--policy", text)
		if err != nil {
			return nil, nil, err
		}
		add(text, p)
	}
	if len(policies) == 0 {
		return nil, nil, usagef("--idle-timeout is empty, and there is no --policy: give one")
	}
	return texts, policies, nil
}

// indexOfPolicy returns the index of the policy with the same name, or -1.
func indexOfPolicy(policies []sim.Policy, policy sim.Policy) int {
	return slices.IndexFunc(policies, func(p sim.Policy) bool { return p.Name() == policy.Name() })
}

// worlds returns a world for each seed. Those of a log have the same work.
func (c *sweepCmd) worlds(e *env, q *comparison.Question) ([]*sim.World, *replay.Summary, error) {
	first, sum, err := c.world(e)
	if err != nil {
		return nil, nil, err
	}
	worlds := []*sim.World{first}
	for _, seed := range q.Seeds[1:] {
		var w *sim.World
		if c.Log != "" {
			p := first.Params()
			p.Seed = seed
			w, err = sim.NewWorld(p)
		} else {
			flags := c.worldFlags
			flags.Seed = seed
			w, _, err = flags.world(e)
		}
		if err != nil {
			return nil, nil, err
		}
		worlds = append(worlds, w)
	}
	return worlds, sum, nil
}

func newSweepOutput(m *comparison.Merged) *sweepOutput {
	q := &m.Question
	c := comparison.Compare(m.Results, comparison.Options{Price: q.Price, Current: q.Current, MaxWaitShare: q.MaxWaitShare})
	price := money.Price{Amount: q.Price, Currency: q.Currency}
	out := &sweepOutput{
		Log: q.Log, Price: q.Price, Currency: q.Currency, Seconds: m.Seconds, Seeds: q.Seeds, MaxWaitShare: q.MaxWaitShare,
		Current: c.Policies[c.Current].Policy, Recommended: c.Policies[c.Recommended].Policy, Advice: c.Advice(price, q.CurrentAssumed),
		Policies: c.Policies, params: q.Parameters, price: price,
	}
	if !q.CurrentAssumed {
		out.marked = out.Current
	}
	return out
}

// points returns the results in the format of the report page.
func (o *sweepOutput) points() []report.Policy {
	points := make([]report.Policy, len(o.Policies))
	for i, p := range o.Policies {
		points[i] = report.Policy{
			Name: p.Policy, RunningHours: p.RunningHours, Cost: p.Cost, Pauses: round(p.Pauses), Resumes: round(p.Resumes),
			Answers: round(p.Answers), Waited: round(p.Waited),
			WaitShare: p.WaitShare, WaitP50Seconds: float64(p.WaitP50MS) / 1000, WaitP95Seconds: float64(p.WaitP95MS) / 1000, Pareto: p.Pareto,
		}
	}
	return points
}
