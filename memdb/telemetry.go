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
	known atomic.Int32
	sums
}

// What telemetry.known says of the sums.
const (
	unasked = iota
	asked   // somebody is finding them out
	answered
)

// sums are what telemetry says of a task.
type sums struct {
	timeline timeline
	// lastWorking and first are the last working entry that is not later than the
	// stop build, and the first status of the app after the resume.
	lastWorking, first instant
	// stopAt and startAt are of the workspace's latest builds.
	stopAt, startAt         instant
	startNumber             int32
	stopReason, startReason code
	// app is that of the latest binding.
	workspaceID, app uuid.NullUUID
}

// forgetTelemetry is for changes of a timeline that are more than one more entry
// at its end.
func (st *state) forgetTelemetry(slot uint32) {
	if t := st.telemetry.Get(slot); t != nil && t.owner == st.own {
		t.known.Store(unasked)
		return
	}
	st.telemetry.Set(st.own, slot, &telemetry{owner: st.own})
}

// statusAdded takes account of a new status of an app that the task is bound to.
func (st *state) statusAdded(slot uint32, s *stat, app uuid.UUID) {
	t, e := st.telemetry.Get(slot), s.entry()
	if t.known.Load() != answered || !t.timeline.endsBefore(e) {
		st.forgetTelemetry(slot)
		return
	}
	if t.owner != st.own {
		t = &telemetry{owner: st.own, sums: t.sums}
		t.known.Store(answered)
		st.telemetry.Set(st.own, slot, t)
	}
	t.timeline.add(e)
	t.observe(e, t.app == to(app))
}

// observe takes account of a status outside the sum. Those of one app come in
// their order.
func (s *sums) observe(e timelineEntry, ofApp bool) {
	if e.working && (s.stopAt == never || e.at <= s.stopAt) {
		s.lastWorking = max(s.lastWorking, e.at)
	}
	if ofApp && e.at > s.startAt && s.startAt > s.stopAt && s.first == never {
		s.first = e.at
	}
}

// sumsOf returns the sums of a task, which it finds out if they are not known.
func (st *state) sumsOf(slot uint32, t *telemetry, scratch *[]timelineEntry) *sums {
	switch {
	case t.known.Load() == answered:
		return &t.sums
	case t.known.CompareAndSwap(unasked, asked):
		t.sums = st.sum(slot, scratch)
		t.known.Store(answered)
		return &t.sums
	}
	s := st.sum(slot, scratch) // another reader is at it
	return &s
}

// sum goes through a task's timeline.
func (st *state) sum(slot uint32, scratch *[]timelineEntry) sums {
	task := st.tasks.rows.Get(slot)
	s := sums{workspaceID: task.workspace(), app: task.appID, stopAt: never, startAt: never, lastWorking: never, first: never}
	latest := st.latestBuilds.Get(task.workspaceSlot)
	if stop := latest.stop; stop != nil {
		s.stopAt, s.stopReason = stop.createdAt, stop.reason
	}
	if start := latest.start; start != nil {
		s.startAt, s.startReason, s.startNumber = start.createdAt, start.reason, start.number
	}
	entries := (*scratch)[:0]
	builds := st.buildsOf.Get(task.workspaceSlot)
	for n := range builds.Backward() {
		if n.number <= 1 {
			break
		}
		entries = append(entries, timelineEntry{at: st.builds.rows.Get(n.slot).createdAt})
	}
	bindings := st.bindingsOf.Get(slot)
	app := noSlot // of the latest binding
	if last, ok := bindings.Last(); ok {
		app = st.bindings.rows.Get(last.slot).app
	}
	for n := range bindings.All() {
		b := st.bindings.rows.Get(n.slot)
		statuses := st.statuses.byApp.Get(b.app) // of no app there are none
		for n := range statuses.All() {
			_, status := st.statuses.at(n)
			e := status.entry()
			entries = append(entries, e)
			s.observe(e, b.app == app)
		}
	}
	slices.SortFunc(entries, timelineEntry.compare)
	for _, e := range entries {
		s.timeline.add(e)
	}
	*scratch = entries
	return s
}

