package memdb

import (
	"context"
	"database/sql"
	"slices"

	"github.com/google/uuid"

	"github.com/tasktwin/tasktwin"
	"github.com/tasktwin/tasktwin/internal/pgvalue"
	"github.com/tasktwin/tasktwin/memdb/internal/cow"
	"github.com/tasktwin/tasktwin/memdb/internal/rel"
)

// statusRow is a row of workspace_app_statuses that is not in the log yet.
type statusRow struct {
	id           uuid.UUID
	hash         uint32 // of id
	createdAt    pgTime
	message, uri string
	statusParents
	state  code
	hasURI bool
}

// statusParents are the slots of a status's parents.
type statusParents struct{ agent, app, workspace uint32 }

// statusTable is workspace_app_statuses. Most rows of a store are in this table. They are
// stored in a log, because none is ever changed or deleted: no statement deletes them and no
// foreign key cascades to them. So their parents cannot be deleted either.
type statusTable struct {
	statusLog
	byID cow.Hash
	// parents are the parents of the rows. Consecutive rows of an app share an entry while
	// their agent and workspace stay the same.
	parents     cow.Vec[statusParents]
	parentsSize uint32
	// ofApp has each app's rows ordered by (created_at, id).
	ofApp cow.Vec[cow.Tree[uint32]]
	// latestOfWorkspace has the last row of each workspace, ordered by (created_at, id).
	latestOfWorkspace cow.Vec[latestStatus]
	// hasAgent says which agents have any rows.
	hasAgent cow.Vec[bool]
	// pending is a buffer for the row of an INSERT. The log copies the row, so the buffer
	// can be reused.
	pending statusRow
}

var statuses table[statusRow]

func defineStatuses() {
	d := &statuses
	d.Name = "workspace_app_statuses"
	d.Unique = []rel.Unique[tables, statusRow]{{
		Name: string(tasktwin.UniqueWorkspaceAppStatusesPKey),
		Find: func(t *tables, r *statusRow) (uint32, bool) { return t.statuses.find(r) },
		Same: func(_ *tables, a, b *statusRow) bool { return a.id == b.id },
	}}
	d.Key = func(_ *tables, r *statusRow) string { return keyOf("id", keyText(r.id)) }
	d.keys = []key[statusRow]{{"id", func(_ *Options, f *pendingRow[statusRow]) string { return keyText(f.row.id) }}}
	d.Append, d.Appended, d.Block = appendStatus, appendedStatus, segmentSize
	d.Size = func(t *tables) uint32 { return t.statuses.size }
	references(d, &agents, tasktwin.FKWorkspaceAppStatusesAgentIDFKey, "agent_id", rel.NoAction,
		unindexed(referredTo(func(t *tables, agent uint32) bool { return t.statuses.hasAgent.Get(agent) })),
		func(r *statusRow) *uint32 { return &r.agent })
	references(d, &apps, tasktwin.FKWorkspaceAppStatusesAppIDFKey, "app_id", rel.NoAction,
		referredTo(func(t *tables, app uint32) bool { list := t.statuses.ofApp.Get(app); return list.Len() > 0 }),
		func(r *statusRow) *uint32 { return &r.app })
	references(d, &workspaces, tasktwin.FKWorkspaceAppStatusesWorkspaceIDFKey, "workspace_id", rel.NoAction,
		referredTo(func(t *tables, workspace uint32) bool { return t.statuses.latestOfWorkspace.Get(workspace).number != 0 }),
		func(r *statusRow) *uint32 { return &r.workspace })
	dumped(d, func(d *tasktwin.Dump) *[]tasktwin.WorkspaceAppStatus { return &d.WorkspaceAppStatuses }, copyStatuses,
		func(_ int, r *tasktwin.WorkspaceAppStatus) (pendingRow[statusRow], error) {
			params := *r
			row, err := parseStatus(&params)
			return pendingRow[statusRow]{row: &row, refs: statusRefs(&params)}, err
		})
}

// referredTo is the Children of a foreign key of the statuses. It only knows whether there
// are statuses that refer to a parent. Which ones does not matter, because none can be
// deleted.
func referredTo(referred func(t *tables, parent uint32) bool) rel.Children[tables, statusRow] {
	return rel.Children[tables, statusRow]{Drain: func(st *state, parent uint32) []uint32 {
		if referred(&st.Tables, parent) {
			return []uint32{rel.NoSlot}
		}
		return nil
	}}
}

// latestStatus is the last status of a workspace.
type latestStatus struct {
	createdAt pgTime // which saves a look at the log
	number    uint32 // counted from 1; 0 if there is none
}

// find returns the number of the row with the id of r.
func (t *statusTable) find(r *statusRow) (n uint32, ok bool) {
	for n := range t.byID.Numbers(r.hash) {
		if _, s := t.at(n); s.id == r.id {
			return n, true
		}
	}
	return 0, false
}

