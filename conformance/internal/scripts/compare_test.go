package scripts

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestComparable(t *testing.T) {
	t.Parallel()
	assert.Equal(t, `# D waits.

D: begin
D: DeleteWorkspaceByID w2
  D waits
A: commit
  -> ok
B: commit
  -> ok
  D: DeleteWorkspaceByID -> w2
D: UpdateTaskPrompt ID=t1
  D waits
E: UpdateTaskPrompt ID=t1
  -> error 40001
`, Comparable(`# D waits.

D: begin
D: DeleteWorkspaceByID w2
  waits for A
A: commit
  -> ok
  D waits for B
B: commit
  -> ok
  D: DeleteWorkspaceByID -> w2
D: UpdateTaskPrompt ID=t1
  waits for C
E: UpdateTaskPrompt ID=t1
  -> error 40001 (concurrent update)
`))
}

func TestParse(t *testing.T) {
	t.Parallel()
	const text = "# A task.\n# And its prompt.\n\n" +
		"A: begin\nA: InsertTask ID=n1 Prompt=\"t1\"\n  -> n1\nA: commit\n  -> ok\n\n" +
		"rows:\n  tasks n1: inserted\n"
	s, err := Parse(text)
	require.NoError(t, err)
	assert.Equal(t, "# A task.\n# And its prompt.\n", s.Comment)
	assert.Equal(t, []string{"A: begin", `A: InsertTask ID=n1 Prompt="t1"`, "A: commit"}, s.Steps)
	assert.Equal(t, `A: begin
A: InsertTask ID=n1 OrganizationID=acme OwnerID=ada Name="n1" TemplateVersionID=v1 TemplateParameters="{}" Prompt="t1"
A: commit
`, withNames.Replace(s.Program.String()))
	for _, bad := range []string{"A: ListTasks", "# No end.\nA: begin", "# Nobody.\nA: GetTaskByID t99", "# Nothing.\nA: GetTask t1"} {
		_, err := Parse(bad)
		require.Error(t, err, bad)
	}
}

// The corpus is as large as is promised, and each file is one of a group.
func TestFiles(t *testing.T) {
	t.Parallel()
	assert.GreaterOrEqual(t, len(files(t)), 150)
}
