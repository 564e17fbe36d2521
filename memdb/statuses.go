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

// statusRow is a row of workspace_app_statuses on its way into the log.
type statusRow struct {
	id           uuid.UUID
	hash         uint32 // of id
	createdAt    instant
	message, uri string
	statusParents
	state  code
	hasURI bool
}

// statusParents are the slots of what a status refers to.
type statusParents struct{ agent, app, workspace uint32 }

// statusTable is workspace_app_statuses. Most rows are of this table, so they are
// in a log, because none is ever changed or deleted. No statement deletes one, and
// no foreign key cascades to them, so what they refer to cannot be deleted either.
type statusTable struct {
	statusLog
	byID cow.Hash
	// parents are what rows refer to. An app's rows share one as long as their
	// agent and workspace stay the same.
	parents     cow.Vec[statusParents]
	parentsSize uint32
	// ofApp are an app's rows by (created_at, id), and hasAgent and hasWorkspace say
	// of which there are any.
	ofApp                  cow.Vec[cow.Tree[uint32]]
	hasAgent, hasWorkspace cow.Vec[bool]
	// pending is room for the row that an INSERT is about: the log copies it, so it
	// need not be allocated each time.
	pending statusRow
}

var statuses table[statusRow]

func defineStatuses() {
	d := &statuses
	d.Name = "workspace_app_statuses"
	d.Unique = []rel.Unique[tables, statusRow]{{
		Name: string(tasktwin.UniqueWorkspaceAppStatusesPKey),
		Find: func(t *tables, r *statusRow) (uint32, bool) { return t.statuses.find(r) },
	}}
	d.keys = []key[statusRow]{{"id", func(_ *Options, f *pendingRow[statusRow]) string { return keyText(f.row.id) }}}
	d.Append = appendStatus
	references(d, &agents, tasktwin.FKWorkspaceAppStatusesAgentIDFKey, "agent_id", rel.NoAction,
		referredTo(func(t *tables, agent uint32) bool { return t.statuses.hasAgent.Get(agent) }),
		func(r *statusRow) *uint32 { return &r.agent })
	references(d, &apps, tasktwin.FKWorkspaceAppStatusesAppIDFKey, "app_id", rel.NoAction,
		referredTo(func(t *tables, app uint32) bool { list := t.statuses.ofApp.Get(app); return list.Len() > 0 }),
		func(r *statusRow) *uint32 { return &r.app })
	references(d, &workspaces, tasktwin.FKWorkspaceAppStatusesWorkspaceIDFKey, "workspace_id", rel.NoAction,
		referredTo(func(t *tables, workspace uint32) bool { return t.statuses.hasWorkspace.Get(workspace) }),
		func(r *statusRow) *uint32 { return &r.workspace })
	dumped(d, func(d *tasktwin.Dump) *[]tasktwin.WorkspaceAppStatus { return &d.WorkspaceAppStatuses }, copyStatuses,
		func(r *tasktwin.WorkspaceAppStatus) (pendingRow[statusRow], error) {
			params := *r
			row, err := parseStatus(&params)
			return pendingRow[statusRow]{row: &row, refs: statusRefs(&params)}, err
		})
}

// referredTo is how a row knows that there are statuses that refer to it: which
// ones does not matter, since none can be deleted.
func referredTo(referred func(t *tables, parent uint32) bool) rel.Children[tables, statusRow] {
	return rel.Children[tables, statusRow]{Drain: func(st *state, parent uint32) []uint32 {
		if referred(&st.Tables, parent) {
			return []uint32{rel.NoSlot}
		}
		return nil
	}}
}

// find returns the number of the row that has a row's id.
func (t *statusTable) find(r *statusRow) (n uint32, ok bool) {
	return t.byID.Find(r.hash, func(n uint32) bool {
		_, s := t.at(n)
		return s.id == r.id
	})
}

// appendStatus adds a row to the log, and its part of the telemetry.
func appendStatus(st *state, r *statusRow) {
	t, own := &st.Tables.statuses, st.Owner()
	s := statusRecord{id: r.id, createdAt: r.createdAt, flags: newFlags(r.state, r.hasURI)}
	ofApp := t.ofApp.At(own, r.app)
	last, ok := ofApp.Last()
	if ok {
		_, before := t.at(last)
		s.parents = before.parents
	}
	if !ok || t.parents.Get(s.parents) != r.statusParents {
		s.parents = t.parentsSize
		t.parentsSize++
		t.parents.Set(own, s.parents, r.statusParents)
		t.hasAgent.Set(own, r.agent, true)
		t.hasWorkspace.Set(own, r.workspace, true)
	}
	n := t.add(own, s, r.message, r.uri)
	t.byID.Insert(own, r.hash, n)
	ofApp.Insert(own, n, t.order(s.createdAt, s.id))
	statusStored(st, r.app, &s)
}

// copyStatus returns row n as the interface has it.
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

// copyStatuses returns all rows by id.
func copyStatuses(st *state) []tasktwin.WorkspaceAppStatus {
	rows := make([]tasktwin.WorkspaceAppStatus, st.Tables.statuses.size)
	for n := range st.Tables.statuses.size {
		rows[n] = copyStatus(st, n)
	}
	slices.SortFunc(rows, func(a, b tasktwin.WorkspaceAppStatus) int { return pgvalue.CompareUUID(a.ID, b.ID) })
	return rows
}

// parseStatus also brings what is stored of r into the form in which it is.
func parseStatus(r *tasktwin.WorkspaceAppStatus) (statusRow, error) {
	err := firstError(enum(r.State), timestamp(&r.CreatedAt), text(r.Message), nullText(&r.URI))
	return statusRow{
		id: r.ID, hash: hashID(r.ID), createdAt: at(r.CreatedAt), message: r.Message, uri: r.URI.String, hasURI: r.URI.Valid, state: codeOf(r.State, appStates),
	}, err
}

func statusRefs(r *tasktwin.WorkspaceAppStatus) refs {
	return refs{nullUUID(r.AgentID), nullUUID(r.AppID), nullUUID(r.WorkspaceID)}
}

// InsertWorkspaceAppStatus implements [tasktwin.Querier].
func (q queries) InsertWorkspaceAppStatus(ctx context.Context, arg tasktwin.InsertWorkspaceAppStatusParams) (tasktwin.WorkspaceAppStatus, error) {
	r := (*tasktwin.WorkspaceAppStatus)(&arg)
	row, err := parseStatus(r)
	err = q.writeInto(ctx, err, rel.FailsBeforeWriting, func(st *state) error {
		pending := &st.Tables.statuses.pending
		*pending = row
		return statuses.insert(st, &pendingRow[statusRow]{row: pending, refs: statusRefs(r)})
	})
	if err != nil {
		return tasktwin.WorkspaceAppStatus{}, err
	}
	return *r, nil
}

// ListWorkspaceAppStatusesByAppID implements [tasktwin.Querier].
func (q queries) ListWorkspaceAppStatusesByAppID(ctx context.Context, appID uuid.UUID) ([]tasktwin.WorkspaceAppStatus, error) {
	return read(ctx, q, nil, func(st *state) ([]tasktwin.WorkspaceAppStatus, error) {
		slot, a := apps.find(st, appID)
		if a == nil {
			return []tasktwin.WorkspaceAppStatus{}, nil
		}
		list := st.Tables.statuses.ofApp.Get(slot)
		rows := make([]tasktwin.WorkspaceAppStatus, 0, list.Len())
		for n := range list.All() {
			rows = append(rows, copyStatus(st, n))
		}
		return rows, nil
	})
}
