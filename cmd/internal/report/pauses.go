package report

import "github.com/tasktwin/tasktwin"

// pause is the time between a stop build and the next start or delete build.
type pause struct {
	from, to pageTime
	reason   string
	// over says that a build ended the pause; resumed says that it was a start
	// build.
	over, resumed bool
	// idle is the time from the latest working status to the pause, in microseconds,
	// or 0 if there is none.
	idle int64
}

// pauses derives the pauses of a task until now, in chronological order.
func (h *history) pauses(now pageTime) []pause {
	var out []pause
	open := false
	for i := range h.builds {
		b := &h.builds[i]
		if b.created > now {
			break
		}
		stop := b.transition == tasktwin.WorkspaceTransitionStop
		if open && !stop {
			p := &out[len(out)-1]
			p.to, p.over = b.created, true
			p.resumed = b.transition == tasktwin.WorkspaceTransitionStart
		} else if !open && stop {
			out = append(out, pause{from: b.created, to: now, reason: string(b.reason), idle: h.idleBefore(b.created)})
		}
		open = stop
	}
	return out
}

func (h *history) idleBefore(stop pageTime) int64 {
	for i := len(h.statuses) - 1; i >= 0; i-- {
		if s := &h.statuses[i]; s.state == tasktwin.WorkspaceAppStatusStateWorking && s.at <= stop {
			return int64(stop - s.at)
		}
	}
	return 0
}
