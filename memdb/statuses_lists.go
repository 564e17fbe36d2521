package memdb

import (
	"context"
	"slices"

	"github.com/google/uuid"

	"github.com/tasktwin/tasktwin"
	"github.com/tasktwin/tasktwin/memdb/internal/cow"
	"github.com/tasktwin/tasktwin/memdb/internal/rel"
)

// statusesIn returns an app's statuses ordered by (created_at, id), for a statement that
// reads them. They are empty if the app does not exist.
func statusesIn(st *state, appID uuid.UUID) (list cow.Tree[uint32]) {
	noteListOf(st, &statuses, fkStatusApp, appID)
	if slot, a := apps.find(st, appID); a != nil {
		list = st.Tables.statuses.ofApp.Get(slot)
	}
	return list
}

// ListWorkspaceAppStatusesByAppID implements [tasktwin.Querier].
func (q queries) ListWorkspaceAppStatusesByAppID(ctx context.Context, appID uuid.UUID) ([]tasktwin.WorkspaceAppStatus, error) {
	return read(ctx, q, nil, func(st *state) ([]tasktwin.WorkspaceAppStatus, error) {
		list := statusesIn(st, appID)
		rows := make([]tasktwin.WorkspaceAppStatus, 0, list.Len())
		for n := range list.All() {
			statuses.Read(st, n)
			rows = append(rows, copyStatus(st, n))
		}
		return rows, nil
	})
}

// GetLatestWorkspaceAppStatusByAppID implements [tasktwin.Querier].
func (q queries) GetLatestWorkspaceAppStatusByAppID(ctx context.Context, appID uuid.UUID) (tasktwin.WorkspaceAppStatus, error) {
	return read(ctx, q, nil, func(st *state) (tasktwin.WorkspaceAppStatus, error) {
		list := statusesIn(st, appID)
		last, ok := list.Last()
		if !ok {
			return tasktwin.WorkspaceAppStatus{}, rel.ErrNoRows
		}
		statuses.Read(st, last)
		return copyStatus(st, last), nil
	})
}

// GetWorkspaceAppStatusesByAppIDs implements [tasktwin.Querier].
func (q queries) GetWorkspaceAppStatusesByAppIDs(ctx context.Context, ids []uuid.UUID) ([]tasktwin.WorkspaceAppStatus, error) {
	return read(ctx, q, nil, func(st *state) ([]tasktwin.WorkspaceAppStatus, error) {
		var numbers []uint32
		for _, id := range distinct(ids) {
			list := statusesIn(st, id)
			numbers = slices.AppendSeq(numbers, list.Backward())
		}
		// The rows of one app are in order already, which makes their sort cheap.
		slices.SortFunc(numbers, func(a, b uint32) int { return st.Tables.statuses.compare(b, a) })
		return statusRows(st, numbers), nil
	})
}

// GetLatestWorkspaceAppStatusesByWorkspaceIDs implements [tasktwin.Querier].
func (q queries) GetLatestWorkspaceAppStatusesByWorkspaceIDs(
	ctx context.Context, ids []uuid.UUID,
) ([]tasktwin.WorkspaceAppStatus, error) {
	return read(ctx, q, nil, func(st *state) ([]tasktwin.WorkspaceAppStatus, error) {
		var numbers []uint32
		for _, id := range distinct(ids) {
			noteListOf(st, &statuses, fkStatusWorkspace, id)
			if slot, w := workspaces.find(st, id); w != nil {
				if latest := st.Tables.statuses.latestOfWorkspace.Get(slot); latest.number != 0 {
					numbers = append(numbers, latest.number-1)
				}
			}
		}
		return statusRows(st, numbers), nil
	})
}

// statusRows returns copies of rows that a statement reads, by their numbers.
func statusRows(st *state, numbers []uint32) []tasktwin.WorkspaceAppStatus {
	rows := make([]tasktwin.WorkspaceAppStatus, len(numbers))
	for i, n := range numbers {
		statuses.Read(st, n)
		rows[i] = copyStatus(st, n)
	}
	return rows
}
