// Command policy simulates a week under a custom policy and three policies of package
// sim. It prints the cost of each policy and how often users wait.
package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"os/signal"
	"text/tabwriter"
	"time"

	"github.com/tasktwin/tasktwin"
	"github.com/tasktwin/tasktwin/memdb"
	"github.com/tasktwin/tasktwin/sim"
)

// lunchAware pauses finished tasks at once, and idle tasks after a time-out that is
// longer around noon, when users are away but come back.
type lunchAware struct{ timeout, lunch time.Duration }

func (p lunchAware) Name() string { return fmt.Sprintf("idle %s, %s at lunch", p.timeout, p.lunch) }

func (p lunchAware) Decide(task sim.TaskView, now time.Time) sim.Action {
	timeout := p.timeout
	if hour := task.IdleSince.Hour(); hour == 11 || hour == 12 {
		timeout = p.lunch
	}
	until := task.IdleSince.Add(timeout)
	if task.State == tasktwin.WorkspaceAppStatusStateIdle && until.After(now) {
		return sim.KeepUntil(until)
	}
	return sim.Pause()
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	err := run(ctx, os.Stdout)
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "policy:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, out io.Writer) error {
	params := sim.DefaultParams()
	params.Users, params.Duration = 50, 7*24*time.Hour
	world, err := sim.NewWorld(params)
	if err != nil {
		return err
	}
	store := memdb.New(memdb.Options{})
	if err := world.Seed(ctx, store); err != nil {
		return err
	}
	results, err := world.Sweep(ctx, []sim.Policy{
		sim.IdleTimeout(15 * time.Minute),
		sim.IdleTimeout(time.Hour),
		sim.NewAdaptive(0.8),
		lunchAware{timeout: 15 * time.Minute, lunch: time.Hour},
	}, sim.SweepOptions{Fork: func(context.Context) (tasktwin.Store, error) { return store.Fork(), nil }})
	if err != nil {
		return err
	}
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(w, "policy\trunning h\tidle h\tpauses\tanswers that wait\t")
	for _, r := range results {
		fmt.Fprintf(w, "%s\t%.0f\t%.0f\t%d\t%.1f %%\t\n", r.Policy, r.RunningHours(), r.IdleHours(), r.Pauses, 100*r.WaitShare())
	}
	return w.Flush()
}
