package main

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"

	"github.com/tasktwin/tasktwin"
	"github.com/tasktwin/tasktwin/cmd/internal/comparison"
	"github.com/tasktwin/tasktwin/memdb"
	"github.com/tasktwin/tasktwin/sim"
)

// sweepRuns are the runs of one part of a sweep.
type sweepRuns struct {
	worlds   []*sim.World // by seed
	policies []sim.Policy
	results  []comparison.Run

	// base is the seeded store of the world of the latest fork.
	base      *memdb.DB
	baseWorld *sim.World
	// first is the store of the first run, which is kept for the page.
	keepFirst bool
	first     *memdb.DB
}

func newSweepRuns(worlds []*sim.World, policies []sim.Policy, part comparison.Part, keepFirst bool) *sweepRuns {
	r := &sweepRuns{worlds: worlds, policies: policies, keepFirst: keepFirst}
	for seed := range worlds {
		for _, policy := range part.Policies(seed, len(policies)) {
			r.results = append(r.results, comparison.Run{Seed: seed, Policy: policy})
		}
	}
	return r
}

// run simulates the runs and sets their results.
func (r *sweepRuns) run(e *env, workers int) error {
	jobs := make([]sim.Job, len(r.results))
	for i, run := range r.results {
		jobs[i] = sim.Job{World: r.worlds[run.Seed], Policy: r.policies[run.Policy]}
	}
	next := 0
	progress, done := simulationProgress(e.stderr, len(jobs))
	results, err := sim.SweepJobs(e.ctx, jobs, sim.SweepOptions{
		Workers: workers, Progress: progress,
		Fork: func(ctx context.Context) (tasktwin.Store, error) {
			next++
			return r.fork(ctx, jobs[next-1].World)
		},
	})
	done()
	if err != nil {
		return err
	}
	for i, result := range results {
		r.results[i].Result = result
	}
	return nil
}

// fork returns a fork of a seeded store.
func (r *sweepRuns) fork(ctx context.Context, world *sim.World) (tasktwin.Store, error) {
	if r.baseWorld != world {
		r.closeBase()
		r.base, r.baseWorld = memdb.New(memdb.Options{}), world
		if err := world.Seed(ctx, r.base); err != nil {
			return nil, err
		}
	}
	db := r.base.Fork()
	if r.keepFirst && r.first == nil {
		r.first = db
		return withoutClose{db}, nil
	}
	return db, nil
}

// all returns the results by seed and policy. The runs must be all runs.
func (r *sweepRuns) all() [][]*sim.Result {
	out := make([][]*sim.Result, len(r.worlds))
	for _, run := range r.results {
		out[run.Seed] = append(out[run.Seed], run.Result)
	}
	return out
}

// close closes the stores. memdb's Close cannot fail.
func (r *sweepRuns) close() {
	r.closeBase()
	if r.first != nil {
		_ = r.first.Close()
	}
}

func (r *sweepRuns) closeBase() {
	if r.base != nil {
		_ = r.base.Close()
		r.base = nil
	}
}

// withoutClose is a store whose Close does nothing.
type withoutClose struct{ *memdb.DB }

func (withoutClose) Close() error { return nil }

// recordingHash returns the SHA-256 of recorded work, or nothing if there is none.
func recordingHash(r *sim.Recording) (string, error) {
	if r == nil {
		return "", nil
	}
	h := sha256.New()
	if err := json.NewEncoder(h).Encode(r); err != nil {
		return "", err
	}
	return hex.EncodeToString(h.Sum(nil)), nil
}
