package memdb

import (
	"cmp"
	"encoding/binary"

	"github.com/google/uuid"

	"github.com/tasktwin/tasktwin/memdb/internal/cow"
	"github.com/tasktwin/tasktwin/memdb/internal/rel"
)

// state is a version of all tables: every query is a function of one.
type state = rel.State[tables]

// tables are all tables, with what is derived from their rows. Rows refer to each
// other by slots.
type tables struct {
	organizations    organizationTable
	users            userTable
	templates        templateTable
	templateVersions templateVersionTable
	workspaces       workspaceTable
	jobs             jobTable
	builds           buildTable
	agents           agentTable
	apps             appTable
	statuses         statusTable
	tasks            taskTable
	bindings         bindingTable
	snapshots        snapshotTable

	taskLists taskLists
	// latestBuilds are of workspaces.
	latestBuilds cow.Vec[latestBuilds]
	// telemetry is what is known of the timelines of tasks.
	telemetry cow.Vec[*telemetry]
	// stale are the tasks to recompute at the end of a delete.
	stale []uint32

	opts Options
}

// listEntry is a task in a list that is ordered by a time and then by id.
type listEntry struct {
	at   instant
	id   uuidKey
	slot uint32
}

func (l listEntry) compare(o listEntry) int {
	if l.at != o.at {
		return cmp.Compare(l.at, o.at)
	}
	return l.id.compare(o.id)
}

// atListEntry returns the order in which a list has an entry.
func atListEntry(l listEntry) func(listEntry) int {
	return func(x listEntry) int { return x.compare(l) }
}

// uuidKey is an id as two numbers, which compare faster than bytes and alike.
type uuidKey struct{ high, low uint64 }

func uuidKeyOf(id uuid.UUID) uuidKey {
	return uuidKey{binary.BigEndian.Uint64(id[:8]), binary.BigEndian.Uint64(id[8:])}
}

func (k uuidKey) id() (id uuid.UUID) {
	binary.BigEndian.PutUint64(id[:8], k.high)
	binary.BigEndian.PutUint64(id[8:], k.low)
	return id
}

func (k uuidKey) compare(o uuidKey) int {
	if k.high != o.high {
		return cmp.Compare(k.high, o.high)
	}
	return cmp.Compare(k.low, o.low)
}
