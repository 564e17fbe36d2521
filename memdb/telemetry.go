package memdb

import (
	"context"
	"database/sql"
	"slices"
	"sync/atomic"

	"github.com/google/uuid"

	"github.com/tasktwin/tasktwin"
	"github.com/tasktwin/tasktwin/memdb/internal/cow"
	"github.com/tasktwin/tasktwin/memdb/internal/rel"
)

// telemetry holds the sums of a task's timeline, which the first reader that needs
// them computes. A change of the timeline replaces it: by one with the new sums if
// they follow from the old ones, else by one without.
type telemetry struct {
	owner cow.Owner
	known atomic.Int32
	sums
}

// What telemetry.known says of the sums.
const (
	uncomputed = iota
	computing  // a reader computes them
	computed
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
func forgetTelemetry(st *state, slot uint32) {
	if t := st.Tables.telemetry.Get(slot); t != nil && t.owner == st.Owner() {
		t.known.Store(uncomputed)
		return
	}
	st.Tables.telemetry.Set(st.Owner(), slot, &telemetry{owner: st.Owner()})
}

// statusAdded takes account of a new status of an app that the task is bound to.
func statusAdded(st *state, slot uint32, s *statusRecord, app uint32) {
	t, e := st.Tables.telemetry.Get(slot), s.entry()
	if t.known.Load() != computed || !t.timeline.endsBefore(e) {
		forgetTelemetry(st, slot)
		return
	}
	if t.owner != st.Owner() {
		t = &telemetry{owner: st.Owner(), sums: t.sums}
		t.known.Store(computed)
		st.Tables.telemetry.Set(st.Owner(), slot, t)
	}
	t.timeline.add(e)
	t.observe(e, t.first == never && t.app == nullUUID(st.Tables.apps.Row(app).id))
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

// sumsOf returns the sums of a task, and computes them if they are not known.
func sumsOf(st *state, slot uint32, t *telemetry, scratch *[]timelineEntry) *sums {
	switch {
	case t.known.Load() == computed:
		return &t.sums
	case t.known.CompareAndSwap(uncomputed, computing):
		t.sums = sumTimeline(st, slot, scratch)
		t.known.Store(computed)
		return &t.sums
	}
	s := sumTimeline(st, slot, scratch) // another reader computes them, too
	return &s
}

// sumTimeline computes the sums of a task's timeline.
func sumTimeline(st *state, slot uint32, scratch *[]timelineEntry) sums {
	task := st.Tables.tasks.Row(slot)
	s := sums{workspaceID: task.workspace(), app: task.appID, stopAt: never, startAt: never, lastWorking: never, first: never}
	latest := st.Tables.latestBuilds.Get(task.workspaceSlot)
	if stop := latest.stop; stop != nil {
		s.stopAt, s.stopReason = stop.createdAt, stop.reason
	}
	if start := latest.start; start != nil {
		s.startAt, s.startReason, s.startNumber = start.createdAt, start.reason, start.number
	}
	entries := (*scratch)[:0]
	builds := st.Tables.builds.ofWorkspace.Get(task.workspaceSlot)
	for n := range builds.Backward() {
		if n.Number <= 1 {
			break
		}
		entries = append(entries, timelineEntry{at: st.Tables.builds.Row(n.Slot).createdAt})
	}
	bindings := st.Tables.bindings.ofTask.Get(slot)
	app := rel.NoSlot // of the latest binding
	if last, ok := bindings.Last(); ok {
		app = st.Tables.bindings.Row(last.Slot).app
	}
	for n := range bindings.All() {
		b := st.Tables.bindings.Row(n.Slot)
		list := st.Tables.statuses.ofApp.Get(b.app) // of no app there are none
		for n := range list.All() {
			_, status := st.Tables.statuses.at(n)
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

// GetTelemetryTaskEvents implements [tasktwin.Querier].
func (q queries) GetTelemetryTaskEvents(ctx context.Context, arg tasktwin.GetTelemetryTaskEventsParams) ([]tasktwin.GetTelemetryTaskEventsRow, error) {
	parsed := firstError(timestamp(&arg.CreatedAfter), timestamp(&arg.Now))
	return read(ctx, q, parsed, func(st *state) ([]tasktwin.GetTelemetryTaskEventsRow, error) {
		return taskEvents(st, at(arg.CreatedAfter), at(arg.Now)), nil
	})
}

func taskEvents(st *state, createdAfter, now instant) []tasktwin.GetTelemetryTaskEventsRow {
	n := 0
	for l := range st.Tables.taskLists.byBuild.Backward() {
		if l.at <= createdAfter {
			break
		}
		n++
	}
	recent := make([]listEntry, 0, n)
	for l := range st.Tables.taskLists.byBuild.Backward() {
		if len(recent) == n {
			break
		}
		recent = append(recent, l)
	}
	recent = sortedByID(recent)
	rows := make([]tasktwin.GetTelemetryTaskEventsRow, len(recent))
	var scratch []timelineEntry
	var found [prefetchBatch]*telemetry
	var known [prefetchBatch]sums
	left := rows
	for some := range slices.Chunk(recent, len(known)) {
		for i, l := range some {
			found[i] = st.Tables.telemetry.Get(l.slot)
		}
		for i, l := range some {
			known[i] = *sumsOf(st, l.slot, found[i], &scratch)
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

// prefetchBatch is how many tasks' sums are loaded at a time. They are spread over
// the memory, and a processor waits for several loads at once if nothing else comes
// between them.
const prefetchBatch = 32

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
func sortedByID(entries []listEntry) []listEntry {
	byID := func(a, b listEntry) int { return a.id.compare(b.id) }
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
	sorted := make([]listEntry, len(entries))
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
