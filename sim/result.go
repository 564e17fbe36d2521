package sim

import (
	"slices"
	"time"

	"github.com/tasktwin/tasktwin"
)

// Result is the outcome of a run. Times are sums over all tasks, in milliseconds.
type Result struct {
	Policy string    `json:"policy"`
	From   time.Time `json:"from"`
	Until  time.Time `json:"until"`

	// Tasks counts submitted tasks, Deleted the deleted ones among them.
	Tasks   int `json:"tasks"`
	Deleted int `json:"deleted"`
	// Statuses counts the remaining tasks by status at the end.
	Statuses map[tasktwin.TaskStatus]int `json:"statuses"`
	// Builds counts builds, FailedBuilds those whose job failed.
	Builds       int `json:"builds"`
	FailedBuilds int `json:"failed_builds"`

	// Pauses and Resumes come from telemetry, as do all times below except the
	// building and the waiting times. A stop build that is retried after a failure counts as one
	// pause, from the last stop build to the last start build.
	Pauses  int `json:"pauses"`
	Resumes int `json:"resumes"`
	// ActiveMS is how long agents worked, PausedMS how long workspaces were paused.
	ActiveMS int64 `json:"active_ms"`
	PausedMS int64 `json:"paused_ms"`
	// IdleBeforePauseMS is from the last working status before each pause to the
	// pause.
	IdleBeforePauseMS int64 `json:"idle_before_pause_ms"`
	// LifetimeMS is from each task's creation until its deletion or the end.
	LifetimeMS int64 `json:"lifetime_ms"`
	// RunningMS is the lifetime minus the pauses: the time for which compute is paid.
	RunningMS int64 `json:"running_ms"`
	// BuildingMS is the part of RunningMS from a start build until its job has ended. It
	// comes from the simulator's ledger, because telemetry does not have it.
	BuildingMS int64 `json:"building_ms"`
	// IdleRunningMS is the rest of RunningMS: neither active nor building.
	IdleRunningMS int64 `json:"idle_ms"`

	// Answers counts the users' answers to agents. Waited counts those that had to
	// wait for a resume: until the agent was ready or the run ended.
	Answers int `json:"answers"`
	Waited  int `json:"waited"`
	// WaitMS is the total waiting time; WaitP50MS and WaitP95MS are the median and
	// the 95th percentile of the answers that waited.
	WaitMS    int64 `json:"wait_ms"`
	WaitP50MS int64 `json:"wait_p50_ms"`
	WaitP95MS int64 `json:"wait_p95_ms"`
}

// WaitShare is the share of answers that had to wait for a resume, or 0 if there
// were no answers.
func (r *Result) WaitShare() float64 {
	if r.Answers == 0 {
		return 0
	}
	return float64(r.Waited) / float64(r.Answers)
}

// RunningHours is the time for which compute is paid, in hours.
func (r *Result) RunningHours() float64 { return hours(r.RunningMS) }

// ActiveHours is how long agents worked, in hours.
func (r *Result) ActiveHours() float64 { return hours(r.ActiveMS) }

// BuildingHours is how long start builds took, in hours.
func (r *Result) BuildingHours() float64 { return hours(r.BuildingMS) }

// IdleHours is how long workspaces ran without work and had been built, in hours.
func (r *Result) IdleHours() float64 { return hours(r.IdleRunningMS) }

// PausedHours is how long workspaces were paused, in hours.
func (r *Result) PausedHours() float64 { return hours(r.PausedMS) }

func hours(ms int64) float64 { return float64(ms) / float64(time.Hour/time.Millisecond) }

// result closes the ledger, compares it with telemetry, and returns the totals.
func (r *run) result() (*Result, error) {
	measured, err := r.meter.finish(r.until)
	if err != nil {
		return nil, err
	}
	for _, t := range r.live {
		r.ledger.close(t, r.until)
	}
	if err := r.ledger.compare(measured); err != nil {
		return nil, err
	}
	tasks, err := r.store.ListTasks(r.ctx, tasktwin.ListTasksParams{OrganizationID: r.world.OrganizationID()})
	if err != nil {
		return nil, err
	}
	l := &r.ledger
	result := &Result{
		Policy: r.policy.Name(), From: r.world.params.Start, Until: r.world.params.Until(),
		Tasks: l.tasks, Deleted: l.deleted, Statuses: map[tasktwin.TaskStatus]int{}, Builds: l.builds, FailedBuilds: l.failed,
		Pauses: measured.pauses, Resumes: measured.resumes, ActiveMS: measured.activeMS,
		PausedMS: measured.pausedMS, IdleBeforePauseMS: measured.idleMS,
		LifetimeMS: l.lifetimeMS, RunningMS: l.lifetimeMS - measured.pausedMS,
		BuildingMS: l.buildingMS, Answers: l.answers, Waited: len(l.waits),
	}
	result.IdleRunningMS = result.RunningMS - result.ActiveMS - result.BuildingMS
	for i := range tasks {
		result.Statuses[tasks[i].Status]++
	}
	slices.Sort(l.waits)
	for _, wait := range l.waits {
		result.WaitMS += milliseconds(wait)
	}
	result.WaitP50MS, result.WaitP95MS = milliseconds(Quantile(l.waits, 0.5)), milliseconds(Quantile(l.waits, 0.95))
	return result, nil
}
