package memdb

import (
	"slices"
	"strconv"
	"strings"
	"testing"
	"unsafe"

	"github.com/google/uuid"

	"github.com/tasktwin/tasktwin"
	"github.com/tasktwin/tasktwin/memdb/internal/cow"
)

// A segment is changed in place only by its owner, and stores long texts separately.
func TestSegments(t *testing.T) {
	t.Parallel()
	var log statusLog
	owner := cow.NewOwner()
	short, long := strings.Repeat("x", segmentSize), strings.Repeat("y", longText-segmentSize)
	for n := range uint32(segmentSize) {
		if n == segmentSize/2 {
			log.add(owner, log.size, statusRecord{flags: newFlags(1, true)}, short, long)
		} else {
			log.add(owner, log.size, statusRecord{}, short, short[:n])
		}
		seg := log.segments.Get(0)
		if seg.owner != owner || len(seg.rows) != int(n)+1 {
			t.Fatalf("a segment of %d rows is %d's", len(seg.rows), seg.owner)
		}
	}
	full := log.segments.Get(0)
	if len(*full.long) != 1 || (*full.long)[0] != (texts{short, long}) {
		t.Errorf("%d texts are stored as long texts", len(*full.long))
	}
	for n := range uint32(segmentSize) {
		want := texts{short, short[:n]}
		if n == segmentSize/2 {
			want = texts{short, long}
		}
		if got := full.textsOf(int(n)); got != want {
			t.Fatalf("row %d has %q", n, got)
		}
	}
	log.add(owner, log.size, statusRecord{}, "a", "")
	begun := log.segments.Get(1)
	log.add(owner, log.size, statusRecord{}, "b", "")
	if log.segments.Get(1) != begun || cap(begun.text) == len(begun.text) {
		t.Error("the owner's segment was copied")
	}
	other := cow.NewOwner()
	log.add(other, log.size, statusRecord{}, "c", "")
	if copied := log.segments.Get(1); copied == begun || copied.owner != other || len(begun.rows) != 2 {
		t.Error("another owner's segment was not copied")
	}
}

// The text of a segment is reallocated when its capacity is exceeded, and when the segment
// is full.
func TestSegmentTexts(t *testing.T) {
	t.Parallel()
	owner := cow.NewOwner()
	for size := 1; size < 200; size += 7 {
		var log statusLog
		text := strings.Repeat("x", size)
		log.add(owner, log.size, statusRecord{}, text, "")
		for rows := 2; rows <= segmentSize; rows++ {
			before := log.segments.Get(0).text
			log.add(owner, log.size, statusRecord{}, text, "")
			after := log.segments.Get(0).text
			if rows < segmentSize && cap(before) >= len(after) && &before[0] != &after[0] {
				t.Fatalf("the texts of %d rows of %d bytes were copied", rows, size)
			}
		}
		full := log.segments.Get(0).text
		if least := slices.Clone(full); cap(full) != cap(least) {
			t.Errorf("a full segment of %d bytes has capacity %d", len(full), cap(full))
		}
	}
}

// A stored row is read back with its state and its texts, whatever their length.
func TestTextsOfAnyLength(t *testing.T) {
	t.Parallel()
	lengths := []struct{ message, uri int }{
		{0, 0}, {0, longText - 1}, {longText - 1, 0}, {0, longText}, {1, longText - 2}, {longText, longText}, {511, 512}, {0, 1},
	}
	for first := range lengths {
		var log statusLog
		owner := cow.NewOwner()
		text := func(n, length int) string { return strings.Repeat(string(rune('!'+n)), length) }
		of := func(n int) (state code, hasURI bool, message, uri string) {
			l := lengths[first]
			if n%7 == 6 {
				l = lengths[(first+n)%len(lengths)]
			}
			return code(n%len(appStates) + 1), n%3 == 0, text(n, l.message), text(n+1, l.uri)
		}
		for n := range segmentSize + 3 {
			state, hasURI, message, uri := of(n)
			log.add(owner, log.size, statusRecord{flags: newFlags(state, hasURI)}, message, uri)
		}
		for n := range segmentSize + 3 {
			state, hasURI, message, uri := of(n)
			seg, s := log.at(uint32(n))
			if got := seg.textsOf(n % segmentSize); got != (texts{message, uri}) {
				t.Fatalf("row %d of %v has texts of %d and %d", n, lengths[first], len(got.message), len(got.uri))
			}
			if s.flags.state() != state || s.flags&uriFlag != 0 != hasURI {
				t.Fatalf("row %d has state %d, a URI %t", n, s.flags.state(), s.flags&uriFlag != 0)
			}
		}
	}
}

// Rows and segments fit into the intended size class of the allocator.
func TestRowsAreSmall(t *testing.T) {
	t.Parallel()
	for what, size := range map[string][2]uintptr{
		"status": {unsafe.Sizeof(statusRecord{}), 32}, "segment": {unsafe.Sizeof(segment{}), 64}, "binding": {unsafe.Sizeof(bindingRow{}), 16},
		"build": {unsafe.Sizeof(buildRow{}), 64}, "job": {unsafe.Sizeof(jobRow{}), 80}, "app": {unsafe.Sizeof(appRow{}), 64},
		"agent": {unsafe.Sizeof(agentRow{}), 64}, "workspace": {unsafe.Sizeof(workspaceRow{}), 80}, "task": {unsafe.Sizeof(taskRow{}), 256},
	} {
		if size[0] > size[1] {
			t.Errorf("a %s takes %d bytes, more than its size class of %d: order its fields without gaps, or give it the next class in this test",
				what, size[0], size[1])
		}
	}
}

// Forks add statuses to a shared segment, with short and long texts. Neither sees the
// other's.
func TestForksShareSegments(t *testing.T) {
	t.Parallel()
	db, id := New(Options{}), uuid.New()
	insertApp(t, db, id)
	add := func(store *DB, message string) {
		for _, length := range []int{1, longText} {
			must(t)(store.InsertWorkspaceAppStatus(t.Context(), tasktwin.InsertWorkspaceAppStatusParams{
				ID: uuid.New(), AgentID: id, AppID: id, WorkspaceID: id,
				State: tasktwin.WorkspaceAppStatusStateIdle, Message: strings.Repeat(message, length),
			}))
		}
	}
	for range 3 {
		add(db, "before")
	}
	stores := []*DB{db, db.Fork(), db.Fork()}
	for range 4 {
		for n, store := range stores {
			add(store, strconv.Itoa(n))
		}
	}
	for n, store := range stores {
		rows, err := store.ListWorkspaceAppStatusesByAppID(t.Context(), id)
		if err != nil || len(rows) != 14 {
			t.Fatalf("store %d has %d statuses, %v", n, len(rows), err)
		}
		for _, r := range rows {
			if owner := strings.Trim(r.Message, strconv.Itoa(n)); owner != "" && strings.ReplaceAll(owner, "before", "") != "" {
				t.Errorf("store %d has %.20q", n, r.Message)
			}
		}
	}
}
