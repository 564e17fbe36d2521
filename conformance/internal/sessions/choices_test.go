package sessions_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tasktwin/tasktwin/conformance/internal/program"
	"github.com/tasktwin/tasktwin/conformance/internal/scripts"
	"github.com/tasktwin/tasktwin/conformance/internal/sessions"
)

func TestIndependent(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		a, b string
		want bool
	}{
		{"UpdateTaskPrompt ID=t1", "UpdateTaskPrompt ID=t2", true},
		{"UpdateTaskPrompt ID=t1", "UpdateTaskPrompt ID=t1", false},
		{"UpdateTaskPrompt ID=t1", "InsertTask ID=n1", false},
		{"UpdateTaskPrompt ID=t1", "UpdateWorkspaceACLByID ID=w1", true},
		{"InsertTask ID=n1", "InsertTask ID=n2", false},
		{"InsertTask ID=n1", "InsertWorkspace ID=n2", true},
		{"DeleteWorkspaceByID w1", "UpdateTaskPrompt ID=t1", false},
		{"UpdateTaskPrompt ID=t1", "DeleteWorkspaceByID w1", false},
	} {
		op := func(line string) program.Op {
			op, err := scripts.Methods().ParseOp(line)
			require.NoError(t, err)
			return op
		}
		assert.Equal(t, c.want, sessions.ChoicesOfPostgres.Independent(op(c.a), op(c.b)), "%s, %s", c.a, c.b)
	}
}
