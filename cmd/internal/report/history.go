package report

import (
	"cmp"
	"slices"

	"github.com/tasktwin/tasktwin"
)

// history has the events of a task.
type history struct {
	task     tasktwin.TaskWithStatus
	builds   []build // by build number
	statuses []status
}

// statusDeleted is the page's status of a deleted task, which has none in the store.
const statusDeleted tasktwin.TaskStatus = "deleted"

// until returns the end of the task's history: its deletion, at most now.
func (h *history) until(now pageTime) pageTime {
	if at := h.task.DeletedAt; at.Valid {
		return min(now, pageTimeOf(at.Time))
	}
	return now
}

// deletedSince reports whether the task was deleted at a time or later.
func (h *history) deletedSince(at pageTime) bool {
	return h.task.DeletedAt.Valid && pageTimeOf(h.task.DeletedAt.Time) >= at
}

// build is a build of the task's workspace with its job.
type build struct {
	number     int32
	created    pageTime
	transition tasktwin.WorkspaceTransition
	reason     tasktwin.BuildReason
	job        job
}

// job is the end of a build's job.
type job struct {
	ended  bool
	failed bool
	at     pageTime
	err    string
}

type status struct {
	at      pageTime
	state   tasktwin.WorkspaceAppStatusState
	message string
	id      [16]byte
}

// newBuild joins a build and its job. If j is nil, the job has not ended.
func newBuild(b *tasktwin.WorkspaceBuild, j *tasktwin.ProvisionerJob) build {
	out := build{number: b.BuildNumber, created: pageTimeOf(b.CreatedAt), transition: b.Transition, reason: b.Reason}
	if j == nil {
		return out
	}
	switch j.JobStatus {
	case tasktwin.ProvisionerJobStatusFailed, tasktwin.ProvisionerJobStatusCanceled:
		out.job = job{ended: true, failed: true, at: pageTimeOf(j.UpdatedAt), err: j.Error.String}
		if out.job.err == "" {
			out.job.err = string(j.JobStatus)
		}
	case tasktwin.ProvisionerJobStatusSucceeded:
		out.job.ended = true
	default:
		return out
	}
	if j.CompletedAt.Valid { // the error may be set before the job completes
		out.job.at = pageTimeOf(j.CompletedAt.Time)
	}
	return out
}

func newStatus(s *tasktwin.WorkspaceAppStatus) status {
	return status{at: pageTimeOf(s.CreatedAt), state: s.State, message: s.Message, id: s.ID}
}

// statusOrder is the order of statuses at one instant, as in the telemetry.
var statusOrder = []tasktwin.WorkspaceAppStatusState{
	tasktwin.WorkspaceAppStatusStateWorking,
	tasktwin.WorkspaceAppStatusStateComplete,
	tasktwin.WorkspaceAppStatusStateFailure,
	tasktwin.WorkspaceAppStatusStateIdle,
}

// order sorts a task's builds by number and its statuses by time. A build that is
// earlier than one with a lower number gets the latter's time.
func (h *history) order() {
	slices.SortFunc(h.builds, func(a, b build) int { return cmp.Compare(a.number, b.number) })
	for i := range h.builds {
		b := &h.builds[i]
		if i > 0 {
			b.created = max(b.created, h.builds[i-1].created)
		}
		b.job.at = max(b.job.at, b.created)
	}
	slices.SortFunc(h.statuses, func(a, b status) int {
		return cmp.Or(
			cmp.Compare(a.at, b.at),
			cmp.Compare(slices.Index(statusOrder, a.state), slices.Index(statusOrder, b.state)),
			slices.Compare(a.id[:], b.id[:]),
		)
	})
}

// span returns the first and the last instant of a task's history.
func (h *history) span() (first, last pageTime) {
	first = pageTimeOf(h.task.CreatedAt)
	last = first
	include := func(i pageTime) { first, last = min(first, i), max(last, i) }
	for _, b := range h.builds {
		include(b.created)
		if b.job.ended {
			include(b.job.at)
		}
	}
	if n := len(h.statuses); n > 0 {
		include(h.statuses[0].at)
		include(h.statuses[n-1].at)
	}
	return first, last
}
