package sim_test

import (
	"context"
	"errors"
	"reflect"
	"runtime"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/tasktwin/tasktwin"
	"github.com/tasktwin/tasktwin/memdb"
	"github.com/tasktwin/tasktwin/sim"
)

// forks makes forks of a seeded store and counts them.
type forks struct {
	base         *memdb.DB
	made, closed atomic.Int32
}

type fork struct {
	*memdb.DB
	closed *atomic.Int32
}

func (f *fork) Close() error {
	f.closed.Add(1)
	return f.DB.Close()
}

func (f *forks) fork(context.Context) (tasktwin.Store, error) {
	db := f.base.Fork()
	f.made.Add(1)
	return &fork{db, &f.closed}, nil
}

func TestSweepsAreTheSameWhateverTheNumberOfWorkers(t *testing.T) {
	t.Parallel()
	w := newWorld(t, smallParams())
	f := &forks{base: seeded(t, w)}
	var want []*sim.Result
	for _, policy := range policies() {
		result, _ := run(t, w, policy)
		want = append(want, result)
	}
	for _, workers := range []int{0, 1, 2, 16} {
		var busy, calls atomic.Int32
		got, err := w.Sweep(t.Context(), policies(), sim.SweepOptions{Fork: f.fork, Workers: workers, Progress: func(sim.Progress) {
			if busy.Add(1) != 1 {
				t.Error("progress is reported twice at a time")
			}
			calls.Add(1)
			busy.Add(-1)
		}})
		if err != nil {
			t.Fatal(err)
		}
		if !reflect.DeepEqual(got, want) {
			t.Errorf("%d workers: the results differ", workers)
		}
		if calls.Load() == 0 {
			t.Error("no progress")
		}
	}
	if f.made.Load() != f.closed.Load() || int(f.made.Load()) != 4*len(policies()) {
		t.Errorf("%d forks, %d closed", f.made.Load(), f.closed.Load())
	}
	tasks, err := f.base.ListTasks(t.Context(), tasktwin.ListTasksParams{})
	if err != nil || len(tasks) > 0 {
		t.Errorf("the store itself has %d tasks, %v", len(tasks), err)
	}
}

type nameless struct{ sim.Never }

func (nameless) Name() string { panic("no name") }

