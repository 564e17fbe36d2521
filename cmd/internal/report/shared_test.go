package report

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/tasktwin/tasktwin"
)

// pageStates has the words of the page for the states.
var pageStates = []string{"gone", "active", "idle", "paused", "building", "failed"}

func collect(t testing.TB, w *world, opts Options) *Page {
	t.Helper()
	p, err := Collect(t.Context(), w.store(t), opts)
	require.NoError(t, err)
	return p
}

// few returns a handful of tasks, one in each state.
func few() *world {
	w := newWorld()
	a := w.task("Alpha", "Ada", 0)
	a.build(0, tasktwin.WorkspaceTransitionStart, tasktwin.BuildReasonInitiator, done(5*time.Minute))
	a.addStatus(10*time.Minute, tasktwin.WorkspaceAppStatusStateWorking, "read the code")
	a.addStatus(70*time.Minute, tasktwin.WorkspaceAppStatusStateIdle, "wait for an answer")
	a.stop(100 * time.Minute)
	a.start(10 * time.Hour)
	a.works(10*time.Hour + time.Minute)
	a.idles(11 * time.Hour)
	b := w.task("Beta", "Bob", time.Hour)
	b.start(time.Hour)
	b.addStatus(2*time.Hour, tasktwin.WorkspaceAppStatusStateWorking, "run the tests")
	b.addStatus(3*time.Hour, tasktwin.WorkspaceAppStatusStateFailure, "out of memory")
	b.stop(6 * time.Hour)
	c := w.task("Gamma", "Ada", 2*time.Hour)
	failed := failedWith(2*time.Hour+10*time.Minute, "no such image")
	c.build(2*time.Hour, tasktwin.WorkspaceTransitionStart, tasktwin.BuildReasonInitiator, failed)
	d := w.task("Delta", "Dora", 12*time.Hour)
	d.start(12 * time.Hour)
	return w
}

// many returns n ordinary tasks: work, idleness, pauses and a few failures. The
// result depends only on n.
func many(n int) *world {
	w, r := newWorld(), rand.New(rand.NewPCG(1, 2))
	minutes := func(mean float64) time.Duration {
		return time.Duration(r.ExpFloat64() * mean * float64(time.Minute)).Truncate(time.Millisecond)
	}
	activities := []string{"read the code", "write a fix", "run the tests", "answer a review", "update the docs"}
	for i := range n {
		at := time.Duration(i) * (20 * 24 * time.Hour / time.Duration(n))
		task := w.task(fmt.Sprintf("Task %05d", i), fmt.Sprintf("owner %d", r.IntN(40)), at)
		task.build(at, tasktwin.WorkspaceTransitionStart, tasktwin.BuildReasonInitiator, done(at+time.Minute))
		at += 2 * time.Minute
		ended := false
		for range 2 + r.IntN(6) {
			task.addStatus(at, tasktwin.WorkspaceAppStatusStateWorking, activities[r.IntN(len(activities))])
			at += minutes(45)
			if r.IntN(30) == 0 {
				task.addStatus(at, tasktwin.WorkspaceAppStatusStateFailure, "gave up")
			} else {
				task.idles(at)
			}
			at += minutes(30)
			if r.IntN(2) == 0 {
				task.stop(at)
				if ended = r.IntN(8) == 0; ended {
					break
				}
				at += minutes(1500)
				task.build(at, tasktwin.WorkspaceTransitionStart, tasktwin.BuildReasonTaskResume, done(at+40*time.Second))
				at += time.Minute
			}
		}
		if !ended && r.IntN(20) > 0 {
			at += minutes(30)
			task.stop(at)
			if r.IntN(5) > 0 {
				task.delete(at + minutes(3000))
			}
		}
	}
	return w
}

// policies returns the results of a sweep over idle time-outs.
func policies() []Policy {
	var out []Policy
	for i, timeout := range []string{"5m", "10m", "15m", "30m", "1h", "2h", "4h", "8h", "24h", "never"} {
		x := float64(i)
		p := Policy{
			Name: "pause after " + timeout, RunningHours: 900 + 260*x*x/4, Cost: 120 + 22*x*x, Pauses: 2600 - 250*i, Resumes: 2400 - 240*i,
			Answers: 4000, Waited: 2000 - 220*i, WaitShare: float64(2000-220*i) / 4000,
			WaitP50Seconds: 40 / (1 + x), WaitP95Seconds: 95 - 10*x, Pareto: true,
		}
		out = append(out, p)
		p.Name, p.Pareto = "at night, or after "+timeout, false
		p.Cost, p.WaitShare, p.WaitP95Seconds = p.Cost*1.25+15, p.WaitShare*1.1, p.WaitP95Seconds*1.1
		out = append(out, p)
	}
	return out
}
