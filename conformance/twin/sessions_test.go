package twin_test

import (
	"strings"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/tasktwin/tasktwin/conformance/parity"
	"github.com/tasktwin/tasktwin/conformance/pgtest"
	"github.com/tasktwin/tasktwin/conformance/twin"
	"github.com/tasktwin/tasktwin/memdb"
)

// sessionsProgram has a session that waits for a user who another one inserts, and the delete of
// a user to whom a workspace's template refers, whose SQLSTATE differs by version.
const sessionsProgram = `
A: begin
A: InsertUser ID=ada Username="ada"
B: InsertUser ID=other Username="ADA"
A: InsertOrganization ID=acme Name="acme"
A: InsertTemplate ID=go OrganizationID=acme Name="go" CreatedBy=ada
A: commit
B: DeleteUserByID ada
`

func TestRunSessions(t *testing.T) {
	t.Parallel()
	ids := strings.NewReplacer("=ada", "="+uuid.UUID{15: 1}.String(), " ada", " "+uuid.UUID{15: 1}.String(),
		"=other", "="+uuid.UUID{15: 2}.String(), "=acme", "="+uuid.UUID{15: 3}.String(), "=go", "="+uuid.UUID{15: 4}.String())
	p, err := parity.ParseProgram(ids.Replace(sessionsProgram))
	require.NoError(t, err)
	opts, err := twin.Options(t.Context(), pgtest.Open(t))
	require.NoError(t, err)
	report, err := twin.RunSessions(t.Context(), pgtest.URL(t), opts, p)
	require.NoError(t, err)
	require.Empty(t, report.Mismatch)
	require.Equal(t, len(p), report.Steps)
	require.Contains(t, report.Transcript, "waits for A")
	require.Contains(t, report.Transcript, "B: InsertUser -> error 23505 users_username_lower_idx")

	// A memdb that answers as another version does is a mismatch.
	other := opts
	if other.PostgresVersion = 18; opts.PostgresVersion >= 18 {
		other.PostgresVersion = 17
	}
	report, err = twin.RunSessions(t.Context(), pgtest.URL(t), other, p)
	require.NoError(t, err)
	require.Contains(t, report.Mismatch, "DeleteUserByID")
	require.Contains(t, report.Mismatch, "templates_created_by_fkey")
}

func TestRunSessionsRefuses(t *testing.T) {
	t.Parallel()
	single, err := parity.ParseProgram("begin\ncommit\n")
	require.NoError(t, err)
	several, err := parity.ParseProgram("A: begin\nA: commit\n")
	require.NoError(t, err)
	_, err = twin.RunSessions(t.Context(), pgtest.URL(t), memdb.Options{}, single)
	require.ErrorContains(t, err, "the program has one session: use parity.Run")
	_, err = twin.RunSessions(t.Context(), pgtest.URL(t), memdb.Options{PostgresVersion: 9}, several)
	require.ErrorContains(t, err, "PostgresVersion")
	_, err = twin.RunSessions(t.Context(), "postgres://localhost:1/none", memdb.Options{}, several)
	require.Error(t, err)
}