// appendStatus adds row n to the log and to the telemetry.
func appendStatus(st *state, r *statusRow, n uint32) {
	t, owner := &st.Tables.statuses, st.Owner()
	s := statusRecord{id: r.id, createdAt: r.createdAt, flags: newFlags(r.state, r.hasURI)}
	ofApp := t.ofApp.At(owner, r.app)
	last, ok := ofApp.Last()
	if ok {
		_, before := t.at(last)
		s.parents = before.parents
	}
	if !ok || t.parents.Get(s.parents) != r.statusParents {
		s.parents = t.parentsSize
		t.parentsSize++
		t.parents.Set(owner, s.parents, r.statusParents)
		t.hasAgent.Set(owner, r.agent, true)
	}
	t.add(owner, n, s, r.message, r.uri)
	t.byID.Insert(owner, r.hash, n)
	ofApp.Insert(owner, n, t.order(s.createdAt, s.id))
	latest := t.latestOfWorkspace.At(owner, r.workspace)
	if latest.number == 0 || latest.createdAt < s.createdAt || latest.createdAt == s.createdAt && t.compare(latest.number-1, n) < 0 {
		*latest = latestStatus{s.createdAt, n + 1}
	}
	statusStored(st, r.app, &s)
}

// appendedStatus returns row n as it was appended.
func appendedStatus(st *state, n uint32) statusRow {
	seg, s := st.Tables.statuses.at(n)
	texts := seg.textsOf(int(n % segmentSize))
	return statusRow{
		id: s.id, hash: hashID(s.id), createdAt: s.createdAt, message: texts.message, uri: texts.uri,
		statusParents: st.Tables.statuses.parents.Get(s.parents), state: s.flags.state(), hasURI: s.flags&uriFlag != 0,
	}
}

// copyStatus returns row n as a public row.
func copyStatus(st *state, n uint32) tasktwin.WorkspaceAppStatus {
	seg, s := st.Tables.statuses.at(n)
	texts, p := seg.textsOf(int(n%segmentSize)), st.Tables.statuses.parents.Get(s.parents)
	return tasktwin.WorkspaceAppStatus{
		ID: s.id, CreatedAt: s.createdAt.time(),
		AgentID: st.Tables.agents.Row(p.agent).id, AppID: st.Tables.apps.Row(p.app).id,
		WorkspaceID: st.Tables.workspaces.Row(p.workspace).id, State: appStates[s.flags.state()-1],
		Message: texts.message, URI: sql.NullString{String: texts.uri, Valid: s.flags&uriFlag != 0},
	}
}

// copyStatuses returns all rows ordered by id.
func copyStatuses(st *state) []tasktwin.WorkspaceAppStatus {
	rows := make([]tasktwin.WorkspaceAppStatus, 0, st.Tables.statuses.size)
	for n := range st.Tables.statuses.numbers() {
		rows = append(rows, copyStatus(st, n))
	}
	slices.SortFunc(rows, func(a, b tasktwin.WorkspaceAppStatus) int { return pgvalue.CompareUUID(a.ID, b.ID) })
	return rows
}

// parseStatus parses a row. It also normalizes the values in r.
func parseStatus(r *tasktwin.WorkspaceAppStatus) (statusRow, error) {
	err := firstError(enum(r.State), timestamp(&r.CreatedAt), text(r.Message), nullText(&r.URI))
	return statusRow{
		id: r.ID, hash: hashID(r.ID), createdAt: pgTimeOf(r.CreatedAt), message: r.Message, uri: r.URI.String,
		hasURI: r.URI.Valid, state: codeOf(r.State, appStates),
	}, err
}

func statusRefs(r *tasktwin.WorkspaceAppStatus) refs {
	return refs{nullUUID(r.AgentID), nullUUID(r.AppID), nullUUID(r.WorkspaceID)}
}

// lastParentsOfApp returns the parents of an app's last row, or none if there is none.
func lastParentsOfApp(st *state, appID uuid.UUID) statusParents {
	t, parents := &st.Tables.statuses, statusParents{rel.NoSlot, rel.NoSlot, rel.NoSlot}
	slot, a := apps.find(st, appID)
	if a == nil {
		return parents
	}
	list := t.ofApp.Get(slot)
	last, ok := list.Last()
	if !ok {
		parents.app = slot
		return parents
	}
	_, s := t.at(last)
	return t.parents.Get(s.parents)
}

// InsertWorkspaceAppStatus implements [tasktwin.Querier].
func (q queries) InsertWorkspaceAppStatus(
	ctx context.Context, arg tasktwin.InsertWorkspaceAppStatusParams,
) (tasktwin.WorkspaceAppStatus, error) {
	r := (*tasktwin.WorkspaceAppStatus)(&arg)
	if err := q.insertStatus(ctx, r, nil); err != nil {
		return tasktwin.WorkspaceAppStatus{}, err
	}
	return *r, nil
}

// insertStatus inserts a status, and normalizes its values. next are the statuses that are
// inserted next, with this one; their places in the index are prefetched.
func (q queries) insertStatus(ctx context.Context, r *tasktwin.WorkspaceAppStatus, next []tasktwin.WorkspaceAppStatus) error {
	row, err := parseStatus(r)
	return q.exec(ctx, err, rel.FailsBeforeWriting, func(st *state) error {
		for i := range next {
			st.Tables.statuses.byID.Prefetch(hashID(next[i].ID))
		}
		pending := &st.Tables.statuses.pending
		*pending = row
		pending.statusParents = lastParentsOfApp(st, r.AppID)
		return statuses.insertLike(st, &pendingRow[statusRow]{row: pending, refs: statusRefs(r)}, pending)
	})
}
