package sim_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/tasktwin/tasktwin"
	"github.com/tasktwin/tasktwin/memdb"
	"github.com/tasktwin/tasktwin/sim"
)

// smallParams returns the parameters of a world that runs in milliseconds.
func smallParams() sim.Params {
	p := sim.DefaultParams()
	p.Users, p.Duration = 10, 4*24*time.Hour
	return p
}

func newWorld(t testing.TB, p sim.Params) *sim.World {
	t.Helper()
	w, err := sim.NewWorld(p)
	if err != nil {
		t.Fatal(err)
	}
	return w
}

// seeded returns a seeded store.
func seeded(t testing.TB, w *sim.World) *memdb.DB {
	t.Helper()
	db := memdb.New(memdb.Options{})
	if err := w.Seed(t.Context(), db); err != nil {
		t.Fatal(err)
	}
	return db
}

func run(t testing.TB, w *sim.World, policy sim.Policy) (*sim.Result, *tasktwin.Dump) {
	t.Helper()
	db := seeded(t, w)
	result, err := w.Run(t.Context(), db, policy, sim.Options{})
	if err != nil {
		t.Fatal(err)
	}
	dump, err := db.Dump(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return result, dump
}

func policies() []sim.Policy {
	return []sim.Policy{
		sim.Never{},
		sim.IdleTimeout(0),
		sim.IdleTimeout(5 * time.Minute),
		sim.IdleTimeout(time.Hour),
		sim.NewAdaptive(0.8),
		sim.BusinessHours{Open: 8 * time.Hour, Close: 18 * time.Hour, Timeout: 20 * time.Minute},
	}
}

// A run fails if telemetry and the ledger differ, so success shows that they agree.
// All kinds of failures are frequent.
func TestTelemetryAgreesWithTheLedger(t *testing.T) {
	t.Parallel()
	for seed := range uint64(8) {
		for _, policy := range policies() {
			p := smallParams()
			p.Seed = seed
			p.BuildFailure, p.Stuck, p.Unhealthy, p.Failure, p.Deletion = 0.2, 0.2, 0.2, 0.3, 0.9
			p.DeletionAfter.Median = 20 * time.Minute
			if seed%2 == 1 {
				p.Work.Median, p.Report.Median = 100*time.Microsecond, 30*time.Microsecond
				p.Queue.Median, p.StartBuild.Median, p.AgentStart.Median = time.Microsecond, time.Microsecond, time.Microsecond
			}
			result, dump := run(t, newWorld(t, p), policy)
			if result.Tasks != len(dump.Tasks) || result.Builds != len(dump.WorkspaceBuilds) ||
				result.Deleted == 0 || result.Answers == 0 || result.FailedBuilds == 0 {
				t.Errorf("seed %d, %s: %d tasks and %d builds in %+v", seed, policy.Name(), len(dump.Tasks), len(dump.WorkspaceBuilds), result)
			}
			if result.LifetimeMS != result.ActiveMS+result.IdleRunningMS+result.BuildingMS+result.PausedMS {
				t.Errorf("seed %d, %s: the times do not add up: %+v", seed, policy.Name(), result)
			}
		}
	}
}

// Without pauses, the building time is that of the jobs of all start builds.
func TestBuildingIsTheTimeOfStartBuilds(t *testing.T) {
	t.Parallel()
	p := smallParams()
	p.BuildFailure = 0.2
	result, dump := run(t, newWorld(t, p), sim.Never{})
	jobs := map[uuid.UUID]*tasktwin.ProvisionerJob{}
	for i := range dump.ProvisionerJobs {
		jobs[dump.ProvisionerJobs[i].ID] = &dump.ProvisionerJobs[i]
	}
	// The time of each task is truncated to milliseconds.
	sums := map[uuid.UUID]time.Duration{}
	for i := range dump.WorkspaceBuilds {
		b := &dump.WorkspaceBuilds[i]
		if b.Transition != tasktwin.WorkspaceTransitionStart {
			continue
		}
		end := p.Until()
		if completed := jobs[b.JobID].CompletedAt; completed.Valid {
			end = completed.Time
		}
		sums[b.WorkspaceID] += end.Sub(b.CreatedAt)
	}
	var want int64
	for _, sum := range sums {
		want += sum.Milliseconds()
	}
	if want == 0 || result.BuildingMS != want || result.FailedBuilds == 0 {
		t.Errorf("building for %d ms, want %d, with %d failed builds", result.BuildingMS, want, result.FailedBuilds)
	}
}

// Every state of a platform's rows occurs.
func TestEveryStateOccurs(t *testing.T) {
	t.Parallel()
	p := smallParams()
	p.BuildFailure, p.Stuck, p.Unhealthy = 0.1, 0.2, 0.3
	p.StuckFor.Median, p.UnhealthyFor.Median = time.Hour, time.Hour
	_, dump := run(t, newWorld(t, p), sim.IdleTimeout(time.Hour))
	seen := map[string]bool{}
	for i := range dump.ProvisionerJobs {
		seen[string(dump.ProvisionerJobs[i].JobStatus)] = true
	}
	for i := range dump.WorkspaceAgents {
		seen[string(dump.WorkspaceAgents[i].LifecycleState)] = true
	}
	for i := range dump.WorkspaceApps {
		seen[string(dump.WorkspaceApps[i].Health)] = true
	}
	for i := range dump.WorkspaceAppStatuses {
		seen[string(dump.WorkspaceAppStatuses[i].State)] = true
	}
	for i := range dump.WorkspaceBuilds {
		seen[string(dump.WorkspaceBuilds[i].Transition)], seen[string(dump.WorkspaceBuilds[i].Reason)] = true, true
	}
	for _, state := range []string{
		"succeeded", "failed", "ready", "off", "healthy", "unhealthy", "working", "idle", "complete", "failure",
		"start", "stop", "delete", "initiator", "task_auto_pause", "task_resume",
	} {
		if !seen[state] {
			t.Errorf("%s does not occur", state)
		}
	}
}

func TestTheSameSeedGivesTheSameRun(t *testing.T) {
	t.Parallel()
	for _, policy := range policies() {
		a, rowsA := run(t, newWorld(t, smallParams()), policy)
		b, rowsB := run(t, newWorld(t, smallParams()), policy)
		if !reflect.DeepEqual(a, b) || !reflect.DeepEqual(rowsA, rowsB) {
			t.Errorf("%s: two runs differ", policy.Name())
		}
	}
	other := smallParams()
	other.Seed++
	a, _ := run(t, newWorld(t, smallParams()), sim.Never{})
	b, _ := run(t, newWorld(t, other), sim.Never{})
	if a.ActiveMS == b.ActiveMS {
		t.Errorf("two seeds give the same %d ms of work", a.ActiveMS)
	}
}

// tasksOf returns the names and times of the tasks of the first users.
func tasksOf(dump *tasktwin.Dump, users int) []string {
	names := map[uuid.UUID]string{}
	for i := range dump.Users {
		for n := range users {
			if name := fmt.Sprintf("user-%d", n+1); dump.Users[i].Username == name {
				names[dump.Users[i].ID] = name
			}
		}
	}
	said := map[uuid.UUID]int{}
	for i := range dump.WorkspaceAppStatuses {
		said[dump.WorkspaceAppStatuses[i].WorkspaceID]++
	}
	var out []string
	for i := range dump.Tasks {
		if task := &dump.Tasks[i]; names[task.OwnerID] != "" {
			out = append(out, fmt.Sprint(names[task.OwnerID], task.ID, task.Name, task.CreatedAt, task.DeletedAt, said[task.WorkspaceID.UUID]))
		}
	}
	slices.Sort(out)
	return out
}

// A user's tasks do not depend on the other users.
func TestUsersHaveSourcesOfTheirOwn(t *testing.T) {
	t.Parallel()
	more := smallParams()
	more.Users = 15
	_, a := run(t, newWorld(t, smallParams()), sim.IdleTimeout(time.Hour))
	_, b := run(t, newWorld(t, more), sim.IdleTimeout(time.Hour))
	if a, b := tasksOf(a, 10), tasksOf(b, 10); len(a) < 20 || !slices.Equal(a, b) {
		t.Errorf("five more users change the %d tasks of ten", len(a))
	}
}

// Policies are compared on the same work: turns and times to answer are the same
// under all policies.
func TestPoliciesMeetTheSameWork(t *testing.T) {
	t.Parallel()
	p := smallParams()
	p.Duration = 60 * 24 * time.Hour // so that nearly all tasks are done at the end
	p.TasksPerUserDay = 0.2
	p.Unhealthy, p.Deletion = 0, 0
	work := func(dump *tasktwin.Dump) map[uuid.UUID]time.Duration {
		active := map[uuid.UUID]time.Duration{}
		byWorkspace := map[uuid.UUID][]*tasktwin.WorkspaceAppStatus{}
		for i := range dump.WorkspaceAppStatuses {
			s := &dump.WorkspaceAppStatuses[i]
			byWorkspace[s.WorkspaceID] = append(byWorkspace[s.WorkspaceID], s)
		}
		for ws, list := range byWorkspace {
			slices.SortFunc(list, func(a, b *tasktwin.WorkspaceAppStatus) int { return a.CreatedAt.Compare(b.CreatedAt) })
			for i, s := range list[:len(list)-1] {
				if s.State == tasktwin.WorkspaceAppStatusStateWorking {
					active[ws] += list[i+1].CreatedAt.Sub(s.CreatedAt)
				}
			}
			if last := list[len(list)-1].State; last != tasktwin.WorkspaceAppStatusStateComplete && last != tasktwin.WorkspaceAppStatusStateFailure {
				delete(active, ws)
			}
		}
		return active
	}
	world := newWorld(t, p)
	_, never := run(t, world, sim.Never{})
	_, always := run(t, world, sim.IdleTimeout(0))
	a, b := work(never), work(always)
	both := 0
	for ws, active := range a {
		if other, done := b[ws]; done {
			both++
			if other != active {
				t.Errorf("workspace %s: %s of work and %s", ws, active, other)
			}
		}
	}
	if both < 50 {
		t.Errorf("only %d tasks are done in both", both)
	}
}

// A longer time-out costs more running hours, and fewer answers wait.
func TestLongerTimeoutsCostMoreAndWaitLess(t *testing.T) {
	t.Parallel()
	w := newWorld(t, smallParams())
	var last *sim.Result
	for _, policy := range []sim.Policy{
		sim.IdleTimeout(0), sim.IdleTimeout(5 * time.Minute), sim.IdleTimeout(time.Hour), sim.IdleTimeout(8 * time.Hour), sim.Never{},
	} {
		result, _ := run(t, w, policy)
		if last != nil && !(result.RunningMS > last.RunningMS && result.WaitShare() < last.WaitShare() && result.Pauses < last.Pauses) {
			t.Errorf("%s: %+v\nafter %s: %+v", result.Policy, result, last.Policy, last)
		}
		last = result
	}
	if last.Pauses != 0 || last.Waited != 0 || last.PausedMS != 0 {
		t.Errorf("never: %+v", last)
	}
}

// The number of tasks follows the rates, and their times follow the rhythm.
func TestArrivalsFollowTheRates(t *testing.T) {
	t.Parallel()
	p := smallParams()
	p.Users, p.Duration, p.UserSpread, p.TasksPerUserDay = 100, 28*24*time.Hour, 0, 3
	// One turn and no reports: only the arrivals matter.
	p.Turns, p.Work.Median = 1, time.Second
	w := newWorld(t, p)
	_, dump := run(t, w, sim.Never{})
	want := 100 * 28 * 3.0
	if got := w.ExpectedTasks(); got < want*0.9999 || got > want*1.0001 {
		t.Errorf("%v tasks are expected, want %v", got, want)
	}
	if n := float64(len(dump.Tasks)); n < want*0.96 || n > want*1.04 { // 3.7 standard deviations
		t.Errorf("%v tasks, want about %v", n, want)
	}
	var noon, night, weekend int
	for i := range dump.Tasks {
		switch at := dump.Tasks[i].CreatedAt; {
		case at.Weekday() == time.Saturday || at.Weekday() == time.Sunday:
			weekend++
		case at.Hour() == 10:
			noon++
		case at.Hour() < 5:
			night++
		}
	}
	if noon <= 50*night/5/10 || night == 0 || weekend == 0 || weekend >= len(dump.Tasks)/10 {
		t.Errorf("%d at ten, %d in five hours of the night, %d on weekends", noon, night, weekend)
	}
}

// randomRecording has coarse times, so that turns coincide, overlap and arrive while
// the task is paused, building or working.
func randomRecording(rnd *rand.Rand, start time.Time) *sim.Recording {
	rec := &sim.Recording{}
	for i := range 30 {
		task := sim.RecordedTask{Name: fmt.Sprintf("case %d", i), Owner: fmt.Sprintf("actor %d", rnd.IntN(5))}
		at := start.Add(time.Duration(rnd.IntN(20)) * time.Minute)
		for range 1 + rnd.IntN(12) {
			turn := sim.Turn{At: at, Message: "x"}
			if rnd.IntN(3) > 0 {
				turn.Work = time.Duration(1+rnd.IntN(4)) * time.Minute
			}
			task.Turns = append(task.Turns, turn)
			at = at.Add(time.Duration(rnd.IntN(5)) * time.Minute)
		}
		rec.Tasks = append(rec.Tasks, task)
	}
	return rec
}

func TestRecordingsAgreeWithTheLedger(t *testing.T) {
	t.Parallel()
	for seed := range uint64(60) {
		rnd := rand.New(rand.NewPCG(seed, 0))
		p := smallParams()
		p.Seed, p.Duration, p.BuildFailure, p.Unhealthy = seed, 3*time.Hour, 0.2, 0.2
		// Constant times on the recording's grid: everything coincides.
		exact := sim.LogNormal{Median: time.Minute}
		p.Queue, p.StartBuild, p.StopBuild, p.Retry, p.AgentStart, p.Report, p.UnhealthyFor = exact, exact, exact, exact, exact, exact, exact
		p.Recording = randomRecording(rnd, p.Start)
		policy := sim.IdleTimeout(time.Duration(rnd.IntN(4)) * time.Minute)
		result, dump := run(t, newWorld(t, p), policy)
		turns, notes := 0, 0
		for _, task := range p.Recording.Tasks {
			for i, turn := range task.Turns {
				switch {
				case turn.Work == 0:
					notes++
				case i > 0:
					turns++
				}
			}
		}
		if result.Tasks != 30 || result.Answers != turns || result.Pauses == 0 {
			t.Errorf("seed %d: %d answers, want %d, in %+v", seed, result.Answers, turns, result)
		}
		said := 0
		for i := range dump.WorkspaceAppStatuses {
			if dump.WorkspaceAppStatuses[i].Message == "x" && dump.WorkspaceAppStatuses[i].State != tasktwin.WorkspaceAppStatusStateWorking {
				said++
			}
		}
		if said > notes {
			t.Errorf("seed %d: %d notes were said, of %d", seed, said, notes)
		}
	}
}

// Recorded turns start at their recorded times and take their recorded durations.
func TestARecordingIsFollowed(t *testing.T) {
	t.Parallel()
	p := smallParams()
	p.BuildFailure, p.Stuck, p.Unhealthy = 0, 0, 0
	start := p.Start
	after := start.Add
	p.Recording = &sim.Recording{Tasks: []sim.RecordedTask{{
		Name: "case", Owner: "Ada", Turns: []sim.Turn{
			{At: after(time.Minute), Work: 10 * time.Minute, Message: "first"},
			{At: after(time.Hour), Work: 20 * time.Minute, Message: "second"},
			{At: after(10 * time.Hour), Message: "a note"},
			{At: after(20 * time.Hour), Work: 5 * time.Minute, Message: "third"},
		},
	}}}
	result, dump := run(t, newWorld(t, p), sim.IdleTimeout(2*time.Hour))
	if got, want := result.ActiveMS, (35 * time.Minute).Milliseconds(); got != want {
		t.Errorf("%d ms active, want %d", got, want)
	}
	if result.Answers != 2 || result.Waited != 1 || result.Pauses != 2 || result.Resumes != 1 {
		t.Errorf("%+v", result)
	}
	if dump.Tasks[0].DisplayName != "case" || dump.Tasks[0].Prompt != "first" || !dump.Tasks[0].CreatedAt.Equal(after(time.Minute)) {
		t.Errorf("%+v", dump.Tasks[0])
	}
	firsts := map[string]time.Time{}
	for i := range dump.WorkspaceAppStatuses {
		s := &dump.WorkspaceAppStatuses[i]
		if at, ok := firsts[s.Message]; !ok || s.CreatedAt.Before(at) {
			firsts[s.Message] = s.CreatedAt
		}
	}
	if !firsts["second"].Equal(after(time.Hour)) || !firsts["a note"].Equal(after(10*time.Hour)) {
		t.Errorf("%v", firsts)
	}
	waited := time.Duration(result.WaitMS) * time.Millisecond
	got := firsts["third"].Sub(after(20 * time.Hour))
	if waited == 0 || got.Truncate(time.Millisecond) != waited ||
		result.WaitP50MS != result.WaitMS || result.WaitP95MS != result.WaitMS {
		t.Errorf("it waited for %s, the result has %s", got, waited)
	}
	if dump.WorkspaceBuilds[0].BuildNumber == 0 || firsts["Done"].IsZero() {
		t.Errorf("it does not end: %v", firsts)
	}
}

func TestAFailedRunLeavesNothing(t *testing.T) {
	t.Parallel()
	w := newWorld(t, smallParams())
	db := seeded(t, w)
	before, err := db.Dump(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	halfWay := sim.Options{Progress: func(p sim.Progress) {
		if p.Done > 0.5 {
			cancel()
		}
	}}
	if _, err := w.Run(ctx, db, sim.Never{}, halfWay); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
	untilNow := policyFunc(func(_ sim.TaskView, now time.Time) sim.Action { return sim.KeepUntil(now) })
	if _, err := w.Run(t.Context(), db, untilNow, sim.Options{}); err == nil ||
		!strings.Contains(err.Error(), `policy "func": KeepUntil(2026-`) {
		t.Errorf("a policy that keeps a task until now: %v", err)
	} else if _, ok := errors.AsType[*sim.PolicyError](err); !ok {
		t.Errorf("the error is a %T", err)
	}
	untilZero := policyFunc(func(sim.TaskView, time.Time) sim.Action { return sim.KeepUntil(time.Time{}) })
	if _, err := w.Run(t.Context(), db, untilZero, sim.Options{}); err == nil ||
		!strings.Contains(err.Error(), "KeepUntil(0001-01-01T00:00:00Z)") {
		t.Errorf("a policy that keeps a task until the zero time: %v", err)
	}
	if _, err := w.Run(t.Context(), db, nil, sim.Options{}); err == nil || err.Error() != "sim: policy is <nil>: it must be set" {
		t.Errorf("no policy: %v", err)
	}
	after, err := db.Dump(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(before, after) {
		t.Error("a failed run leaves rows")
	}
	unseeded := memdb.New(memdb.Options{})
	if _, err := w.Run(t.Context(), unseeded, sim.Never{}, sim.Options{}); !tasktwin.IsForeignKeyViolation(err) ||
		!strings.Contains(err.Error(), "sim: at 2026-") {
		t.Errorf("without its users: %v", err)
	}
}

type policyFunc func(sim.TaskView, time.Time) sim.Action

func (policyFunc) Name() string                                         { return "func" }
func (f policyFunc) Decide(task sim.TaskView, now time.Time) sim.Action { return f(task, now) }

// A policy's arguments are consistent with the run.
func TestPoliciesGetConsistentArguments(t *testing.T) {
	t.Parallel()
	w := newWorld(t, smallParams())
	start, until := w.Params().Start, w.Params().Until()
	pauses := map[uuid.UUID]int{}
	calls, answers := 0, 0
	result, dump := run(t, w, policyFunc(func(task sim.TaskView, now time.Time) sim.Action {
		calls++
		answers = max(answers, task.OwnerAnswers.Len())
		if task.Pauses != pauses[task.ID] || task.IdleSince.Before(task.CreatedAt) || now.Before(task.IdleSince) ||
			task.CreatedAt.Before(start) || now.After(until) ||
			task.Owner == "" || task.Name == "" || task.State == tasktwin.WorkspaceAppStatusStateWorking {
			t.Errorf("at %s: %+v", now, task)
		}
		if wait := task.IdleSince.Add(time.Minute).Add(1); now.Before(wait) {
			return sim.KeepUntil(wait) // between two microseconds
		} else if now.Sub(wait) >= time.Microsecond {
			t.Errorf("asked for %s, called at %s", wait, now)
		}
		pauses[task.ID]++
		return sim.Pause()
	}))
	stops := 0
	for i := range dump.WorkspaceBuilds {
		if dump.WorkspaceBuilds[i].Transition == tasktwin.WorkspaceTransitionStop {
			stops++
		}
	}
	if result.Pauses == 0 || stops < result.Pauses || calls < 2*result.Pauses || answers < 5 {
		t.Errorf("%d calls, %d stops, %d answers known, %+v", calls, stops, answers, result)
	}
}

func TestProgressGoesFromStartToEnd(t *testing.T) {
	t.Parallel()
	w := newWorld(t, smallParams())
	var all []sim.Progress
	opts := sim.Options{Progress: func(p sim.Progress) { all = append(all, p) }}
	if _, err := w.Run(t.Context(), seeded(t, w), sim.Never{}, opts); err != nil {
		t.Fatal(err)
	}
	if len(all) < 30 || all[0].Done > 0.2 || all[len(all)-1].Done != 1 || !all[len(all)-1].Now.Equal(w.Params().Until()) {
		t.Errorf("%d calls: %+v", len(all), all)
	}
	for i := 1; i < len(all); i++ {
		if all[i].Done < all[i-1].Done || all[i].Events < all[i-1].Events || all[i].Policy != "never" {
			t.Errorf("%+v after %+v", all[i], all[i-1])
		}
		if i < len(all)-1 && all[i].Now.Truncate(time.Hour).Equal(all[i-1].Now.Truncate(time.Hour)) {
			t.Errorf("two calls in one hour: %+v after %+v", all[i], all[i-1])
		}
	}
}
