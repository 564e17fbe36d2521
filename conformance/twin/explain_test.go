package twin_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/tasktwin/tasktwin/conformance/parity"
	"github.com/tasktwin/tasktwin/conformance/pgtest"
	"github.com/tasktwin/tasktwin/conformance/twin"
	"github.com/tasktwin/tasktwin/memdb"
)

// A report shows the verdict, the program, both answers, the SQL with its
// arguments, and the server's version and settings.
func TestReportExplains(t *testing.T) {
	t.Parallel()
	program, err := parity.ParseProgram(`InsertUser ID=00000000-0000-0000-0000-000000000001 Username="Ä"` + "\n" +
		`InsertUser ID=00000000-0000-0000-0000-000000000002 Username="ä"` + "\n")
	require.NoError(t, err)
	ascii := memdb.Options{Lower: memdb.LowerC}
	report, err := parity.Run(t.Context(), pgtest.Open(t), memdb.New(ascii), parity.Options{Program: program})
	require.NoError(t, err)
	text := report.Text(0) + twin.Explain(t.Context(), pgtest.Open(t), memdb.New(ascii), program)
	for _, want := range []string{
		"MISMATCH: InsertUser, call 2 of a program of 2 operations", program.String(), "users_username_lower_idx", "the subject (+) differs",
		"INSERT INTO users", `"ä"`, "PostgreSQL ", "timezone ", "ctype ",
	} {
		require.Contains(t, text, want)
	}
}
