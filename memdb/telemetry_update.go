package memdb

import "github.com/tasktwin/tasktwin/memdb/internal/rel"

// startTelemetry gives a task that was stored sums to compute, if it is live. Others have none.
func startTelemetry(st *state, slot uint32, r *taskRow) {
	switch t := st.Tables.telemetry.Get(slot); {
	case r.live() && t == nil:
		st.Tables.telemetry.Set(st.Owner(), slot, &telemetry{owner: st.Owner()})
	case r.live():
		forgetTelemetry(st, slot)
	case t != nil:
		st.Tables.telemetry.Set(st.Owner(), slot, nil)
	}
}

// forgetTelemetry drops the sums of a task.
func forgetTelemetry(st *state, slot uint32) {
	updateTelemetry(st, slot, func(*sums) bool { return false })
}

// updateTelemetry updates the sums of a task. It drops them if update returns false, and if
// nobody has computed them.
func updateTelemetry(st *state, slot uint32, update func(*sums) bool) {
	t := st.Tables.telemetry.Get(slot)
	if t == nil {
		return // the task is not live
	}
	known := t.phase.Load() == computed
	if t.owner != st.Owner() {
		shared := t
		t = &telemetry{owner: st.Owner()}
		if known {
			t.sums = shared.sums
			t.phase.Store(computed)
		}
		st.Tables.telemetry.Set(st.Owner(), slot, t)
	}
	if !known || !update(&t.sums) {
		t.phase.Store(uncomputed)
	}
}

// statusAdded updates the telemetry of a task after a new status of an app that the task is
// bound to.
func statusAdded(st *state, slot uint32, r *statusRecord, app uint32) {
	updateTelemetry(st, slot, func(s *sums) bool {
		e := r.entry()
		if !s.timeline.endsBefore(e) {
			return false
		}
		s.timeline.add(e)
		s.observe(e, s.first == never && s.app == nullUUID(st.Tables.apps.Parent(app).id))
		return true
	})
}

// buildAdded updates the telemetry of a task after a new build of its workspace. latest are
// the workspace's latest builds.
func buildAdded(st *state, slot uint32, b *buildRow, latest latestBuilds) {
	updateTelemetry(st, slot, func(s *sums) bool {
		e := timelineEntry{at: b.createdAt}
		if b.number <= 1 || !s.timeline.endsBefore(e) {
			return false
		}
		s.timeline.add(e)
		s.setBuilds(latest)
		// No status is later than this build.
		if latest.stop == b {
			s.lastWorking = s.working
		}
		if latest.start == b || s.startAt <= s.stopAt {
			s.first = never
			return true
		}
		return latest.stop != b
	})
}

// bindingAdded updates the telemetry of a task after a new binding, or one that has replaced
// old.
func bindingAdded(st *state, r, old *bindingRow) {
	updateTelemetry(st, r.task, func(s *sums) bool {
		all := st.Tables.bindings.ofTask.Get(r.task)
		last, _ := all.Last()
		if last.Number != r.number || old != nil && old.app != rel.NoSlot {
			return false
		}
		app := st.Tables.tasks.Row(r.task).appID
		if app == s.app { // its statuses are in the sums
			return true
		}
		s.app, s.first = app, never
		list := st.Tables.statuses.ofApp.Get(r.app) // empty if the binding has no app
		return list.Len() == 0
	})
}
