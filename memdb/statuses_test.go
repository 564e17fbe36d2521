package memdb

import (
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/uuid"

	"github.com/tasktwin/tasktwin"
	"github.com/tasktwin/tasktwin/internal/cow"
)

// A segment is changed in place by its owner only, and keeps long texts apart.
func TestSegments(t *testing.T) {
	t.Parallel()
	var log statusTable
	own := cow.NewOwner()
	short, long := strings.Repeat("x", segmentSize), strings.Repeat("y", longText-segmentSize)
	for n := range uint32(segmentSize) {
		if n == segmentSize/2 {
			log.add(own, stat{flags: newFlags(1, true)}, short, long)
		} else {
			log.add(own, stat{}, short, short[:n])
		}
		seg := log.segments.Get(0)
		if seg.owner != own || len(seg.rows) != int(n)+1 {
			t.Fatalf("a segment of %d rows is %d's", len(seg.rows), seg.owner)
		}
	}
	full := log.segments.Get(0)
	if len(*full.long) != 1 || (*full.long)[0] != (texts{short, long}) {
		t.Errorf("%d texts are kept apart", len(*full.long))
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
	log.add(own, stat{}, "a", "")
	begun := log.segments.Get(1)
	log.add(own, stat{}, "b", "")
	if log.segments.Get(1) != begun || cap(begun.text) == len(begun.text) {
		t.Error("the owner's segment was copied")
	}
	other := cow.NewOwner()
	log.add(other, stat{}, "c", "")
	if copied := log.segments.Get(1); copied == begun || copied.owner != other || len(begun.rows) != 2 {
		t.Error("another owner's segment was not copied")
	}
}

// The text of a segment is copied where it has no room for more, and at the end.
func TestSegmentTexts(t *testing.T) {
	t.Parallel()
	own := cow.NewOwner()
	for size := 1; size < 200; size += 7 {
		var log statusTable
		text := strings.Repeat("x", size)
		log.add(own, stat{}, text, "")
		for rows := 2; rows <= segmentSize; rows++ {
			before := log.segments.Get(0).text
			log.add(own, stat{}, text, "")
			after := log.segments.Get(0).text
			if rows < segmentSize && cap(before) >= len(after) && &before[0] != &after[0] {
				t.Fatalf("the texts of %d rows of %d bytes were copied", rows, size)
			}
		}
		full := log.segments.Get(0).text
		if least := slices.Clone(full); cap(full) != cap(least) {
			t.Errorf("a full segment of %d bytes has room for %d", len(full), cap(full))
		}
	}
}

// Forks add statuses to the segment that they share, long ones too, each its own.
func TestForksShareSegments(t *testing.T) {
	t.Parallel()
	db, id := New(Options{}), uuid.New()
	insertApp(t, db, id)
	add := func(store *DB, message string) {
		for _, length := range []int{1, longText} {
			must(t)(store.InsertWorkspaceAppStatus(t.Context(), tasktwin.InsertWorkspaceAppStatusParams{
				ID: uuid.New(), AgentID: id, AppID: id, WorkspaceID: id, State: tasktwin.WorkspaceAppStatusStateIdle, Message: strings.Repeat(message, length),
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
			if own := strings.Trim(r.Message, strconv.Itoa(n)); own != "" && strings.ReplaceAll(own, "before", "") != "" {
				t.Errorf("store %d has %.20q", n, r.Message)
			}
		}
	}
}
