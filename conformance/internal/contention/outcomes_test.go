package contention

import (
	"regexp"
	"testing"

	"github.com/stretchr/testify/assert"
)

// reached are the outcomes that take several sessions, by the keys of
// sessions.Report.Outcomes. A run of enoughPrograms has to see each.
var reached = []struct {
	name string
	key  *regexp.Regexp
}{
	{"deadlock", regexp.MustCompile(` 40P01( after a wait)?$`)},
	{"40001 at a statement", regexp.MustCompile(`^[A-Z]\w+ 40001$`)},
	{"40001 after a wait", regexp.MustCompile(` 40001 after a wait$`)},
	{"40001 at COMMIT", regexp.MustCompile(`^commit 40001$`)},
	{"23505 after a wait", regexp.MustCompile(` 23505 \w+ after a wait$`)},
	{"23503 after a wait, of a child", regexp.MustCompile(`^(Insert|Upsert|Update)\w+ 23503 \w+ after a wait$`)},
	{"23503 after a wait, of a parent", regexp.MustCompile(`^Delete\w+ 23503 \w+ after a wait$`)},
	{"no rows after a wait", regexp.MustCompile(` no rows after a wait$`)},
	{"success after a wait", regexp.MustCompile(`^[A-Z]\w+ ok after a wait$`)},
	{"wait for a row that is deleted", regexp.MustCompile(`^Delete\w+ waits for a row of \w+ FOR UPDATE$`)},
	{"wait for a row that is updated", regexp.MustCompile(`^(Update|DeleteTask )\w* ?waits for a row of \w+ FOR NO KEY UPDATE$`)},
	{"wait for the parent of a new row", regexp.MustCompile(`^(Insert|Upsert)\w+ waits for a row of \w+ FOR KEY SHARE$`)},
	{"wait for the new parent of a row", regexp.MustCompile(`^UpdateTaskWorkspaceID waits for a row of workspaces FOR KEY SHARE$`)},
	{"wait for a child", regexp.MustCompile(`^Delete\w+ waits for a row of \w+ FOR KEY SHARE$`)},
	{"wait for a key", regexp.MustCompile(`^Insert\w+ waits for a key$`)},
	{"wait for the key of an upsert", regexp.MustCompile(`^Upsert\w+ waits for a key$`)},
	{"savepoint that is released while a session waits", regexp.MustCompile(`^savepoint ends by release while a session waits$`)},
	{"savepoint that is rolled back while a session waits", regexp.MustCompile(`^savepoint ends by rollback while a session waits$`)},
	{"canceled waiter", regexp.MustCompile(` canceled after a wait$`)},
}

// enoughPrograms is how many programs reach all outcomes: each of them at least
// fifteen times, so that chance does not decide.
const enoughPrograms = 1500

// counted returns how often each of the outcomes was reached.
func counted(outcomes map[string]int) map[string]int {
	out := map[string]int{}
	for _, o := range reached {
		for key, n := range outcomes {
			if o.key.MatchString(key) {
				out[o.name] += n
			}
		}
	}
	return out
}

// missed returns the names of those that were not reached.
func missed(outcomes map[string]int) []string {
	var names []string
	counts := counted(outcomes)
	for _, o := range reached {
		if counts[o.name] == 0 {
			names = append(names, o.name)
		}
	}
	return names
}

func TestMissedOutcomesAreNamed(t *testing.T) {
	t.Parallel()
	assert.Len(t, missed(nil), len(reached))
	names := missed(map[string]int{"DeleteTask 40P01 after a wait": 1, "InsertTask waits for a key": 1, "UpdateTaskPrompt ok": 9})
	assert.Len(t, names, len(reached)-2)
	assert.NotContains(t, names, "deadlock")
	assert.NotContains(t, names, "wait for a key")
	assert.Contains(t, names, "success after a wait")
}
