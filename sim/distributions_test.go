package sim_test

import (
	"math"
	"slices"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/tasktwin/tasktwin"
	"github.com/tasktwin/tasktwin/sim"
)

// largeParams returns parameters with enough events of every kind for a median.
func largeParams() sim.Params {
	p := sim.DefaultParams()
	p.Users, p.Duration, p.Rhythm = 25, 28*24*time.Hour, sim.Always()
	p.Answer.Alpha, p.AnswerSpread = 3, 0 // nearly all answers come before the end
	p.Work = sim.LogNormal{Median: 5 * time.Minute, Sigma: 0.5}
	p.Failure, p.BuildFailure, p.Stuck, p.Unhealthy = 0.3, 0.2, 0, 0
	return p
}

// hasMedian checks the median, and that nearly all values differ.
func hasMedian(t *testing.T, what string, got []time.Duration, want time.Duration) {
	t.Helper()
	slices.Sort(got)
	if n := len(got); n < 300 {
		t.Errorf("%s: there are only %d", what, n)
	} else if median := sim.Quantile(got, 0.5); math.Abs(float64(median-want)) > 0.12*float64(want) {
		t.Errorf("the median of %s is %s, want %s", what, median, want)
	} else if distinct := len(slices.Compact(slices.Clone(got))); distinct < n*9/10 {
		t.Errorf("%s: of %d only %d differ", what, n, distinct)
	}
}

func hasShare(t *testing.T, what string, part, whole int, want float64) {
	t.Helper()
	if got := float64(part) / float64(whole); whole < 300 || math.Abs(got-want) > 0.06 {
		t.Errorf("the share of %s is %v of %d, want %v", what, got, whole, want)
	}
}

// statuses returns the statuses of each workspace, in order.
func statuses(dump *tasktwin.Dump) map[uuid.UUID][]*tasktwin.WorkspaceAppStatus {
	out := map[uuid.UUID][]*tasktwin.WorkspaceAppStatus{}
	for i := range dump.WorkspaceAppStatuses {
		s := &dump.WorkspaceAppStatuses[i]
		out[s.WorkspaceID] = append(out[s.WorkspaceID], s)
	}
	for _, list := range out {
		slices.SortFunc(list, func(a, b *tasktwin.WorkspaceAppStatus) int { return a.CreatedAt.Compare(b.CreatedAt) })
	}
	return out
}

const isWorking, isIdle = tasktwin.WorkspaceAppStatusStateWorking, tasktwin.WorkspaceAppStatusStateIdle

func TestAgentsAndPeopleKeepToTheParameters(t *testing.T) {
	t.Parallel()
	p := largeParams()
	_, dump := run(t, newWorld(t, p), sim.Never{})
	var work, answers, deletions, turns []time.Duration
	ended := map[uuid.UUID]time.Time{}
	failures := 0
	for ws, list := range statuses(dump) {
		begun := list[0].CreatedAt
		n := 1
		for i, s := range list[1:] {
			switch last := list[i]; {
			case s.State != isWorking:
				work = append(work, s.CreatedAt.Sub(begun))
			case last.State == isIdle:
				answers = append(answers, s.CreatedAt.Sub(last.CreatedAt))
				begun = s.CreatedAt
				n++
			}
		}
		if last := list[len(list)-1]; last.State != isWorking && last.State != isIdle {
			ended[ws] = last.CreatedAt
			turns = append(turns, time.Duration(n))
			if last.State == tasktwin.WorkspaceAppStatusStateFailure {
				failures++
			}
		}
	}
	for i := range dump.Tasks {
		if task := &dump.Tasks[i]; task.DeletedAt.Valid {
			deletions = append(deletions, task.DeletedAt.Time.Sub(ended[task.WorkspaceID.UUID]))
		}
	}
	hasMedian(t, "work", work, p.Work.Median)
	hasMedian(t, "answers", answers, p.Answer.Median)
	hasMedian(t, "deletions", deletions, p.DeletionAfter.Median)
	hasShare(t, "failures", failures, len(ended), p.Failure)
	hasShare(t, "deletions", len(deletions), len(ended), p.Deletion)
	prompts := map[string]int{}
	for i := range dump.Tasks {
		prompts[dump.Tasks[i].Prompt]++
	}
	if len(prompts) < 5 {
		t.Errorf("people ask for %v", prompts)
	}
	sum := 0.0
	for _, n := range turns {
		sum += float64(n)
	}
	if mean := sum / float64(len(turns)); math.Abs(mean-p.Turns) > 0.5 {
		t.Errorf("%v turns on average, want %v", mean, p.Turns)
	}
}

