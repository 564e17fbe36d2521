package sim_test

import (
	"testing"
	"time"

	"github.com/tasktwin/tasktwin/sim"
)

// exact is a world in which all takes as long as it takes: builds a minute in the
// queue and ten, stops two, agents three.
func exact(turns ...sim.Turn) sim.Params {
	p := sim.DefaultParams()
	p.Duration = 24 * time.Hour
	p.BuildFailure, p.Stuck, p.Unhealthy = 0, 0, 0
	p.Queue, p.StartBuild = sim.LogNormal{Median: time.Minute}, sim.LogNormal{Median: 10 * time.Minute}
	p.StopBuild, p.AgentStart = sim.LogNormal{Median: 2 * time.Minute}, sim.LogNormal{Median: 3 * time.Minute}
	for i := range turns {
		turns[i].At = p.Start.Add(turns[i].At.Sub(time.Time{}))
	}
	p.Recording = &sim.Recording{Tasks: []sim.RecordedTask{{Name: "case", Owner: "Ada", Turns: turns}}}
	return p
}

// in is an instant of the world exact.
func in(after time.Duration) time.Time { return time.Time{}.Add(after) }

// Each answer waits from when it comes until the agent of the resume is ready.
func TestAnswersWait(t *testing.T) {
	t.Parallel()
	const m = time.Minute
	for _, test := range []struct {
		name    string
		turns   []sim.Turn // the agent is ready for the first one after 14 minutes
		until   time.Duration
		timeout time.Duration
		answers int
		waits   []time.Duration // p50, p95, in all
	}{
		{"not for the first build", []sim.Turn{{At: in(0), Work: m}, {At: in(5 * m), Work: m}}, 24 * time.Hour, time.Hour, 1, nil},
		{"not for an agent that works", []sim.Turn{{At: in(0), Work: 10 * m}, {At: in(20 * m), Work: m}}, 24 * time.Hour, 0, 1, nil},
		{"not for an agent that is idle", []sim.Turn{{At: in(0), Work: m}, {At: in(20 * m), Work: m}}, 24 * time.Hour, time.Hour, 1, nil},
		{"while paused", []sim.Turn{{At: in(0), Work: m}, {At: in(60 * m), Work: m}}, 24 * time.Hour, 0, 1, []time.Duration{14 * m, 14 * m, 14 * m}},
		{"while stopping", []sim.Turn{{At: in(0), Work: m}, {At: in(17 * m), Work: m}}, 24 * time.Hour, 0, 1, []time.Duration{15 * m, 15 * m, 15 * m}},
		{"two while paused", []sim.Turn{{At: in(0), Work: m}, {At: in(60 * m), Work: m}, {At: in(70 * m), Work: m}}, 24 * time.Hour, 0, 2, []time.Duration{4 * m, 14 * m, 18 * m}},
		{"two while stopping", []sim.Turn{{At: in(0), Work: m}, {At: in(16 * m), Work: m}, {At: in(17 * m), Work: m}}, 24 * time.Hour, 0, 2, []time.Duration{15 * m, 16 * m, 31 * m}},
		{"until the end", []sim.Turn{{At: in(0), Work: m}, {At: in(60 * m), Work: m}}, 65 * m, 0, 1, []time.Duration{5 * m, 5 * m, 5 * m}},
		{"until the end, while stopping", []sim.Turn{{At: in(0), Work: m}, {At: in(17 * m), Work: m}}, 17*m + time.Second, 0, 1, []time.Duration{time.Second, time.Second, time.Second}},
	} {
		p := exact(test.turns...)
		p.Duration = test.until
		result, _ := run(t, newWorld(t, p), sim.IdleTimeout(test.timeout))
		want := []time.Duration{0, 0, 0}
		if test.waits != nil {
			want = test.waits
		}
		waited := 0
		if test.waits != nil {
			waited = test.answers
		}
		if result.Answers != test.answers || result.Waited != waited || result.WaitP50MS != want[0].Milliseconds() ||
			result.WaitP95MS != want[1].Milliseconds() || result.WaitMS != want[2].Milliseconds() {
			t.Errorf("%s: %+v", test.name, result)
		}
	}
}
