package memdb

import (
	"testing"

	"github.com/google/uuid"

	"github.com/tasktwin/tasktwin/internal/cow"
)

// Each id has one number, from 0 in the order in which they come.
func TestIDTable(t *testing.T) {
	t.Parallel()
	var table idTable
	own := cow.NewOwner()
	ids := make([]uuid.UUID, 200)
	for i := range ids {
		ids[i] = uuid.New()
		for _, id := range ids[:i+1] {
			if n := table.number(own, id); table.get(n) != id {
				t.Fatalf("number %d is of %s, want %s", n, table.get(n), id)
			}
		}
		if n := table.number(own, ids[i]); int(n) != i || int(table.size) != i+1 {
			t.Fatalf("id %d has the number %d, of %d", i, n, table.size)
		}
	}
}
