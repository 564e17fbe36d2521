package sim_test

import (
	"maps"
	"slices"
	"testing"
	"time"

	"github.com/tasktwin/tasktwin"
	"github.com/tasktwin/tasktwin/sim"
)

// exact returns parameters with constant durations: one minute in the queue, ten for a
// start build, two for a stop build, three for the start of the agent.
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

// in returns the time at an offset from the start of the world.
func in(after time.Duration) time.Time { return time.Time{}.Add(after) }

// inARow returns a turn and n more, a minute apart.
func inARow(n int, from time.Duration) []sim.Turn {
	turns := []sim.Turn{{At: in(0), Work: time.Minute}}
	for i := range n {
		turns = append(turns, sim.Turn{At: in(from + time.Duration(i)*time.Minute), Work: time.Minute})
	}
	return turns
}

// An answer waits from its arrival until the resumed agent is ready.
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
		{
			"while paused",
			[]sim.Turn{{At: in(0), Work: m}, {At: in(60 * m), Work: m}},
			24 * time.Hour, 0, 1,
			[]time.Duration{14 * m, 14 * m, 14 * m},
		},
		{
			"while stopping",
			[]sim.Turn{{At: in(0), Work: m}, {At: in(17 * m), Work: m}},
			24 * time.Hour, 0, 1,
			[]time.Duration{15 * m, 15 * m, 15 * m},
		},
		{
			"two while paused",
			[]sim.Turn{{At: in(0), Work: m}, {At: in(60 * m), Work: m}, {At: in(70 * m), Work: m}},
			24 * time.Hour, 0, 2,
			[]time.Duration{4 * m, 14 * m, 18 * m},
		},
		{
			"two while stopping",
			[]sim.Turn{{At: in(0), Work: m}, {At: in(16 * m), Work: m}, {At: in(17 * m), Work: m}},
			24 * time.Hour, 0, 2,
			[]time.Duration{15 * m, 16 * m, 31 * m},
		},
		{
			"one of three for long",
			[]sim.Turn{{At: in(0), Work: m}, {At: in(60 * m), Work: m}, {At: in(71 * m), Work: m}, {At: in(72 * m), Work: m}},
			24 * time.Hour, 0, 3,
			[]time.Duration{3 * m, 14 * m, 19 * m},
		},
		{"twelve in a row", inARow(12, 60*m), 24 * time.Hour, 0, 12, []time.Duration{8 * m, 14 * m, 102 * m}},
		{"until the end", []sim.Turn{{At: in(0), Work: m}, {At: in(60 * m), Work: m}}, 65 * m, 0, 1, []time.Duration{5 * m, 5 * m, 5 * m}},
		{
			"until the end, while stopping",
			[]sim.Turn{{At: in(0), Work: m}, {At: in(17 * m), Work: m}},
			17*m + time.Second, 0, 1,
			[]time.Duration{time.Second, time.Second, time.Second},
		},
	} {
		p := exact(test.turns...)
		p.Duration = test.until
		result, dump := run(t, newWorld(t, p), sim.IdleTimeout(test.timeout))
		if result.LifetimeMS != test.until.Milliseconds() {
			t.Errorf("%s: the lifetime of a task from the start of the run is %d ms", test.name, result.LifetimeMS)
		}
		for i := range dump.WorkspaceBuilds {
			reason := tasktwin.BuildReasonTaskResume
			switch b := &dump.WorkspaceBuilds[i]; {
			case b.BuildNumber == 1:
				reason = tasktwin.BuildReasonInitiator
			case b.Transition == tasktwin.WorkspaceTransitionStop:
				reason = tasktwin.BuildReasonTaskAutoPause
			}
			if b := &dump.WorkspaceBuilds[i]; b.Reason != reason {
				t.Errorf("%s: build %d is because of %s", test.name, b.BuildNumber, b.Reason)
			}
		}
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

// A policy gets the times from idle to answer of all of the owner's tasks, whether or not
// they were paused in between.
func TestPoliciesLearnFromAnswers(t *testing.T) {
	t.Parallel()
	const m = time.Minute
	p := exact(sim.Turn{At: in(0), Work: m}, sim.Turn{At: in(25 * m), Work: m}, sim.Turn{At: in(100 * m), Work: m})
	p.Recording.Tasks = append(p.Recording.Tasks,
		sim.RecordedTask{Owner: "Ada", Turns: []sim.Turn{{At: p.Start.Add(10 * time.Hour), Work: m}}},
		sim.RecordedTask{Owner: "Bob", Turns: []sim.Turn{{At: p.Start.Add(10 * time.Hour), Work: m}}})
	var got []time.Duration
	_, _ = run(t, newWorld(t, p), policyFunc(func(task sim.TaskView, now time.Time) sim.Action {
		switch n := task.OwnerAnswers.Len(); {
		case now.Sub(p.Start) < 10*time.Hour:
		case task.Owner == "user-2":
			if n > 0 {
				t.Errorf("%d answers of Bob's are known", n)
			}
		default:
			for i := range n {
				got = append(got, task.OwnerAnswers.Quantile(float64(i+1)/float64(n)))
			}
		}
		if task.Pauses == 0 && now.Sub(p.Start) > 20*m {
			return sim.Pause()
		}
		return sim.Keep()
	}))
	// Idle after 15 minutes and, paused, after 26.
	if want := []time.Duration{10 * m, 74 * m}; !slices.Equal(got, want) {
		t.Errorf("they took %v, want %v", got, want)
	}
}

// Notes of a recorded task are stored at any time: before the first agent, while an agent
// works, and while the task is paused.
func TestNotesAreStored(t *testing.T) {
	t.Parallel()
	const m = time.Minute
	p := exact(sim.Turn{At: in(0), Message: "early"}, sim.Turn{At: in(m), Work: 10 * m, Message: "work"},
		sim.Turn{At: in(20 * m), Message: "busy"}, sim.Turn{At: in(60 * m), Message: "paused"})
	result, dump := run(t, newWorld(t, p), sim.IdleTimeout(0))
	got := map[string]string{}
	for i := range dump.WorkspaceAppStatuses {
		s := &dump.WorkspaceAppStatuses[i]
		got[s.Message] += string(s.State) + s.CreatedAt.Sub(p.Start).String()
	}
	want := map[string]string{
		"early": "working14m0s", "work": "working14m0s", "busy": "working20m0s", "Done": "complete24m0s", "paused": "complete1h0m0s",
	}
	if !maps.Equal(got, want) || result.Resumes != 0 || result.IdleBeforePauseMS != (4*m).Milliseconds() {
		t.Errorf("%v, want %v, in %+v", got, want, result)
	}
}

// A recording's tasks may be listed in any order: they are submitted by start time.
func TestRecordingsAreInAnyOrder(t *testing.T) {
	t.Parallel()
	p := exact(sim.Turn{At: in(2 * time.Hour), Work: time.Minute})
	p.Recording.Tasks = append(p.Recording.Tasks, sim.RecordedTask{
		Name: "earlier", Owner: "Ada", Turns: []sim.Turn{{At: p.Start, Work: time.Minute}},
	})
	w := newWorld(t, p)
	db := seeded(t, w)
	last := p.Start
	opts := sim.Options{Progress: func(now sim.Progress) {
		if now.Now.Before(last) {
			t.Errorf("time goes back from %s to %s", last, now.Now)
		}
		last = now.Now
	}}
	if _, err := w.Run(t.Context(), db, sim.Never{}, opts); err != nil {
		t.Fatal(err)
	}
	dump, err := db.Dump(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]string{}
	for i := range dump.Tasks {
		got[dump.Tasks[i].Name] = dump.Tasks[i].DisplayName
	}
	if want := map[string]string{"task-1": "earlier", "task-2": "case"}; !maps.Equal(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
}

// Each pause turns off the agent of the paused build.
func TestPausesTurnAgentsOff(t *testing.T) {
	t.Parallel()
	p := exact(sim.Turn{At: in(0), Work: time.Minute}, sim.Turn{At: in(time.Hour), Work: time.Minute},
		sim.Turn{At: in(2 * time.Hour), Work: time.Minute})
	result, dump := run(t, newWorld(t, p), sim.IdleTimeout(0))
	if result.Pauses != 3 || len(dump.WorkspaceAgents) != 3 {
		t.Errorf("%d agents, %+v", len(dump.WorkspaceAgents), result)
	}
	for i := range dump.WorkspaceAgents {
		if state := dump.WorkspaceAgents[i].LifecycleState; state != tasktwin.WorkspaceAgentLifecycleStateOff {
			t.Errorf("agent %d is %s", i, state)
		}
	}
}

// A task that is deleted while it is being stopped is deleted after the stop.
func TestDeletionsWaitForStops(t *testing.T) {
	t.Parallel()
	p := exact()
	p.Recording, p.Rhythm, p.Users, p.TasksPerUserDay, p.Turns, p.Deletion = nil, sim.Always(), 5, 10, 1, 1
	p.Work, p.DeletionAfter = sim.LogNormal{Median: time.Minute}, sim.LogNormal{Median: time.Minute}
	_, dump := run(t, newWorld(t, p), sim.IdleTimeout(0))
	deleted := 0
	for i := range dump.Tasks {
		task := &dump.Tasks[i]
		// 14 minutes until the agent is ready, one of work, three for the stop.
		at := task.CreatedAt.Add(18 * time.Minute)
		if at.After(p.Until()) {
			continue
		}
		deleted++
		if !task.DeletedAt.Valid || !task.DeletedAt.Time.Equal(at) {
			t.Errorf("%s is deleted at %v, want %s", task.Name, task.DeletedAt, at)
		}
	}
	if deleted < 20 {
		t.Errorf("only %d tasks are deleted", deleted)
	}
}
