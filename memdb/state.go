package memdb

import (
	"cmp"
	"encoding/binary"
	"sync/atomic"

	"github.com/google/uuid"

	"github.com/tasktwin/tasktwin/internal/cow"
)

// state is all tables and their indexes. Copying it copies no rows.
type state struct {
	tables
	opts Options
	// own is under whom the state may be changed.
	own cow.Owner
	// changed says that it differs from the state that it was cloned from.
	changed bool
	// stale are tasks to derive anew at the end of a delete.
	stale []uint32
	// read says that somebody reads it, now or later: from then on it is never
	// changed, only cloned.
	read atomic.Bool
}

// tables is what there is, each row under a number of its table's own, its slot.
type tables struct {
	organizations    table[org]
	users            table[user]
	templates        table[tmpl]
	templateVersions table[tver]
	workspaces       table[work]
	jobs             table[job]
	builds           table[bld]
	agents           table[agt]
	apps             table[app]
	statuses         statusTable
	tasks            table[taskRow]
	bindings         table[bind]
	snapshots        table[snap]

	// children are the slots of the rows that refer to a row, by foreign key and
	// by the slot of what they refer to.
	children [numChildLists]cow.Vec[cow.Set]
	// buildsOf are a workspace's builds and bindingsOf a task's bindings, by
	// build number.
	buildsOf, bindingsOf cow.Vec[cow.Tree[numbered]]
	// buildOf is the build that has a job and snapshotOf a task's snapshot: its
	// slot plus one, or 0.
	buildOf, snapshotOf cow.Vec[uint32]
	// initiators are those of the jobs and builds that there are.
	initiators idTable
	// These are the live tasks in the order of ListTasks.
	tasksByOwner, tasksByOrganization cow.Vec[cow.Tree[listed]]
	tasksByStatus                     [len(taskStatuses)]cow.Tree[listed]
	// tasksByBuild are the live tasks by the newest build of their workspaces.
	tasksByBuild cow.Tree[listed]
	// latestBuilds are of workspaces.
	latestBuilds cow.Vec[latestBuilds]
	// telemetry is what is known of the timelines of tasks.
	telemetry cow.Vec[*telemetry]
}

func newState(opts Options) *state { return &state{opts: opts, own: cow.NewOwner()} }

// clone returns a state that can be changed without changing st.
func (st *state) clone() *state { return &state{tables: st.tables, opts: st.opts, own: cow.NewOwner()} }

// table is the rows of a table, which are never changed once they are stored,
// and its unique indexes.
type table[R any] struct {
	slots
	rows   cow.Vec[*R]
	unique [maxUnique]cow.Hash
}

// slots are numbers in use.
type slots struct {
	// next is the first slot that was never taken, and free the slots that were
	// given back.
	next uint32
	free *freeSlot
	size int
}

type freeSlot struct {
	slot uint32
	next *freeSlot
}

// take returns a slot for something new.
func (s *slots) take() uint32 {
	s.size++
	if f := s.free; f != nil {
		s.free = f.next
		return f.slot
	}
	s.next++
	return s.next - 1
}

func (s *slots) give(slot uint32) {
	s.size--
	s.free = &freeSlot{slot, s.free}
}

// numbered is a row by a build number, which no other of its list has.
type numbered struct {
	number int32
	slot   uint32
}

func byNumber(number int32) func(numbered) int {
	return func(x numbered) int { return cmp.Compare(x.number, number) }
}

// listed is a task in a list that is ordered by a time and then by id.
type listed struct {
	at   instant
	id   wideID
	slot uint32
}

func (l listed) compare(o listed) int {
	if l.at != o.at {
		return cmp.Compare(l.at, o.at)
	}
	return l.id.compare(o.id)
}

func byListed(l listed) func(listed) int { return func(x listed) int { return x.compare(l) } }

// wideID is an id as two numbers, which compare faster than bytes and alike.
type wideID struct{ high, low uint64 }

func wide(id uuid.UUID) wideID {
	return wideID{binary.BigEndian.Uint64(id[:8]), binary.BigEndian.Uint64(id[8:])}
}

func (w wideID) id() (id uuid.UUID) {
	binary.BigEndian.PutUint64(id[:8], w.high)
	binary.BigEndian.PutUint64(id[8:], w.low)
	return id
}

func (w wideID) compare(o wideID) int {
	if w.high != o.high {
		return cmp.Compare(w.high, o.high)
	}
	return cmp.Compare(w.low, o.low)
}
