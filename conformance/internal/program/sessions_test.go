package program_test

import (
	"context"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tasktwin/tasktwin/conformance/internal/program"
	"github.com/tasktwin/tasktwin/conformance/internal/stores"
)

func parse(t *testing.T, text string) program.Program {
	t.Helper()
	p, err := stores.Methods.Parse(text)
	require.NoError(t, err)
	return p
}

const twoSessions = `A: begin Isolation="serializable"
B: GetTaskByID 00000000-0000-0000-0000-000000000001
A: savepoint
B: begin
A: UpdateTaskPrompt ID=00000000-0000-0000-0000-000000000001 Prompt="A: 1"
B: cancel
B: DeleteTask ID=00000000-0000-0000-0000-000000000001
A: release
B: rollback
A: commit
`

func TestTextOfSessions(t *testing.T) {
	t.Parallel()
	p := parse(t, twoSessions)
	assert.Equal(t, []string{"A", "B"}, p.Sessions())
	assert.Equal(t, twoSessions, p.String())
	assert.Equal(t, p, p.Balanced())
	for _, bad := range []string{
		"A: begin", "A: commit", "A: begin\nB: commit", "A: begin\ncommit\nA: commit", "begin\nA: ListTasks\ncommit",
		"A: fork", "A:ListTasks", "1: ListTasks",
	} {
		_, err := stores.Methods.Parse(bad)
		require.Error(t, err, bad)
	}
	require.Error(t, p.Run(t.Context(), program.Engine{}, nil))
}

func TestBalancedSessions(t *testing.T) {
	t.Parallel()
	p := parse(t, twoSessions)
	assert.Equal(t, `A: begin
B: begin
A: UpdateTaskPrompt ID=00000000-0000-0000-0000-000000000001 Prompt="A: 1"
A: commit
B: commit
`, p[2:5].Balanced().String())
	assert.Empty(t, p[7:].Balanced())
}

func TestNamesOfIDs(t *testing.T) {
	t.Parallel()
	methods := stores.Methods.WithNames(map[string]uuid.UUID{"t1": program.ID(1)})
	op, err := methods.ParseOp(`A: UpdateTaskPrompt ID=t1 Prompt="t1 \" t1"`)
	require.NoError(t, err)
	assert.Equal(t, `A: UpdateTaskPrompt ID=00000000-0000-0000-0000-000000000001 Prompt="t1 \" t1"`, op.String())
}

// Only the delete of a task by a session that has begun a transaction beside an open
// one matters.
func TestShrinkSessions(t *testing.T) {
	t.Parallel()
	p := parse(t, twoSessions+"C: ListTasks\n")
	fails := func(_ context.Context, p program.Program) (bool, error) {
		open, outside := map[string]bool{}, false
		for _, op := range p {
			switch {
			case op.Begins():
				open[op.Session] = true
			case op.Ends():
				delete(open, op.Session)
			case op.Name == "DeleteTask":
				outside = outside || !open[op.Session] && len(open) == 1
			}
		}
		return outside, nil
	}
	p = append(p[:3:3], append(parse(t, "D: DeleteTask ID=00000000-0000-0000-0000-000000000001 DeletedAt=2024-03-01T12:00:00Z"), p[3:]...)...)
	require.True(t, must(fails(t.Context(), p)))
	shrunk, err := program.Shrink(t.Context(), stores.Methods, p, fails)
	require.NoError(t, err)
	assert.Equal(t, "A: begin\nD: DeleteTask ID=00000000-0000-0000-0000-000000000001\nA: commit\n", shrunk.String())
}

func must(ok bool, _ error) bool { return ok }
