package main

import (
	"errors"
	"fmt"
	"math"
	"strings"
	"time"

	"github.com/tasktwin/tasktwin/cmd/internal/number"
	"github.com/tasktwin/tasktwin/cmd/internal/params"
	"github.com/tasktwin/tasktwin/cmd/internal/replay"
	"github.com/tasktwin/tasktwin/sim"
)

// worldFlags are the flags of the simulated world.
type worldFlags struct {
	Tasks int      `help:"Expected number of tasks." default:"1000" placeholder:"N" either:"tasks"`
	Days  float64  `help:"Simulated days." default:"14" placeholder:"DAYS" either:"days"`
	Users int      `help:"Number of users. Default: one for every two tasks per day, at most the number of tasks." placeholder:"N" either:"users"`
	Seed  uint64   `help:"Random seed: the same one gives the same result." default:"1" placeholder:"N"`
	From  string   `help:"Start of the simulation. Default: ${default}, a Monday." default:"2026-01-05" placeholder:"TIME" either:"from"`
	Set   []string `help:"Set a parameter, such as work.median=10m. --params lists them. It can be given several times." placeholder:"NAME=VALUE" sep:"none"`

	Log string `help:"Take the work from an event log instead of generating it: a CSV file with a header, or XES, or - for standard input." placeholder:"FILE" complete:"file" either:"tasks,days,users,from"`

	columnFlags `embed:"" group:"Flags for --log:"`

	Params bool `help:"List the parameters and their values instead of simulating. With --json, also their meanings and ranges."`
}

// worldParams returns the parameters from the flags, and the summary of the log
// if there is one.
func (f *worldFlags) worldParams(e *env) (sim.Params, *replay.Summary, error) {
	p := sim.DefaultParams()
	p.Seed = f.Seed
	for _, assignment := range f.Set {
		if err := params.Set(&p, assignment); err != nil {
			return p, nil, usagef("--set %w", err)
		}
	}
	if f.Log != "" {
		return f.recorded(e, p)
	}
	if err := f.refuse(); err != nil {
		return p, nil, err
	}
	from, err := parseTime("--from", f.From)
	if err != nil {
		return p, nil, err
	}
	p.Start = from
	const day = 24 * time.Hour
	switch {
	case !(f.Days > 0 && f.Days <= 3660):
		return p, nil, usagef("--days is %v: it must be above 0 and at most 3660", f.Days)
	case f.Tasks < 0 || f.Tasks > 100_000_000:
		return p, nil, usagef("--tasks is %d: it must be from 0 to 100000000", f.Tasks)
	case f.Users < 0 || f.Users > 10_000_000:
		return p, nil, usagef("--users is %d: it must be from 0 to 10000000", f.Users)
	}
	p.Duration = time.Duration(f.Days * float64(day)).Truncate(time.Microsecond)
	p.Users = f.Users
	if p.Users == 0 {
		users := math.Round(float64(f.Tasks) / f.Days / sim.DefaultParams().TasksPerUserDay)
		p.Users = max(1, int(min(users, float64(f.Tasks))))
	}
	p.TasksPerUserDay = float64(f.Tasks) / f.Days / float64(p.Users)
	// The simulated days and users may be busier than average.
	if w, err := sim.NewWorld(p); err == nil && w.ExpectedTasks() > 0 {
		p.TasksPerUserDay *= float64(f.Tasks) / w.ExpectedTasks()
	}
	return p, nil, nil
}

// recorded returns the parameters with the work of the log.
func (f *worldFlags) recorded(e *env, p sim.Params) (sim.Params, *replay.Summary, error) {
	opts := f.options()
	log, err := e.openLog(f.Log)
	if err != nil {
		return p, nil, err
	}
	defer log.close()
	recording, sum, err := replay.Record(e.ctx, log.in, opts)
	if err != nil {
		return p, nil, explain(f.Log, err)
	}
	printSkipped(e.stderr, f.Log, sum)
	p.Recording = recording
	p.Start = recording.Tasks[0].Turns[0].At
	for i := range recording.Tasks {
		if at := recording.Tasks[i].Turns[0].At; at.Before(p.Start) {
			p.Start = at
		}
	}
	p.Duration = max(sum.Now.Sub(p.Start).Truncate(time.Microsecond), time.Microsecond)
	return p, sum, nil
}

// world creates the world. An invalid parameter is a usage error.
func (f *worldFlags) world(e *env) (*sim.World, *replay.Summary, error) {
	p, sum, err := f.worldParams(e)
	if err != nil {
		return nil, nil, err
	}
	w, err := sim.NewWorld(p)
	if bad, ok := errors.AsType[*sim.ParamError](err); ok {
		if bad.Name == "Params.TasksPerUserDay" { // it is derived from several flags
			err = fmt.Errorf("--tasks is %d, in %v days by %d users: %w", f.Tasks, f.Days, p.Users, err)
		}
		if name, ok := params.NameOf(bad.Name); ok {
			return nil, nil, usagef("--set: %s is %v: it must %s", name, bad.Value, bad.Must)
		}
		return nil, nil, &usageError{err}
	}
	return w, sum, err
}

// list lists the parameters, as text or with their descriptions.
func (f *worldFlags) list(e *env, asJSON bool) error {
	p, _, err := f.worldParams(e)
	if err != nil {
		return err
	}
	if asJSON {
		return writeIndented(e.stdout, params.Describe(&p))
	}
	for _, param := range params.List(&p) {
		if _, err := fmt.Fprintf(e.stdout, "%s=%s\n", param.Name, param.Value); err != nil {
			return err
		}
	}
	return nil
}

// describe summarizes the world in one line, after the warnings of its log.
func describe(p sim.Params, sum *replay.Summary) string {
	var b strings.Builder
	if sum != nil {
		printWarnings(&b, sum)
	}
	return b.String() + span(p, sum) + fmt.Sprintf(", seed %d", p.Seed)
}

// span says whose work is simulated, and when.
func span(p sim.Params, sum *replay.Summary) string {
	when := fmt.Sprintf("from %s to %s", p.Start.Format(time.DateTime), p.Until().Format(time.DateTime))
	if sum == nil {
		return fmt.Sprintf("%s %s", number.Plural(p.Users, "user"), when)
	}
	return fmt.Sprintf("%s of %s by %s %s, %s skipped", number.Plural(sum.Rows, "row"), number.Plural(sum.Tasks, "task"),
		number.Plural(sum.Users, "user"), when, number.Count(sum.Skipped))
}
