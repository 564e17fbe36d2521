package memdb

import (
	"cmp"
	"database/sql"
	"slices"

	"github.com/google/uuid"

	"github.com/tasktwin/tasktwin"
	"github.com/tasktwin/tasktwin/internal/cow"
)

// statusTable is workspace_app_statuses. Most rows are of this table, so it is
// kept small: a log to which rows are only added, because none is ever changed or
// deleted. No statement deletes one, and no foreign key cascades to them, so what
// they refer to cannot be deleted either, and is referred to by its slot.
type statusTable struct {
	ids      cow.Hash
	segments cow.Vec[*segment]
	size     uint32
	// parents are what rows refer to. An app's rows share one as long as their
	// agent and workspace stay the same.
	parents     cow.Vec[statusParents]
	parentsSize uint32
	// byApp are an app's rows by (created_at, id), and ofAgent and ofWorkspace say
	// of which there are any.
	byApp                cow.Vec[cow.Tree[uint32]]
	ofAgent, ofWorkspace cow.Vec[bool]
}

// segmentSize is how many rows share a segment.
const segmentSize = 64

type segment struct {
	owner cow.Owner
	rows  []stat
	// text is the rows' texts, one after the other, but for those that are long.
	text []byte
	long []texts
}

// texts are a row's.
type texts struct{ message, uri string }

// longText is how long texts are that a segment does not take up.
const longText = 1 << 10

// stat is a row.
type stat struct {
	id        uuid.UUID
	createdAt instant
	parents   uint32
	// text is where the row's texts begin, or which of the long ones they are.
	text         uint32
	message, uri uint16
	state        code
	hasURI, long bool
}

// at returns row n and its segment.
func (t *statusTable) at(n uint32) (*segment, *stat) {
	s := t.segments.Get(n / segmentSize)
	return s, &s.rows[n%segmentSize]
}

// order compares an app's rows with a place among them.
func (t *statusTable) order(createdAt instant, id uuid.UUID) func(uint32) int {
	return func(n uint32) int {
		_, s := t.at(n)
		if s.createdAt != createdAt {
			return cmp.Compare(s.createdAt, createdAt)
		}
		return wide(s.id).compare(wide(id))
	}
}

// has reports whether there is a row of an id.
func (t *statusTable) has(tag uint32, id uuid.UUID) bool {
	_, ok := t.ids.Find(tag, func(n uint32) bool {
		_, s := t.at(n)
		return s.id == id
	})
	return ok
}

// add appends a row to the log.
func (t *statusTable) add(own cow.Owner, s stat, message, uri string) uint32 {
	n := t.size
	t.size++
	at := t.segments.At(own, n/segmentSize)
	seg := *at
	switch {
	case seg == nil:
		seg = &segment{owner: own}
		*at = seg
	case seg.owner != own:
		seg = &segment{owner: own, rows: slices.Clone(seg.rows), text: slices.Clone(seg.text), long: slices.Clone(seg.long)}
		*at = seg
	}
	if len(message)+len(uri) >= longText {
		s.long, s.text = true, uint32(len(seg.long))
		seg.long = append(seg.long, texts{message, uri})
	} else {
		s.text, s.message, s.uri = uint32(len(seg.text)), uint16(len(message)), uint16(len(uri))
		seg.text = append(append(seg.text, message...), uri...)
	}
	seg.rows = append(seg.rows, s)
	if len(seg.rows) == segmentSize {
		seg.text = slices.Clone(seg.text) // it is full, and the rest is not needed
	}
	return n
}

// textsOf returns a row's texts.
func (s *segment) textsOf(r *stat) texts {
	if r.long {
		return s.long[r.text]
	}
	uri := r.text + uint32(r.message)
	return texts{string(s.text[r.text:uri]), string(s.text[uri : uri+uint32(r.uri)])}
}

