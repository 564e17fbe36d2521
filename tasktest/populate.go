package tasktest

import (
	"math/rand/v2"
	"time"

	"github.com/google/uuid"

	"github.com/tasktwin/tasktwin"
)

// History is how much has happened to the tasks of [World.Populate].
type History struct {
	// Builds is the mean number of builds of a task, 6 if it is 0. Starts and stops
	// alternate. Each start has its own agent and app.
	Builds int
	// Statuses is the mean number of statuses of a task, 60 if it is 0.
	Statuses int
}

// Populate makes n tasks with histories that end at or before the clock's time, for
// benchmarks: by one Load if the store is a [tasktwin.Loader], else by [Insert]. It returns
// them in the order of their numbers.
//
// Of a hundred tasks, about 2 are pending, 2 initializing, 1 unknown and 5 failed; half of
// the others are active, half are paused. The active ones were busy until now, the others
// ended in the last two weeks. For every ten tasks, there is another, deleted one. Each
// hundred tasks have an owner of their own, the first of whom is [World.Owner]. Messages and
// prompts are made up.
//
// The rows depend only on the seed, the clock, n, h, and how much the World has made
// before. Ids are in no order.
func (w *World) Populate(n int, h History) []*Task {
	w.t.Helper()
	if n < 0 {
		w.t.Fatalf("tasktest: Populate: n is %d: it must not be negative", n)
	}
	p := &population{World: w, rows: &tasktwin.Dump{}, history: w.history(h)}
	// Parents come first, in order, because their methods insert them.
	p.owners = append(p.owners, w.Owner().ID)
	w.Version()
	p.random = rand.New(rand.NewPCG(uint64(w.seed), w.made[task]))
	w.spread = p.random
	defer func() { w.spread = nil }()
	for range n/tasksPerOwner - 1 {
		row := tasktwin.User(w.userParams())
		p.rows.Users, p.owners = append(p.rows.Users, row), append(p.owners, row.ID)
	}
	p.grow(n + n/liveForEachDeleted)
	tasks := make([]*Task, 0, n)
	for i := range n {
		tasks = append(tasks, &Task{Task: p.task(i, p.flavor()), world: w})
		if i%liveForEachDeleted == liveForEachDeleted-1 {
			p.task(i, wasDeleted)
		}
	}
	p.load()
	return tasks
}

const (
	tasksPerOwner      = 100
	liveForEachDeleted = 10
	// lately is how long ago, at most, the history of a task has ended that is not active.
	lately = 14 * 24 * time.Hour
)

// history returns a history with the defaults filled in.
func (w *World) history(h History) History {
	w.t.Helper()
	for _, field := range []struct {
		name  string
		value *int
		means int
	}{{"Builds", &h.Builds, 6}, {"Statuses", &h.Statuses, 60}} {
		if *field.value < 0 {
			w.t.Fatalf("tasktest: Populate: History.%s is %d: it must not be negative", field.name, *field.value)
		}
		if *field.value == 0 {
			*field.value = field.means
		}
	}
	return h
}

// flavor is how the history of a task ends.
type flavor int

const (
	isPending flavor = iota
	isInitializing
	isUnknown
	hasFailed
	isActive
	isPaused
	wasDeleted
)

// flavor draws the end of a history.
func (p *population) flavor() flavor {
	switch n := p.random.IntN(100); {
	case n < 2:
		return isPending
	case n < 4:
		return isInitializing
	case n < 5:
		return isUnknown
	case n < 10:
		return hasFailed
	case n < 55:
		return isActive
	default:
		return isPaused
	}
}

// population is the rows of Populate.
type population struct {
	*World
	random  *rand.Rand
	history History
	owners  []uuid.UUID
	rows    *tasktwin.Dump
}

// grow allocates the long tables at once, so that they are not copied again and again.
func (p *population) grow(n int) {
	p.rows.Tasks, p.rows.Workspaces = make([]tasktwin.Task, 0, n), make([]tasktwin.Workspace, 0, n)
	builds := n * p.history.Builds
	p.rows.ProvisionerJobs, p.rows.WorkspaceBuilds = make([]tasktwin.ProvisionerJob, 0, builds), make([]tasktwin.WorkspaceBuild, 0, builds)
	p.rows.TaskWorkspaceApps = make([]tasktwin.TaskWorkspaceApp, 0, builds)
	p.rows.WorkspaceAppStatuses = make([]tasktwin.WorkspaceAppStatus, 0, n*p.history.Statuses)
}

// load stores the rows.
func (p *population) load() {
	p.t.Helper()
	ctx := p.t.Context()
	if loader, ok := p.store.(tasktwin.Loader); ok {
		if err := loader.Load(ctx, p.rows); err != nil {
			p.t.Fatalf("tasktest: Load: %v\nwith %d tasks, %d builds, %d statuses%s", err,
				len(p.rows.Tasks), len(p.rows.WorkspaceBuilds), len(p.rows.WorkspaceAppStatuses), p.hint("Load", err))
		}
		return
	}
	if err := Insert(ctx, p.store, p.rows); err != nil {
		p.t.Fatalf("%v%s", err, p.hint("Insert", err))
	}
}