func (q queries) GetTelemetryTaskEvents(ctx context.Context, arg tasktwin.GetTelemetryTaskEventsParams) ([]tasktwin.GetTelemetryTaskEventsRow, error) {
	parsed := firstError(timestamp(&arg.CreatedAfter), timestamp(&arg.Now))
	return read(ctx, q, parsed, func(st *state) ([]tasktwin.GetTelemetryTaskEventsRow, error) {
		return st.taskEvents(at(arg.CreatedAfter), at(arg.Now)), nil
	})
}

func (st *state) taskEvents(createdAfter, now instant) []tasktwin.GetTelemetryTaskEventsRow {
	n := 0
	for l := range st.tasksByBuild.Backward() {
		if l.at <= createdAfter {
			break
		}
		n++
	}
	recent := make([]listed, 0, n)
	for l := range st.tasksByBuild.Backward() {
		if len(recent) == n {
			break
		}
		recent = append(recent, l)
	}
	recent = sortedByID(recent)
	rows := make([]tasktwin.GetTelemetryTaskEventsRow, len(recent))
	var scratch []timelineEntry
	var found [together]*telemetry
	var known [together]sums
	left := rows
	for some := range slices.Chunk(recent, len(known)) {
		for i, l := range some {
			found[i] = st.telemetry.Get(l.slot)
		}
		for i, l := range some {
			known[i] = *st.sumsOf(l.slot, found[i], &scratch)
		}
		for i, l := range some {
			row := &left[i]
			row.TaskID = l.id.id()
			known[i].fill(row, now)
		}
		left = left[len(some):]
	}
	return rows
}

// together is how many tasks' sums are looked for at a time. They lie all over the
// memory, and a processor waits for several at once where nothing else comes in
// between.
const together = 32

// fill makes a row of the query, but for the task's id.
func (s *sums) fill(row *tasktwin.GetTelemetryTaskEventsRow, now instant) {
	row.WorkspaceID, row.WorkspaceAppID = s.workspaceID, s.app
	end := now
	if s.stopAt > s.startAt {
		end = s.stopAt
	}
	row.StopBuildCreatedAt, row.StopBuildReason = s.stopAt.null(), valueOf(s.stopReason, buildReasons)
	row.StartBuildCreatedAt, row.StartBuildReason = s.startAt.null(), valueOf(s.startReason, buildReasons)
	row.StartBuildNumber = sql.NullInt32{Int32: s.startNumber, Valid: s.startAt != never}
	row.LastWorkingStatusAt, row.FirstStatusAfterResumeAt = s.lastWorking.null(), s.first.null()
	row.ActiveDurationMS = s.timeline.active(end)
}

// digits is how many buckets sortedByID has, by the highest bits of an id.
const digits, digitShift = 1 << 11, 64 - 11

// sortedByID returns the entries by id. Most ids are random: of many, each
// bucket gets a few.
func sortedByID(entries []listed) []listed {
	byID := func(a, b listed) int { return a.id.compare(b.id) }
	if len(entries) < digits {
		slices.SortFunc(entries, byID)
		return entries
	}
	var ends [digits + 1]int
	for i := range entries {
		ends[entries[i].id.high>>digitShift+1]++
	}
	for d := range digits {
		ends[d+1] += ends[d]
	}
	// What begins as each bucket's beginning ends as its end.
	sorted := make([]listed, len(entries))
	for i := range entries {
		d := entries[i].id.high >> digitShift
		sorted[ends[d]] = entries[i]
		ends[d]++
	}
	from := 0
	for _, end := range ends[:digits] {
		slices.SortFunc(sorted[from:end], byID)
		from = end
	}
	return sorted
}
