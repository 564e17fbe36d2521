package packed

import (
	"bytes"
	"os"
	"testing"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/tasktwin/tasktwin"
	"github.com/tasktwin/tasktwin/conformance/parity"
	"github.com/tasktwin/tasktwin/conformance/pgtest"
	"github.com/tasktwin/tasktwin/memdb"
)

// No goroutine outlives the tests.
func TestMain(m *testing.M) {
	code := pgtest.Run(m)
	if err := goleak.Find(); err != nil && code == 0 {
		println(err.Error())
		code = 1
	}
	os.Exit(code)
}

const by = "tasktwin test"

// sampleRows returns at least one row of each table, with extreme values of their types.
func sampleRows(t testing.TB) *tasktwin.Dump {
	t.Helper()
	data, err := os.ReadFile("testdata/version1_schema1.dump")
	require.NoError(t, err)
	rows, _, err := Read(t.Context(), bytes.NewReader(data))
	require.NoError(t, err)
	return rows
}

// empty returns the dump of an empty store.
func empty(t *testing.T) *tasktwin.Dump {
	t.Helper()
	d, err := memdb.New(memdb.Options{}).Dump(t.Context())
	require.NoError(t, err)
	return d
}

// generated returns the rows that a random program leaves.
func generated(t testing.TB, preset parity.Preset, ops int) *tasktwin.Dump {
	t.Helper()
	db, twin := memdb.New(memdb.Options{}), memdb.New(memdb.Options{})
	opts := parity.Options{Scratch: memdb.New(memdb.Options{}), Seed: 1, Preset: preset, Ops: ops, Check: parity.CheckEnd}
	report, err := parity.Run(t.Context(), db, twin, opts)
	require.NoError(t, err)
	require.Empty(t, report.Mismatches)
	d, err := db.Dump(t.Context())
	require.NoError(t, err)
	return d
}

// file returns the rows as a file.
func file(t testing.TB, d *tasktwin.Dump) []byte {
	t.Helper()
	var out bytes.Buffer
	_, err := Write(t.Context(), &out, d, by)
	require.NoError(t, err)
	return out.Bytes()
}
