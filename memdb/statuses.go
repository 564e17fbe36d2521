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
	// text is the rows' texts, one after the other, but for those that are long,
	// which few are.
	text []byte
	long *[]texts
}

// texts are a row's.
type texts struct{ message, uri string }

// longText is how long texts are that a segment does not take up: the text of a
// segment, and the length of a URI, have to fit into stat.
const longText = 1 << 10

// stat is a row, in 32 bytes: see the flags.
type stat struct {
	id        uuid.UUID
	createdAt instant
	parents   uint32
	// text is where the row's texts begin. They end where the next row's begin.
	text  uint16
	flags flags
}

// flags are what else there is to say of a row: from the highest bit, how long
// the URI is or, of long texts, which of the segment's they are (10 bits), its
// state among the enum's values (4), whether there is a URI, and whether the
// texts are long.
type flags uint16

const (
	longFlag flags = 1 << iota
	uriFlag
	stateBit    = 2
	stateMask   = 1<<4 - 1
	numberShift = 6
)

func newFlags(state code, hasURI bool) flags {
	f := flags(state) << stateBit
	if hasURI {
		f |= uriFlag
	}
	return f
}

func (f flags) state() code { return code(f >> stateBit & stateMask) }

func (f flags) number() int { return int(f >> numberShift) }

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
		seg = seg.clone(own)
		*at = seg
	}
	s.text = uint16(len(seg.text))
	if len(message)+len(uri) >= longText {
		s.flags |= longFlag | flags(seg.keepApart(texts{message, uri})<<numberShift)
	} else {
		s.flags |= flags(len(uri) << numberShift)
		seg.text = append(append(seg.text, message...), uri...)
	}
	seg.rows = append(seg.rows, s)
	if len(seg.rows) == segmentSize {
		seg.text = slices.Clone(seg.text) // it is full, and the rest is not needed
	}
	return n
}

func (s *segment) clone(own cow.Owner) *segment {
	c := &segment{owner: own, rows: slices.Clone(s.rows), text: slices.Clone(s.text)}
	if s.long != nil {
		long := slices.Clone(*s.long)
		c.long = &long
	}
	return c
}

// keepApart adds long texts and returns which they are.
func (s *segment) keepApart(t texts) int {
	if s.long == nil {
		s.long = new([]texts)
	}
	*s.long = append(*s.long, t)
	return len(*s.long) - 1
}

// textsOf returns the texts of row i of the segment.
func (s *segment) textsOf(i int) texts {
	r := &s.rows[i]
	if r.flags&longFlag != 0 {
		return (*s.long)[r.flags.number()]
	}
	end := len(s.text)
	if i+1 < len(s.rows) {
		end = int(s.rows[i+1].text)
	}
	uri := end - r.flags.number()
	return texts{string(s.text[r.text:uri]), string(s.text[uri:end])}
}

// statusRow returns row n as the interface has it.
func (st *state) statusRow(n uint32) tasktwin.WorkspaceAppStatus {
	seg, s := st.statuses.at(n)
	texts, p := seg.textsOf(int(n%segmentSize)), st.statuses.parents.Get(s.parents)
	return tasktwin.WorkspaceAppStatus{
		ID: s.id, CreatedAt: s.createdAt.time(),
		AgentID: st.agents.rows.Get(p.agent).id, AppID: st.apps.rows.Get(p.app).id,
		WorkspaceID: st.workspaces.rows.Get(p.workspace).id, State: appStates[s.flags.state()-1],
		Message: texts.message, URI: sql.NullString{String: texts.uri, Valid: s.flags&uriFlag != 0},
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
	s := stat{id: r.ID, createdAt: at(r.CreatedAt), flags: newFlags(codeOf(r.State, appStates), r.URI.Valid)}
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

func (statusCascader) remove(*state, uint32) removal { return removal{} }

// referring makes a foreign key from the statuses: referred says whether a row
// is referred to.
func referring(name tasktwin.ForeignKeyConstraint, referred func(st *state, parent uint32) bool) child {
	return child{statusesTable, name, noAction, func(st *state, parent uint32) []uint32 {
		if referred(st, parent) {
			return []uint32{0}
		}
		return nil
	}}
}