func TestBuildsKeepToTheParameters(t *testing.T) {
	t.Parallel()
	p := largeParams()
	p.Duration /= 2
	_, dump := run(t, newWorld(t, p), sim.IdleTimeout(10*time.Minute))
	jobs := map[uuid.UUID]*tasktwin.ProvisionerJob{}
	for i := range dump.ProvisionerJobs {
		jobs[dump.ProvisionerJobs[i].ID] = &dump.ProvisionerJobs[i]
	}
	type number struct {
		workspace uuid.UUID
		n         int32
	}
	created := map[number]time.Time{}
	for i := range dump.WorkspaceBuilds {
		b := &dump.WorkspaceBuilds[i]
		created[number{b.WorkspaceID, b.BuildNumber}] = b.CreatedAt
	}
	var queue, start, stop, retry []time.Duration
	failed := map[tasktwin.WorkspaceTransition]int{}
	done := map[tasktwin.WorkspaceTransition]int{}
	for i := range dump.WorkspaceBuilds {
		b := &dump.WorkspaceBuilds[i]
		job := jobs[b.JobID]
		if !job.CompletedAt.Valid {
			continue
		}
		done[b.Transition]++
		queue = append(queue, job.StartedAt.Time.Sub(b.CreatedAt))
		takes := job.CompletedAt.Time.Sub(job.StartedAt.Time)
		if b.Transition == tasktwin.WorkspaceTransitionStart {
			start = append(start, takes)
		} else {
			stop = append(stop, takes)
		}
		if job.JobStatus != tasktwin.ProvisionerJobStatusFailed {
			continue
		}
		failed[b.Transition]++
		if again, ok := created[number{b.WorkspaceID, b.BuildNumber + 1}]; ok && b.Transition == tasktwin.WorkspaceTransitionStart {
			retry = append(retry, again.Sub(job.CompletedAt.Time))
		}
	}
	hasMedian(t, "queues", queue, p.Queue.Median)
	hasMedian(t, "start builds", start, p.StartBuild.Median)
	hasMedian(t, "stop builds", stop, p.StopBuild.Median)
	hasMedian(t, "retries", retry, p.Retry.Median)
	const starts, stops = tasktwin.WorkspaceTransitionStart, tasktwin.WorkspaceTransitionStop
	hasShare(t, "failed starts", failed[starts], done[starts], p.BuildFailure)
	hasShare(t, "failed stops", failed[stops], done[stops], p.BuildFailure)
	// Delete builds do not fail, because a deleted task has no retries.
	hasShare(t, "failed deletions", failed[tasktwin.WorkspaceTransitionDelete], done[tasktwin.WorkspaceTransitionDelete], 0)
	if n := failed[tasktwin.WorkspaceTransitionDelete]; n > 0 {
		t.Errorf("%d deletions failed", n)
	}
}

func TestReportsKeepToTheParameters(t *testing.T) {
	t.Parallel()
	p := largeParams()
	p.Users, p.Duration = 5, 5*24*time.Hour
	p.Work.Median = 2 * time.Hour // so that few intervals are cut off by the end of a turn
	_, dump := run(t, newWorld(t, p), sim.Never{})
	var reports []time.Duration
	said := map[string]int{}
	for _, list := range statuses(dump) {
		for i, s := range list[1:] {
			if list[i].State == isWorking && s.State == isWorking {
				reports = append(reports, s.CreatedAt.Sub(list[i].CreatedAt))
				said[s.Message]++
			}
		}
	}
	hasMedian(t, "reports", reports, p.Report.Median)
	if len(said) < 5 {
		t.Errorf("agents say %v", said)
	}
}

// An unhealthy app reports nothing, and its turn takes that much longer.
func TestUnhealthyAppsSayNothing(t *testing.T) {
	t.Parallel()
	p := largeParams()
	p.Users, p.Duration = 10, 5*24*time.Hour
	p.Work, p.Report = sim.LogNormal{Median: 10 * time.Minute}, sim.LogNormal{Median: time.Minute}
	p.Unhealthy, p.UnhealthyFor = 1, sim.LogNormal{Median: 7 * time.Minute}
	_, dump := run(t, newWorld(t, p), sim.Never{})
	turns := 0
	for ws, list := range statuses(dump) {
		begun, silent := list[0].CreatedAt, 0
		for i, s := range list[1:] {
			last := list[i]
			if last.State != isWorking {
				begun, silent = s.CreatedAt, 0
				continue
			}
			if s.CreatedAt.Sub(last.CreatedAt) >= 7*time.Minute {
				silent++
			}
			if s.State != isWorking {
				turns++
				if takes := s.CreatedAt.Sub(begun); silent != 1 || takes.Truncate(time.Second) != 17*time.Minute {
					t.Errorf("workspace %s: %d silences in a turn of %s", ws, silent, takes)
				}
			}
		}
	}
	if turns < 100 {
		t.Errorf("there are only %d turns", turns)
	}
}

// Questions asked in the evening are answered in the morning.
func TestAnswersKeepTheRhythm(t *testing.T) {
	t.Parallel()
	p := largeParams()
	p.Rhythm = sim.DefaultParams().Rhythm
	_, dump := run(t, newWorld(t, p), sim.Never{})
	var day, evening, deletions []time.Duration
	for _, list := range statuses(dump) {
		for i, s := range list[1:] {
			last := list[i]
			if last.State != isIdle || last.CreatedAt.Weekday()%6 == 0 {
				continue
			}
			switch h := last.CreatedAt.Hour(); {
			case h == 9 || h == 10:
				day = append(day, s.CreatedAt.Sub(last.CreatedAt))
			case h >= 20:
				evening = append(evening, s.CreatedAt.Sub(last.CreatedAt))
			}
		}
	}
	atNight := 0
	for i := range dump.Tasks {
		if at := dump.Tasks[i].DeletedAt; at.Valid {
			deletions = append(deletions, 0)
			if at.Time.Hour() < 5 {
				atNight++
			}
		}
	}
	slices.Sort(day)
	slices.Sort(evening)
	if len(day) < 100 || len(evening) < 50 || sim.Quantile(day, 0.5) > time.Hour || sim.Quantile(evening, 0.5) < 2*time.Hour {
		t.Errorf("%d by day, %d in the evening", len(day), len(evening))
	}
	if len(deletions) < 100 || atNight > len(deletions)/20 {
		t.Errorf("of %d deletions %d are at night", len(deletions), atNight)
	}
}
