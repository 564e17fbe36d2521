package rel

import "testing"

// Two transactions hold locks on one row, or the second waits, as their modes conflict.
func TestLockModesConflict(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ held, wanted, answer string }{
		{"share", "share", "ok"},
		{"share", "nokey", "ok"},
		{"share", "update", "waits"},
		{"nokey", "share", "ok"},
		{"nokey", "nokey", "waits"},
		{"nokey", "update", "waits"},
		{"update", "share", "waits"},
		{"update", "nokey", "waits"},
		{"update", "update", "waits"},
	} {
		t.Run(c.held+" and "+c.wanted, func(t *testing.T) {
			t.Parallel()
			then := "ok"
			if c.answer == "waits" {
				then = "ok; B ok"
			}
			play(t, `
				A: begin
				B: begin
				A: lock author 1 `+c.held+`
				B: lock author 1 `+c.wanted+` -> `+c.answer+`
				A: commit -> `+then+`
				C: lock author 2 update
				B: commit
			`)
		})
	}
}
