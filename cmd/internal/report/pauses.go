package report

import "github.com/tasktwin/tasktwin"

// pause is the time between a stop build and the next start or delete build.
type pause struct {
	from, to pageTime
	reason   string
	// over says that a build or the task's deletion ended the pause; resumed says that it
	// was a start build.
	over, resumed bool
	// idle is the time from the latest working status to the pause, in microseconds,
	// or 0 if there is none.
	idle int64
}

// pauses derives the pauses of a task until now, in chronological order. As in the
// telemetry, a stop build that failed does not begin a pause if it was retried, and a
// start build that failed does not end one.
func (h *history) pauses(now pageTime) []pause {
	var out []pause
	open := false
	resumedBy := -1 // the build that ended the latest pause
	for i := range h.builds {
		b := &h.builds[i]
		if b.created > now {
			break
		}
		stop := b.transition == tasktwin.WorkspaceTransitionStop
		start := b.transition == tasktwin.WorkspaceTransitionStart
		retried := i > 0 && h.builds[i-1].job.failed && h.builds[i-1].transition == b.transition
		switch {
		case stop && !open:
			out = append(out, h.pause(b, now))
		case stop && retried:
			out[len(out)-1] = h.pause(b, now)
		case !stop && open, start && retried && resumedBy == i-1:
			p := &out[len(out)-1]
			p.to, p.over, p.resumed = b.created, true, start
			if start {
				resumedBy = i
			}
		}
		open = stop
	}
	return out
}

// pause returns the pause that begins with a stop build.
func (h *history) pause(b *build, now pageTime) pause {
	return pause{from: b.created, to: now, reason: string(b.reason), idle: h.idleBefore(b.created)}
}

func (h *history) idleBefore(stop pageTime) int64 {
	for i := len(h.statuses) - 1; i >= 0; i-- {
		if s := &h.statuses[i]; s.state == tasktwin.WorkspaceAppStatusStateWorking && s.at <= stop {
			return int64(stop - s.at)
		}
	}
	return 0
}
