package cases

import (
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	"github.com/tasktwin/tasktwin"
	"github.com/tasktwin/tasktwin/conformance/internal/stores"
	"github.com/tasktwin/tasktwin/conformance/pgtest"
)

// The detail of a failing row is the same in a session of another time zone.
func TestDetailsAreComparedInUTC(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"2024-02-29 23:30:00+00":               "2024-02-29 23:30:00+00",
		"2024-02-29 20:00:00.123456-03:30":     "2024-02-29 23:30:00.123456+00",
		"1884-12-31 20:29:08.5-03:30:52":       "1885-01-01 00:00:00.5+00",
		"0001-12-31 20:29:08-03:30:52 BC":      "0001-01-01 00:00:00+00",
		"0001-01-01 00:30:00+01":               "0001-12-31 23:30:00+00 BC",
		"4714-11-23 20:29:08-03:30:52 BC":      "4714-11-24 00:00:00+00 BC",
		"294277-01-01 05:29:59.999999+05:30":   "294276-12-31 23:59:59.999999+00",
		"a 2024-01-01 00:00:00, 12345 and 1+1": "a 2024-01-01 00:00:00, 12345 and 1+1",
		"2024-99-01 00:00:00+00":               "2024-99-01 00:00:00+00",
	} {
		for code, changed := range map[tasktwin.SQLState]bool{
			tasktwin.NotNullViolation: true, tasktwin.CheckViolation: true, tasktwin.UniqueViolation: false,
		} {
			expected := in
			if changed {
				expected = want
			}
			got := stores.Describe(&tasktwin.Error{Code: code, Detail: "Failing row contains (1, " + in + ", null)."})
			require.Equal(t, "Failing row contains (1, "+expected+", null).", got.Detail)
		}
	}
}

func TestDetailsAreCompared(t *testing.T) {
	t.Parallel()
	one := &tasktwin.Error{Code: tasktwin.UniqueViolation, Detail: "Key (id)=(1) already exists."}
	two := &tasktwin.Error{Code: tasktwin.UniqueViolation, Detail: "Key (id)=(2) already exists."}
	require.Contains(t, stores.Compare(one, two), "(id)=(1)")
	one.Code, two.Code = tasktwin.DeadlockDetected, tasktwin.DeadlockDetected
	require.Empty(t, stores.Compare(one, two))
}

// Each constraint of the schema, also of a new one, needs a row that violates it,
// and its detail.
func TestEachConstraintIsViolated(t *testing.T) {
	t.Parallel()
	rows, err := pgtest.Open(t).Pool().Query(t.Context(), `
SELECT index.relname FROM pg_index JOIN pg_class AS index ON index.oid = indexrelid
WHERE indisunique AND index.relnamespace = 'public'::regnamespace AND indrelid <> 'tasktwin_db_version'::regclass
UNION SELECT conname FROM pg_constraint WHERE contype = 'f' AND connamespace = 'public'::regnamespace`)
	require.NoError(t, err)
	constraints, err := pgx.CollectRows(rows, pgx.RowTo[string])
	require.NoError(t, err)
	require.NotEmpty(t, constraints)
	violated := map[string]bool{}
	for _, bad := range badRows {
		violated[bad.want.Constraint] = true
	}
	for _, constraint := range constraints {
		if !violated[constraint] {
			t.Errorf("no row violates %s: add one to badRows, in cases/bad_rows.go", constraint)
		}
	}
}
