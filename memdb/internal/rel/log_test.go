package rel

import (
	"strings"
	"testing"
)

// A log has 8 bytes for each change and each lock. A transaction may have millions, so that it
// notes no lock twice, and none that a change says. It keeps rows only whose keys it has given up.
func TestLogsHaveNoEntriesWithoutNeed(t *testing.T) {
	t.Parallel()
	for statements, want := range map[string]struct{ entries, former int }{
		"insert author 3 x":                    {1, 0},
		"insert author 3 x, rename 3 y":        {2, 1}, // it gives up a key
		"insert author 3 x, upsert 3 x":        {1, 0},
		"insert author 3 x, insert book 2 3":   {2, 0},
		"insert book 2 1":                      {2, 0},
		"insert book 2 1, insert book 3 1":     {3, 0},
		"load 2:1 3:1 4:1":                     {4, 0},
		"lock author 1 share, insert book 2 1": {2, 0},
		"upsert 1 one":                         {1, 0},
		"rename 1 a 2 b":                       {2, 2},
		"upsert 1 one, upsert 1 one":           {2, 0},
		"delete copy 1":                        {2, 1},
		"delete author 1":                      {5, 4}, // with a book and two copies
		"insert copy 3 1 3, delete author 1":   {8, 5},
	} {
		for _, before := range []string{"", many()} {
			s, ctx := new(Store[library]), t.Context()
			s.Init(&librarySchema, newLibrary(t).Tables)
			err := s.InTx(ctx, TxOptions{}, func(tx *Tx[library]) error {
				do := func(what string) {
					if got := run(ctx, tx, what); got != "ok" {
						t.Errorf("%s: %s: %s", statements, what, got)
					}
				}
				if before != "" {
					do(before)
				}
				begin := len(tx.s.log)
				for what := range strings.SplitSeq(statements, ", ") {
					do(what)
				}
				if got := len(tx.s.log) - begin; got != want.entries {
					t.Errorf("%s: the log has %d entries after %d others, want %d", statements, got, begin, want.entries)
				}
				if got := len(tx.s.former); got != want.former {
					t.Errorf("%s: the transaction keeps %d rows, want %d", statements, got, want.former)
				}
				return nil
			})
			if err != nil {
				t.Errorf("%s: %v", statements, err)
			}
		}
	}
}

// A transaction notes a newer version once, however many statements see it.
func TestStampsAreOfNewerVersions(t *testing.T) {
	t.Parallel()
	s, ctx := new(Store[library]), t.Context()
	s.Init(&librarySchema, newLibrary(t).Tables)
	err := s.InTx(ctx, TxOptions{}, func(tx *Tx[library]) error {
		for i, what := range []string{"lock author 1 share", "lock book 1 share", "lock book 1 nokey", "lock author 1 nokey"} {
			if got := run(ctx, tx, what); got != "ok" {
				t.Errorf("%s: %s", what, got)
			}
			if i == 0 {
				if got := run(ctx, s, "rename 2 b"); got != "ok" {
					t.Errorf("another transaction: %s", got)
				}
			}
		}
		if got := len(tx.s.stamps); got != 1 {
			t.Errorf("the transaction has noted %d versions, want 1", got)
		}
		return nil
	})
	expect(t, "the transaction", err, "<nil>")
}