// statusRow returns row n as the interface has it.
func (st *state) statusRow(n uint32) tasktwin.WorkspaceAppStatus {
	seg, s := st.statuses.at(n)
	texts, p := seg.textsOf(s), st.statuses.parents.Get(s.parents)
	return tasktwin.WorkspaceAppStatus{
		ID: s.id, CreatedAt: s.createdAt.time(),
		AgentID: st.agents.rows.Get(p.agent).id, AppID: st.apps.rows.Get(p.app).id,
		WorkspaceID: st.workspaces.rows.Get(p.workspace).ID, State: appStates[s.state-1],
		Message: texts.message, URI: sql.NullString{String: texts.uri, Valid: s.hasURI},
	}
}

// checkStatus returns the error of a row whose id is taken.
func (st *state) checkStatus(r *tasktwin.WorkspaceAppStatus) (tag uint32, err error) {
	tag = tagOf(r.ID)
	if st.statuses.has(tag, r.ID) {
		return 0, uniqueViolation(statusesTable.tableName(), string(tasktwin.UniqueWorkspaceAppStatusesPKey))
	}
	return tag, nil
}

// statusParents are where the rows are that a status refers to.
type statusParents struct{ agent, app, workspace uint32 }

// checkStatusParents returns the error of a row that refers to what is not there.
func (st *state) checkStatusParents(r *tasktwin.WorkspaceAppStatus) (p statusParents, err error) {
	var missing tasktwin.ForeignKeyConstraint
	agent, a := agentsTable.find(st, r.AgentID)
	appSlot, ap := appsTable.find(st, r.AppID)
	workspace, w := workspacesTable.find(st, r.WorkspaceID)
	switch {
	case a == nil:
		missing = tasktwin.FKWorkspaceAppStatusesAgentIDFKey
	case ap == nil:
		missing = tasktwin.FKWorkspaceAppStatusesAppIDFKey
	case w == nil:
		missing = tasktwin.FKWorkspaceAppStatusesWorkspaceIDFKey
	default:
		return statusParents{agent, appSlot, workspace}, nil
	}
	return p, missingParent(statusesTable.tableName(), missing)
}

// storeStatus adds a row that has been checked, and its part of the telemetry.
func (st *state) storeStatus(r *tasktwin.WorkspaceAppStatus, tag uint32, p statusParents) {
	st.changed = true
	t := &st.statuses
	s := stat{id: r.ID, createdAt: at(r.CreatedAt), state: codeOf(r.State, appStates), hasURI: r.URI.Valid}
	ofApp := t.byApp.At(st.own, p.app)
	last, ok := ofApp.Last()
	if ok {
		_, before := t.at(last)
		s.parents = before.parents
	}
	if !ok || t.parents.Get(s.parents) != p {
		s.parents = t.parentsSize
		t.parentsSize++
		t.parents.Set(st.own, s.parents, p)
		t.ofAgent.Set(st.own, p.agent, true)
		t.ofWorkspace.Set(st.own, p.workspace, true)
	}
	n := t.add(st.own, s, r.Message, r.URI.String)
	t.ids.Insert(st.own, tag, n)
	ofApp.Insert(st.own, n, t.order(s.createdAt, s.id))
	st.eachBound(bindingsByApp, p.app, func(task uint32) { st.statusAdded(task, &s, r.AppID) })
}

// statusCascader is the statuses to a delete that reaches them: it never gets
// past them.
type statusCascader struct{}

var statusesTable statusCascader

func (statusCascader) tableName() string { return "workspace_app_statuses" }

func (statusCascader) exists(*state, uint32) bool { return true }

func (statusCascader) remove(*state, uint32) removal { return removal{} }

// referring makes a foreign key from the statuses: referred says whether a row
// is referred to.
func referring(name tasktwin.ForeignKeyConstraint, referred func(st *state, parent uint32) bool) child {
	return child{statusesTable, name, noAction, func(st *state, parent uint32, _ uuid.UUID) []uint32 {
		if referred(st, parent) {
			return []uint32{0}
		}
		return nil
	}}
}
