package memdb

import (
	"context"
	"database/sql"
	"slices"
	"sync/atomic"

	"github.com/google/uuid"

	"github.com/tasktwin/tasktwin"
	"github.com/tasktwin/tasktwin/internal/cow"
)

// telemetry holds the sums of a task's timeline from when somebody first asks for
// them. What changes the timeline puts another in its place, which has the new
// sums where these follow from the old ones, and none otherwise.
type telemetry struct {
	owner cow.Owner
	sums  atomic.Pointer[sums]
}

// sums are what telemetry says of a task besides its builds.
type sums struct {
	owner cow.Owner
	// builds are the workspace's, and app that of the latest binding.
	builds latestBuilds
	app    uuid.NullUUID
	// lastWorking and first are the last working entry that is not later than the
	// stop build, and the first status of the app after the resume.
	lastWorking, first instant
	timeline           timeline
}

// forgetTelemetry is for changes of a timeline that are more than one more entry
// at its end.
func (st *state) forgetTelemetry(slot uint32) {
	if t := st.telemetry.Get(slot); t != nil && t.owner == st.own {
		t.sums.Store(nil)
		return
	}
	st.telemetry.Set(st.own, slot, &telemetry{owner: st.own})
}

// statusAdded takes account of a new status of an app that the task is bound to.
func (st *state) statusAdded(slot uint32, task *taskRow, s *stat, app uuid.UUID) {
	t := st.telemetry.Get(slot)
	var next *sums
	if known := t.sums.Load(); known != nil && known.timeline.endsBefore(s.createdAt, stateRank(s.state)) {
		next = known
		if known.owner != st.own {
			next = new(sums)
			*next = *known
			next.owner = st.own
		}
		next.add(s.createdAt, s.state, next.app.Valid && next.app.UUID == app)
	}
	if t.owner != st.own {
		t = &telemetry{owner: st.own}
		st.telemetry.Set(st.own, slot, t)
	}
	t.sums.Store(next)
}

// add takes account of a status, of the app or of an earlier one.
func (s *sums) add(at instant, state code, ofApp bool) {
	s.timeline.add(at, stateRank(state))
	s.observe(at, state, ofApp)
}

func (s *sums) observe(at instant, state code, ofApp bool) {
	stop, start := s.builds.stop, s.builds.start
	if appStates[state-1] == tasktwin.WorkspaceAppStatusStateWorking && (stop == nil || at <= stop.createdAt) {
		s.lastWorking = max(s.lastWorking, at)
	}
	if ofApp && start != nil && at > start.createdAt && (stop == nil || start.createdAt > stop.createdAt) &&
		(s.first == never || at < s.first) {
		s.first = at
	}
}

// sumsOf returns the sums of a task, which it finds out if they are not known.
func (st *state) sumsOf(slot uint32, task *taskRow, scratch *[]timelineEntry) *sums {
	t := st.telemetry.Get(slot)
	if s := t.sums.Load(); s != nil {
		return s
	}
	s := &sums{builds: st.latestBuilds.Get(task.workspaceSlot), lastWorking: never, first: never}
	if task.last != nil {
		s.app = task.last.WorkspaceAppID
	}
	entries := (*scratch)[:0]
	builds := st.buildsOf.Get(task.workspaceSlot)
	for n := range builds.Backward() {
		if n.number <= 1 {
			break
		}
		entries = append(entries, timelineEntry{st.builds.rows.Get(n.slot).createdAt, rankBoundary})
	}
	bindings := st.bindingsOf.Get(slot)
	for n := range bindings.All() {
		b := st.bindings.rows.Get(n.slot)
		if !b.WorkspaceAppID.Valid {
			continue
		}
		app, _ := appsTable.find(st, b.WorkspaceAppID.UUID)
		statuses := st.statuses.byApp.Get(app)
		for n := range statuses.All() {
			_, status := st.statuses.at(n)
			entries = append(entries, timelineEntry{status.createdAt, stateRank(status.state)})
			s.observe(status.createdAt, status.state, b.WorkspaceAppID == s.app)
		}
	}
	slices.SortFunc(entries, timelineEntry.compare)
	for _, e := range entries {
		s.timeline.add(e.at, e.rank)
	}
	*scratch = entries
	// Another reader may have been faster. Both found the same.
	t.sums.Store(s)
	return s
}

func (q queries) GetTelemetryTaskEvents(ctx context.Context, arg tasktwin.GetTelemetryTaskEventsParams) ([]tasktwin.GetTelemetryTaskEventsRow, error) {
	parsed := firstError(timestamp(&arg.CreatedAfter), timestamp(&arg.Now))
	return read(ctx, q, parsed, func(st *state) ([]tasktwin.GetTelemetryTaskEventsRow, error) {
		return st.taskEvents(at(arg.CreatedAfter), at(arg.Now)), nil
	})
}

func (st *state) taskEvents(createdAfter, now instant) []tasktwin.GetTelemetryTaskEventsRow {
	var recent []listed
	for l := range st.tasksByBuild.Backward() {
		if l.at <= createdAfter {
			break
		}
		recent = append(recent, l)
	}
	slices.SortFunc(recent, func(a, b listed) int { return a.id.compare(b.id) })
	rows := make([]tasktwin.GetTelemetryTaskEventsRow, len(recent))
	var scratch []timelineEntry
	for i, l := range recent {
		task := st.tasks.rows.Get(l.slot)
		st.sumsOf(l.slot, task, &scratch).fill(&rows[i], task, now)
	}
	return rows
}

// fill makes a row of the query.
func (s *sums) fill(row *tasktwin.GetTelemetryTaskEventsRow, task *taskRow, now instant) {
	row.TaskID, row.WorkspaceID, row.WorkspaceAppID = task.task.ID, task.task.WorkspaceID, s.app
	stop, start, end := s.builds.stop, s.builds.start, now
	if stop != nil {
		row.StopBuildCreatedAt, row.StopBuildReason = stop.createdAt.null(), valueOf(stop.reason, buildReasons)
		if start == nil || stop.createdAt > start.createdAt {
			end = stop.createdAt
		}
	}
	if start != nil {
		row.StartBuildCreatedAt, row.StartBuildReason = start.createdAt.null(), valueOf(start.reason, buildReasons)
		row.StartBuildNumber = sql.NullInt32{Int32: start.number, Valid: true}
	}
	row.LastWorkingStatusAt, row.FirstStatusAfterResumeAt = s.lastWorking.null(), s.first.null()
	row.ActiveDurationMs = s.timeline.active(end)
}
