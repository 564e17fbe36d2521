package memdb

import (
	"cmp"
	"context"
	"database/sql"
	"slices"
	"time"

	"github.com/google/uuid"

	"github.com/tasktwin/tasktwin"
)

func (q queries) GetTelemetryTaskEvents(ctx context.Context, arg tasktwin.GetTelemetryTaskEventsParams) ([]tasktwin.GetTelemetryTaskEventsRow, error) {
	res := []tasktwin.GetTelemetryTaskEventsRow{}
	err := q.x.read(ctx, func() error {
		return firstError(timestamp(&arg.CreatedAfter), timestamp(&arg.Now))
	}, func(st *state) error {
		var line timeline
		scanAll(st, tasks, primaryKey, func(t *task) bool {
			if !t.DeletedAt.Valid && t.WorkspaceID.Valid && st.hasBuildAfter(t.WorkspaceID.UUID, arg.CreatedAfter) {
				res = append(res, st.taskEvents(t, arg.Now, &line))
			}
			return true
		})
		return nil
	})
	if err != nil {
		return nil, err
	}
	return res, nil
}

func (st *state) hasBuildAfter(workspaceID uuid.UUID, after time.Time) (found bool) {
	scanBack(st, workspaceBuilds, buildsByTime, workspaceID, func(b *bld) bool {
		found = b.CreatedAt.After(after)
		return false
	})
	return found
}

func (st *state) taskEvents(t *task, now time.Time, line *timeline) tasktwin.GetTelemetryTaskEventsRow {
	row := tasktwin.GetTelemetryTaskEventsRow{TaskID: t.ID, WorkspaceID: t.WorkspaceID}
	last := st.lastBinding(t)
	if last != nil {
		row.WorkspaceAppID = last.WorkspaceAppID
	}
	line.reset()
	scanBack(st, workspaceBuilds, buildsByNumber, t.WorkspaceID.UUID, func(b *bld) bool {
		switch {
		case b.Transition == tasktwin.WorkspaceTransitionStop && !row.StopBuildCreatedAt.Valid:
			row.StopBuildCreatedAt, row.StopBuildReason = nullTime(b.CreatedAt), some(b.Reason)
		case b.Transition == tasktwin.WorkspaceTransitionStart && !row.StartBuildCreatedAt.Valid:
			row.StartBuildCreatedAt, row.StartBuildReason = nullTime(b.CreatedAt), some(b.Reason)
			row.StartBuildNumber = sql.NullInt32{Int32: b.BuildNumber, Valid: true}
		}
		if b.BuildNumber > 1 {
			line.add(b.CreatedAt, rankBoundary)
		}
		return true
	})
	stop, start := row.StopBuildCreatedAt, row.StartBuildCreatedAt
	scan(st, taskWorkspaceApps, primaryKey, t.ID, func(b *bind) bool {
		if !b.WorkspaceAppID.Valid {
			return true
		}
		scan(st, workspaceAppStatuses, statusesByApp, b.WorkspaceAppID.UUID, func(s *stat) bool {
			line.add(s.CreatedAt, stateRank(s.State))
			if s.State == tasktwin.WorkspaceAppStatusStateWorking &&
				(!stop.Valid || !s.CreatedAt.After(stop.Time)) &&
				(!row.LastWorkingStatusAt.Valid || s.CreatedAt.After(row.LastWorkingStatusAt.Time)) {
				row.LastWorkingStatusAt = nullTime(s.CreatedAt)
			}
			return true
		})
		return true
	})
	if row.WorkspaceAppID.Valid && start.Valid && (!stop.Valid || start.Time.After(stop.Time)) {
		from := key{a: row.WorkspaceAppID.UUID, n: micros(start.Time) + 1}
		scanFrom(st, workspaceAppStatuses, statusesByApp, from, func(s *stat) bool {
			row.FirstStatusAfterResumeAt = nullTime(s.CreatedAt)
			return false
		})
	}
	end := now
	if stop.Valid && (!start.Valid || stop.Time.After(start.Time)) {
		end = stop.Time
	}
	row.ActiveDurationMs = line.active(end)
	return row
}

func nullTime(t time.Time) sql.NullTime { return sql.NullTime{Time: t, Valid: true} }

// The order of a timeline's entries at one instant: statuses as in their enum,
// then boundaries.
const (
	rankWorking = iota
	rankComplete
	rankFailure
	rankIdle
	rankBoundary
)

func stateRank(s tasktwin.WorkspaceAppStatusState) int {
	switch s {
	case tasktwin.WorkspaceAppStatusStateWorking:
		return rankWorking
	case tasktwin.WorkspaceAppStatusStateComplete:
		return rankComplete
	case tasktwin.WorkspaceAppStatusStateFailure:
		return rankFailure
	default:
		return rankIdle
	}
}

type timelineEntry struct {
	at   int64
	rank int
}

// timeline is a task's, in microseconds. It is used for one task after another.
type timeline struct{ entries []timelineEntry }

func (l *timeline) reset() { l.entries = l.entries[:0] }

func (l *timeline) add(at time.Time, rank int) {
	l.entries = append(l.entries, timelineEntry{micros(at), rank})
}

// active sums the working entries, the last of which ends at end, in
// milliseconds, rounded once.
func (l *timeline) active(end time.Time) int64 {
	slices.SortFunc(l.entries, func(a, b timelineEntry) int {
		return cmp.Or(cmp.Compare(a.at, b.at), cmp.Compare(a.rank, b.rank))
	})
	// Whole milliseconds and the rest apart: the sum of many long intervals
	// fits, where the microseconds of one between the ends of time do not.
	var ms, us int64
	for i, e := range l.entries {
		if e.rank != rankWorking {
			continue
		}
		until := micros(end)
		if i+1 < len(l.entries) {
			until = l.entries[i+1].at
		}
		ms += until/1000 - e.at/1000
		us += until%1000 - e.at%1000
	}
	ms += us / 1000
	us %= 1000
	// Borrow, so that both have one sign and the half is that of the whole sum.
	if ms > 0 && us < 0 {
		ms, us = ms-1, us+1000
	} else if ms < 0 && us > 0 {
		ms, us = ms+1, us-1000
	}
	switch {
	case us >= 500:
		ms++
	case us <= -500:
		ms--
	}
	return ms
}
