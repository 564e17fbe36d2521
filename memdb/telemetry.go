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

// telemetry holds the sums of a task's timeline. The first reader that needs the sums
// computes them. What comes at the end of the timeline updates the sums: see
// telemetry_update.go. Any other change of the timeline drops them.
type telemetry struct {
	owner cow.Owner
	phase atomic.Int32
	sums
}

// The phases of telemetry.
const (
	uncomputed = iota
	computing  // a reader is computing the sums
	computed
)

// sums are the telemetry of a task.
type sums struct {
	timeline timeline
	// working is the time of the last working status, lastWorking that of the last one that
	// is not later than the stop build. first is the time of the app's first status after the
	// resume.
	working, lastWorking, first pgTime
	// The other times, reasons and the number belong to the workspace's latest stop and
	// start builds.
	stopAt, startAt         pgTime
	startNumber             int32
	stopReason, startReason code
	// app is the app of the latest binding.
	workspaceID, app uuid.NullUUID
}

// observe updates the times of statuses for a status. The statuses of one app must be
// observed in order.
func (s *sums) observe(e timelineEntry, ofApp bool) {
	if e.working {
		s.working = max(s.working, e.at)
		if s.stopAt == never || e.at <= s.stopAt {
			s.lastWorking = max(s.lastWorking, e.at)
		}
	}
	if ofApp && e.at > s.startAt && s.startAt > s.stopAt && s.first == never {
		s.first = e.at
	}
}

// sumsOf returns the sums of a task. It computes them if necessary.
func sumsOf(st *state, slot uint32, t *telemetry, scratch *[]timelineEntry) *sums {
	switch {
	case t.phase.Load() == computed:
		return &t.sums
	case t.phase.CompareAndSwap(uncomputed, computing):
		t.sums = sumTimeline(st, slot, scratch)
		t.phase.Store(computed)
		return &t.sums
	}
	s := sumTimeline(st, slot, scratch) // another reader is storing them
	return &s
}

