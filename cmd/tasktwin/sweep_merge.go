package main

import (
	"errors"
	"fmt"
	"reflect"
	"slices"

	"github.com/alecthomas/kong"

	"github.com/tasktwin/tasktwin/cmd/internal/comparison"
	"github.com/tasktwin/tasktwin/cmd/internal/output"
	"github.com/tasktwin/tasktwin/sim"
)

// mergeFlags are the flags that sweep merge takes. Those of a log are for the page.
var mergeFlags = []string{
	"report", "mode", "json", "log-level", "color", "log", "case", "activity", "actor", "start", "end", "lifecycle", "date-order", "timezone",
	"encoding", "strict", "skip-bad", "allow-no-work",
}

// merge joins shards and prints what the whole sweep would have printed.
func (c *sweepCmd) merge(e *env, parsed *kong.Context) error {
	names, err := c.mergeFiles(parsed)
	if err != nil {
		return err
	}
	inputs := []output.Use{e.logAt(c.Log)}
	for _, name := range names {
		inputs = append(inputs, output.Path("a shard", name))
	}
	page, err := e.outputFile("--report", c.Report, c.outputFlags, inputs...)
	if err != nil {
		return err
	}
	for _, name := range names {
		if err := requireFile(name); err != nil {
			return err
		}
	}
	m, err := comparison.Merge(names)
	if err != nil {
		return err
	}
	var runs *sweepRuns
	if page != nil {
		if runs, err = c.firstRun(e, m); err != nil {
			return err
		}
		defer runs.close()
	}
	return c.print(e, page, runs, m)
}

// mergeFiles returns the names of the shards, and refuses flags that would have no effect.
func (c *sweepCmd) mergeFiles(parsed *kong.Context) ([]string, error) {
	if c.Merge[0] != "merge" {
		return nil, usagef("%s is no subcommand of sweep: there is only merge FILE…", printable(c.Merge[0]))
	}
	if len(c.Merge) == 1 {
		return nil, usagef("sweep merge: give the files that sweep --shard I/N --json has printed")
	}
	for _, at := range parsed.Path {
		if at.Flag != nil && !slices.Contains(mergeFlags, at.Flag.Name) {
			return nil, usagef("sweep merge and --%s exclude each other: the shards say what was simulated", at.Flag.Name)
		}
	}
	if c.Log != "" && c.Report == "" {
		return nil, usagef("sweep merge takes --log only for the timelines of --report")
	}
	if c.Log == "" {
		return c.Merge[1:], c.refuse()
	}
	return c.Merge[1:], nil
}

// firstRun simulates the first run of merged shards again, for the timelines of the page.
func (c *sweepCmd) firstRun(e *env, m *comparison.Merged) (*sweepRuns, error) {
	q := &m.Question
	p := q.Parameters
	if q.Recording != "" {
		if c.Log == "" {
			return nil, usagef("--report requires --log FILE, the event log of the shards, for the timelines")
		}
		world, _, err := c.world(e)
		if err != nil {
			return nil, err
		}
		p.Recording = world.Params().Recording
		hash, err := recordingHash(p.Recording)
		if err != nil {
			return nil, err
		}
		if hash != q.Recording {
			return nil, fmt.Errorf("--log: the work of %s is not that of the shards", printable(c.Log))
		}
	} else if c.Log != "" {
		return nil, usagef("--log: the work of the shards is not from an event log")
	}
	world, err := sim.NewWorld(p)
	if err != nil {
		return nil, fmt.Errorf("question.parameters of the shards: %w", err)
	}
	policy, err := parsePolicy("question.policies[0] of the shards", q.Policies[0])
	if err != nil {
		return nil, err
	}
	runs := newSweepRuns([]*sim.World{world}, []sim.Policy{policy}, comparison.Whole, true)
	if err := runs.run(e, 1); err != nil {
		runs.close()
		return nil, err
	}
	if !reflect.DeepEqual(runs.results[0].Result, m.Results[0][0]) {
		runs.close()
		return nil, errors.New("simulating the first run again gives another result than its shard has")
	}
	return runs, nil
}
