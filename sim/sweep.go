package sim

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"runtime"
	"runtime/debug"
	"sync"

	"github.com/tasktwin/tasktwin"
)

// SweepOptions are the options of a sweep.
type SweepOptions struct {
	// Fork returns a store for one run, a copy of a seeded store. With memdb, use its
	// Fork. Sweep calls it once for each policy, in the order of the policies and not
	// concurrently, and closes the stores.
	Fork func(ctx context.Context) (tasktwin.Store, error)
	// Workers is the number of parallel runs. 0 means one for each core.
	Workers int
	// Progress is called like Options.Progress, for all runs.
	Progress func(Progress)
}

// Job is one run: a world under a policy.
type Job struct {
	World  *World
	Policy Policy
}

// Sweep runs the world under each policy and returns the results in the order of the
// policies. They do not depend on Workers. When one run fails, the others are cancelled.
// The error is that of the first policy that failed for a reason other than the
// cancellation.
func (w *World) Sweep(ctx context.Context, policies []Policy, opts SweepOptions) ([]*Result, error) {
	jobs := make([]Job, len(policies))
	for i, policy := range policies {
		if policy == nil {
			return nil, &ParamError{fmt.Sprintf("policies[%d]", i), nil, "be set"}
		}
		jobs[i] = Job{World: w, Policy: policy}
	}
	return sweepJobs(ctx, "policies", jobs, opts)
}

// SweepJobs is like Sweep, of jobs that may have different worlds, such as those of
// several seeds. It calls Fork once for each job, in the order of the jobs.
func SweepJobs(ctx context.Context, jobs []Job, opts SweepOptions) ([]*Result, error) {
	for i, job := range jobs {
		if job.World == nil {
			return nil, &ParamError{fmt.Sprintf("jobs[%d].World", i), nil, "be set"}
		}
		if job.Policy == nil {
			return nil, &ParamError{fmt.Sprintf("jobs[%d].Policy", i), nil, "be set"}
		}
	}
	return sweepJobs(ctx, "jobs", jobs, opts)
}

// sweepJobs runs jobs, which errors call by the name of their list.
func sweepJobs(ctx context.Context, list string, jobs []Job, opts SweepOptions) ([]*Result, error) {
	if opts.Fork == nil {
		return nil, &ParamError{"SweepOptions.Fork", nil, "be set"}
	}
	if opts.Workers < 0 {
		return nil, &ParamError{"SweepOptions.Workers", opts.Workers, "not be negative"}
	}
	workers := opts.Workers
	if workers == 0 {
		workers = runtime.GOMAXPROCS(0)
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	s := &sweep{progress: opts.Progress}
	results, errs := make([]*Result, len(jobs)), make([]error, len(jobs))
	slots := make(chan struct{}, workers)
	var wg sync.WaitGroup
	for i, job := range jobs {
		slots <- struct{}{}
		if ctx.Err() != nil {
			break
		}
		store, err := opts.Fork(ctx)
		if err == nil && store == nil {
			err = &ParamError{"the store of SweepOptions.Fork", nil, "be set"}
		}
		if err != nil {
			errs[i] = err
			cancel()
			break
		}
		wg.Go(func() {
			defer func() { <-slots }()
			defer func() {
				if errs[i] != nil {
					cancel()
				}
			}()
			// This error remains if run does not return, for example because a policy calls
			// FailNow of package testing.
			errs[i] = fmt.Errorf("sim: %s[%d] ended its goroutine", list, i)
			results[i], errs[i] = s.run(ctx, store, i, job)
		})
	}
	wg.Wait()
	var cancelled error
	for _, err := range errs {
		switch {
		case err == nil:
		case errors.Is(err, context.Canceled):
			cancelled = err
		default:
			return nil, err
		}
	}
	if cancelled == nil {
		cancelled = ctx.Err()
	}
	if cancelled != nil {
		return nil, cancelled
	}
	return results, nil
}

// sweep serializes the progress reports of several runs.
type sweep struct {
	mu       sync.Mutex
	progress func(Progress)
}

func (s *sweep) run(ctx context.Context, store tasktwin.Store, index int, job Job) (result *Result, err error) {
	name := fmt.Sprintf("%T", job.Policy) // in case Name panics
	defer func() {
		// In this goroutine a panic of the policy would end the program.
		if p := recover(); p != nil {
			err = fmt.Errorf("panic: %v\n%s", p, debug.Stack())
		}
		if err = errors.Join(err, store.Close()); err != nil {
			err = fmt.Errorf("policy %q: %w", name, err)
		}
	}()
	name = job.Policy.Name()
	var opts Options
	if s.progress != nil {
		opts.Progress = func(p Progress) {
			s.mu.Lock()
			defer s.mu.Unlock()
			p.Job = index
			s.progress(p)
		}
	}
	return job.World.Run(ctx, store, job.Policy, opts)
}

// ParetoFront reports which results are Pareto-optimal: no other result has fewer
// running hours without a larger share of answers that waited, or a smaller share without
// more running hours. It returns a flag for each result, in the order of the results.
func ParetoFront(results []*Result) []bool {
	front := make([]bool, len(results))
	for i, r := range results {
		front[i] = true
		for _, other := range results {
			cost, wait := cmp.Compare(other.RunningMS, r.RunningMS), cmp.Compare(other.WaitShare(), r.WaitShare())
			if cost <= 0 && wait <= 0 && cost+wait < 0 {
				front[i] = false
			}
		}
	}
	return front
}