// sumTimeline computes the sums of a task's timeline.
func sumTimeline(st *state, slot uint32, scratch *[]timelineEntry) sums {
	task := st.Tables.tasks.Row(slot)
	s := sums{
		workspaceID: task.workspace(), app: task.appID,
		stopAt: never, startAt: never, working: never, lastWorking: never, first: never,
	}
	s.setBuilds(st.Tables.latestBuilds.Get(task.workspaceSlot))
	entries := (*scratch)[:0]
	builds := st.Tables.builds.ofWorkspace.Get(task.workspaceSlot)
	for n := range builds.Backward() {
		if n.Number <= 1 {
			break
		}
		entries = append(entries, timelineEntry{at: st.Tables.builds.Row(n.Slot).createdAt})
	}
	bindings := st.Tables.bindings.ofTask.Get(slot)
	app := rel.NoSlot // the app of the latest binding
	if last, ok := bindings.Last(); ok {
		app = st.Tables.bindings.Row(last.Slot).app
	}
	for n := range bindings.All() {
		b := st.Tables.bindings.Row(n.Slot)
		list := st.Tables.statuses.ofApp.Get(b.app) // empty if the binding has no app
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

// setBuilds sets what belongs to the latest stop and start builds.
func (s *sums) setBuilds(latest latestBuilds) {
	if stop := latest.stop; stop != nil {
		s.stopAt, s.stopReason = stop.createdAt, stop.reason
	}
	if start := latest.start; start != nil {
		s.startAt, s.startReason, s.startNumber = start.createdAt, start.reason, start.number
	}
}

// GetTelemetryTaskEvents implements [tasktwin.Querier].
func (q queries) GetTelemetryTaskEvents(
	ctx context.Context, arg tasktwin.GetTelemetryTaskEventsParams,
) ([]tasktwin.GetTelemetryTaskEventsRow, error) {
	argErr := firstError(timestamp(&arg.CreatedAfter), timestamp(&arg.Now))
	return read(ctx, q, argErr, func(st *state) ([]tasktwin.GetTelemetryTaskEventsRow, error) {
		noteTelemetry(st, pgTimeOf(arg.CreatedAfter))
		return taskEvents(st, pgTimeOf(arg.CreatedAfter), pgTimeOf(arg.Now)), nil
	})
}

func taskEvents(st *state, createdAfter, now pgTime) []tasktwin.GetTelemetryTaskEventsRow {
	recent := sortedByID(recentTasks(st, createdAfter))
	rows := make([]tasktwin.GetTelemetryTaskEventsRow, len(recent))
	if len(recent) < 2*tasksPerWorker { // which saves the allocation of a closure
		fillEvents(st, recent, rows, now)
		return rows
	}
	inParallel(len(recent), tasksPerWorker, func(from, to int) { fillEvents(st, recent[from:to], rows[from:to], now) })
	return rows
}

// tasksPerWorker is how many tasks are worth a goroutine of their own: about half a
// millisecond.
const tasksPerWorker = 5000

// recentTasks returns the tasks with a build after a time.
func recentTasks(st *state, createdAfter pgTime) []listEntry {
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
	return recent
}

// fillEvents fills the rows of tasks.
func fillEvents(st *state, recent []listEntry, rows []tasktwin.GetTelemetryTaskEventsRow, now pgTime) {
	var scratch []timelineEntry
	var found [prefetchBatch]*telemetry
	var known [prefetchBatch]sums
	for chunk := range slices.Chunk(recent, len(known)) {
		for i, l := range chunk {
			found[i] = st.Tables.telemetry.Get(l.slot)
		}
		for i, l := range chunk {
			known[i] = *sumsOf(st, l.slot, found[i], &scratch)
		}
		for i, l := range chunk {
			row := &rows[i]
			row.TaskID = l.id.id()
			known[i].fill(row, now)
		}
		rows = rows[len(chunk):]
	}
}

// prefetchBatch is the number of tasks that are loaded in one loop, and of statuses whose
// places in the index are. They are spread over memory. In a loop that does nothing else, the
// processor overlaps the cache misses.
const prefetchBatch = 32

// fill fills a row of the query, except for the task's id.
func (s *sums) fill(row *tasktwin.GetTelemetryTaskEventsRow, now pgTime) {
	row.WorkspaceID, row.WorkspaceAppID = s.workspaceID, s.app
	end := now
	if s.stopAt > s.startAt {
		end = s.stopAt
	}
	row.StopBuildCreatedAt, row.StopBuildReason = s.stopAt.nullTime(), valueOf(s.stopReason, buildReasons)
	row.StartBuildCreatedAt, row.StartBuildReason = s.startAt.nullTime(), valueOf(s.startReason, buildReasons)
	row.StartBuildNumber = sql.NullInt32{Int32: s.startNumber, Valid: s.startAt != never}
	row.LastWorkingStatusAt, row.FirstStatusAfterResumeAt = s.lastWorking.nullTime(), s.first.nullTime()
	row.ActiveDurationMS = s.timeline.active(end)
}

// sortedByID distributes ids to radixBuckets buckets by their highest bits.
const radixBuckets, radixShift = 1 << 11, 64 - 11

// sortedByID returns the entries ordered by id. Many entries are first distributed to
// buckets. Most ids are random, so each bucket gets a few.
func sortedByID(entries []listEntry) []listEntry {
	byID := func(a, b listEntry) int { return a.id.compare(b.id) }
	if len(entries) < radixBuckets {
		slices.SortFunc(entries, byID)
		return entries
	}
	var ends [radixBuckets + 1]int
	for i := range entries {
		ends[entries[i].id.high>>radixShift+1]++
	}
	for d := range radixBuckets {
		ends[d+1] += ends[d]
	}
	// ends[d] is now the start of bucket d. Filling the bucket moves it to the end.
	sorted := make([]listEntry, len(entries))
	for i := range entries {
		d := entries[i].id.high >> radixShift
		sorted[ends[d]] = entries[i]
		ends[d]++
	}
	from := 0
	for _, end := range ends[:radixBuckets] {
		slices.SortFunc(sorted[from:end], byID)
		from = end
	}
	return sorted
}