func TestASweepThatFailsEndsAtOnce(t *testing.T) {
	t.Parallel()
	w := newWorld(t, smallParams())
	bad := errors.New("no more forks")
	for _, test := range []struct {
		name     string
		policies []sim.Policy
		fork     func(n int) error
		want     string
	}{
		{
			"a policy fails",
			[]sim.Policy{sim.Never{}, policyFunc(func(_ sim.TaskView, now time.Time) sim.Action { return sim.KeepUntil(now) }), sim.Never{}},
			nil, `policy "func": sim: at `,
		},
		{
			"a policy panics",
			[]sim.Policy{policyFunc(func(sim.TaskView, time.Time) sim.Action { panic("oh") }), sim.Never{}},
			nil,
			`policy "func": panic: oh`,
		},
		{"a fork fails", policies(), func(n int) error {
			if n == 2 {
				return bad
			}
			return nil
		}, "no more forks"},
		{"a policy has no name", []sim.Policy{nameless{}, sim.Never{}}, nil, `policy "sim_test.nameless": panic: no name`},
		{
			"a policy ends its goroutine",
			[]sim.Policy{sim.Never{}, policyFunc(func(sim.TaskView, time.Time) sim.Action { runtime.Goexit(); return sim.Keep() })},
			nil, "sim: policies[1] ended its goroutine",
		},
		{"no policy", []sim.Policy{sim.Never{}, nil}, nil, "sim: policies[1] is <nil>: it must be set"},
	} {
		f := &forks{base: seeded(t, w)}
		opts := sim.SweepOptions{Workers: 2, Fork: func(ctx context.Context) (tasktwin.Store, error) {
			if test.fork != nil {
				if err := test.fork(int(f.made.Load())); err != nil {
					return nil, err
				}
			}
			return f.fork(ctx)
		}}
		results, err := w.Sweep(t.Context(), test.policies, opts)
		if err == nil || results != nil || !strings.HasPrefix(err.Error(), test.want) {
			t.Errorf("%s: %v", test.name, err)
		}
		if f.made.Load() != f.closed.Load() {
			t.Errorf("%s: %d forks, %d closed", test.name, f.made.Load(), f.closed.Load())
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	f := &forks{base: seeded(t, w)}
	_, err := w.Sweep(ctx, policies(), sim.SweepOptions{Fork: f.fork, Progress: func(sim.Progress) { cancel() }})
	if !errors.Is(err, context.Canceled) || f.made.Load() != f.closed.Load() {
		t.Errorf("cancelled: %v, %d forks, %d closed", err, f.made.Load(), f.closed.Load())
	}
	for want, opts := range map[string]sim.SweepOptions{
		"SweepOptions.Fork":    {},
		"SweepOptions.Workers": {Fork: f.fork, Workers: -1},
	} {
		_, err := w.Sweep(t.Context(), nil, opts)
		if bad, ok := errors.AsType[*sim.ParamError](err); !ok || bad.Name != want {
			t.Errorf("%s: %v", want, err)
		}
	}
	none := sim.SweepOptions{Fork: func(context.Context) (tasktwin.Store, error) { return nil, nil }}
	if _, err := w.Sweep(t.Context(), policies(), none); err == nil ||
		err.Error() != "sim: the store of SweepOptions.Fork is <nil>: it must be set" {
		t.Errorf("no store: %v", err)
	}
	if results, err := w.Sweep(t.Context(), nil, sim.SweepOptions{Fork: f.fork}); err != nil || len(results) != 0 {
		t.Errorf("no policies: %v, %v", results, err)
	}
}

func TestParetoFront(t *testing.T) {
	t.Parallel()
	result := func(running int64, waited int) *sim.Result {
		return &sim.Result{RunningMS: running, Waited: waited, Answers: 100}
	}
	for _, test := range []struct {
		name    string
		results []*sim.Result
		want    []bool
	}{
		{"nothing", nil, []bool{}},
		{"a curve", []*sim.Result{result(1, 9), result(2, 5), result(9, 1)}, []bool{true, true, true}},
		{"one that is dominated", []*sim.Result{result(1, 9), result(3, 6), result(2, 5)}, []bool{true, false, true}},
		{"equals", []*sim.Result{result(1, 1), result(1, 1)}, []bool{true, true}},
		{"same cost", []*sim.Result{result(1, 2), result(1, 1)}, []bool{false, true}},
		{"same waiting", []*sim.Result{result(2, 1), result(1, 1)}, []bool{false, true}},
	} {
		if got := sim.ParetoFront(test.results); !reflect.DeepEqual(got, test.want) {
			t.Errorf("%s: %v", test.name, got)
		}
	}
}

// Jobs of several worlds have the results of their own runs, and their progress says whose
// it is.
func TestJobsOfSeveralWorlds(t *testing.T) {
	t.Parallel()
	var jobs []sim.Job
	var want []*sim.Result
	for seed := range uint64(3) {
		p := smallParams()
		p.Seed = seed
		w := newWorld(t, p)
		for _, policy := range []sim.Policy{sim.Never{}, sim.IdleTimeout(time.Hour)} {
			jobs = append(jobs, sim.Job{World: w, Policy: policy})
			result, _ := run(t, w, policy)
			want = append(want, result)
		}
	}
	i := 0
	done := map[int]bool{}
	got, err := sim.SweepJobs(t.Context(), jobs, sim.SweepOptions{
		Workers: 2,
		Fork: func(context.Context) (tasktwin.Store, error) {
			i++
			return seeded(t, jobs[i-1].World).Fork(), nil
		},
		Progress: func(p sim.Progress) {
			if p.Policy != jobs[p.Job].Policy.Name() {
				t.Errorf("job %d: %s", p.Job, p.Policy)
			}
			done[p.Job] = done[p.Job] || p.Done == 1
		},
	})
	if err != nil || !reflect.DeepEqual(got, want) || len(done) != len(jobs) {
		t.Errorf("%v, %d jobs done", err, len(done))
	}
	w := newWorld(t, smallParams())
	for want, job := range map[string]sim.Job{"jobs[0].World": {Policy: sim.Never{}}, "jobs[0].Policy": {World: w}} {
		_, err := sim.SweepJobs(t.Context(), []sim.Job{job}, sim.SweepOptions{})
		if bad, ok := errors.AsType[*sim.ParamError](err); !ok || bad.Name != want {
			t.Errorf("%s: %v", want, err)
		}
	}
}
