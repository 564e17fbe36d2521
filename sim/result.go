package sim

import (
	"slices"
	"time"

	"github.com/tasktwin/tasktwin"
)

// Result is what became of a world under a policy. Times are sums over all tasks,
// in milliseconds.
type Result struct {
	Policy string    `json:"policy"`
	From   time.Time `json:"from"`
	Until  time.Time `json:"until"`

	// Tasks is how many were submitted, Deleted how many of them were deleted.
	Tasks   int `json:"tasks"`
	Deleted int `json:"deleted"`
	// Statuses counts the tasks that are left at the end by their status.
	Statuses map[tasktwin.TaskStatus]int `json:"statuses"`
	// Builds counts builds, FailedBuilds those whose job failed.
	Builds       int `json:"builds"`
	FailedBuilds int `json:"failed_builds"`

	// Pauses and Resumes are telemetry's, as are the times below but for those of
	// waiting. A stop build that is repeated because it failed is one pause, from
	// the last stop build to the last start build.
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
	// RunningMS is the lifetime without the pauses: what compute is paid for.
	RunningMS int64 `json:"running_ms"`
	// IdleRunningMS is the part of RunningMS in which no agent worked.
	IdleRunningMS int64 `json:"idle_ms"`

	// Answers is how often somebody answered an agent, Waited how many of these
	// answers had to wait for a resume, until the agent was ready or the run ended.
	Answers int `json:"answers"`
	Waited  int `json:"waited"`
	// WaitMS is how long they waited in all; WaitP50MS and WaitP95MS are the median
	// and the 95th percentile of those that waited.
	WaitMS    int64 `json:"wait_ms"`
	WaitP50MS int64 `json:"wait_p50_ms"`
	WaitP95MS int64 `json:"wait_p95_ms"`
}

// WaitShare is the share of answers that had to wait for a resume, 0 without
// answers.
func (r *Result) WaitShare() float64 {
	if r.Answers == 0 {
		return 0
	}
	return float64(r.Waited) / float64(r.Answers)
}

// RunningHours is what compute is paid for, in hours.
func (r *Result) RunningHours() float64 { return hours(r.RunningMS) }

// ActiveHours is how long agents worked, in hours.
func (r *Result) ActiveHours() float64 { return hours(r.ActiveMS) }

// IdleHours is how long workspaces ran without work, in hours.
func (r *Result) IdleHours() float64 { return hours(r.IdleRunningMS) }

// PausedHours is how long workspaces were paused, in hours.
func (r *Result) PausedHours() float64 { return hours(r.PausedMS) }

func hours(ms int64) float64 { return float64(ms) / float64(time.Hour/time.Millisecond) }

// result closes the books, compares them with telemetry, and sums up.
func (r *run) result() (*Result, error) {
	measured, err := r.meter.end(r.until)
	if err != nil {
		return nil, err
	}
	for _, t := range r.live {
		r.books.close(t, r.until)
	}
	if err := r.books.compare(measured); err != nil {
		return nil, err
	}
	tasks, err := r.store.ListTasks(r.ctx, tasktwin.ListTasksParams{OrganizationID: r.world.OrganizationID()})
	if err != nil {
		return nil, err
	}
	b := &r.books
	result := &Result{
		Policy: r.policy.Name(), From: r.world.params.Start, Until: r.world.params.Until(),
		Tasks: b.tasks, Deleted: b.deleted, Statuses: map[tasktwin.TaskStatus]int{}, Builds: b.builds, FailedBuilds: b.failed,
		Pauses: measured.pauses, Resumes: measured.resumes, ActiveMS: measured.activeMS, PausedMS: measured.pausedMS, IdleBeforePauseMS: measured.idleMS,
		LifetimeMS: b.lifetimeMS, RunningMS: b.lifetimeMS - measured.pausedMS, Answers: b.answers, Waited: len(b.waits),
	}
	result.IdleRunningMS = result.RunningMS - result.ActiveMS
	for i := range tasks {
		result.Statuses[tasks[i].Status]++
	}
	slices.Sort(b.waits)
	for _, wait := range b.waits {
		result.WaitMS += milliseconds(wait)
	}
	result.WaitP50MS, result.WaitP95MS = milliseconds(percentile(b.waits, 50)), milliseconds(percentile(b.waits, 95))
	return result, nil
}

// percentile is the shortest that at least p per cent of all are not longer than,
// 0 of nothing. They have to be in order.
func percentile(sorted []span, p int) span {
	if len(sorted) == 0 {
		return 0
	}
	return sorted[(len(sorted)*p+99)/100-1]
}
