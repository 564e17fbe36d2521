package rel

import (
	"strings"
	"testing"
)

// A log has 8 bytes for each change and each lock. A transaction may have millions, so that it
// notes no lock twice, and none that a change says.
func TestLogsHaveNoEntriesWithoutNeed(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		statements string
		entries    int
	}{
		{"insert author 3 x", 1},
		{"insert author 3 x, rename 3 y", 2}, // it gives up a key
		{"insert author 3 x, upsert 3 x", 1},
		{"insert author 3 x, insert book 2 3", 2},
		{"insert book 2 1", 2},
		{"insert book 2 1, insert book 3 1", 3},
		{"load 2:1 3:1 4:1 5:2", 6},
		{"lock author 1 share, insert book 2 1", 2},
		{"upsert 1 one", 1},
		{"upsert 1 one, upsert 1 one", 2},
		{"delete author 2", 2},
		{"delete author 1", 5}, // with a book and two copies
		{"insert copy 3 1 3, delete author 1", 8},
	} {
		s, ctx := new(Store[library]), t.Context()
		s.Init(&librarySchema, newLibrary(t).Tables)
		err := s.InTx(ctx, TxOptions{}, func(tx *Tx[library]) error {
			for what := range strings.SplitSeq(c.statements, ", ") {
				if got := run(ctx, tx, what); got != "ok" && got != "<nil>" {
					t.Errorf("%s: %s: %s", c.statements, what, got)
				}
			}
			if got := len(tx.s.log); got != c.entries {
				t.Errorf("%s: the log has %d entries, want %d", c.statements, got, c.entries)
			}
			return nil
		})
		if err != nil {
			t.Errorf("%s: %v", c.statements, err)
		}
	}
}
