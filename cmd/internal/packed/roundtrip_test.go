package packed

import (
	"bytes"
	"os"
	"reflect"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/tasktwin/tasktwin"
	"github.com/tasktwin/tasktwin/conformance/parity"
	"github.com/tasktwin/tasktwin/conformance/pgtest"
	"github.com/tasktwin/tasktwin/dumpfile"
	"github.com/tasktwin/tasktwin/memdb"
)

func TestRowsComeBack(t *testing.T) {
	t.Parallel()
	for name, rows := range map[string]*tasktwin.Dump{
		"none":                 empty(t),
		"ends of types":        sampleRows(t),
		"generated":            generated(t, parity.PresetMixed, 1000),
		"generated odd values": generated(t, parity.PresetValues, 1000),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			data := file(t, rows)
			back, info, err := Read(t.Context(), bytes.NewReader(data))
			require.NoError(t, err)
			require.Empty(t, parity.Compare(rows, back))
			require.Equal(t, by, info.CreatedBy)
			require.Len(t, info.Tables, reflect.TypeFor[tasktwin.Dump]().NumField())
			require.Equal(t, dumpfile.Count{Table: "users", Rows: len(rows.Users)}, info.Tables[1])

			verified, err := Verify(t.Context(), bytes.NewReader(data))
			require.NoError(t, err)
			require.Equal(t, info, verified)
			require.Equal(t, data, file(t, back), "the same rows give the same bytes")

			var plain bytes.Buffer
			written, err := WritePlain(t.Context(), &plain, rows, by)
			require.NoError(t, err)
			require.Equal(t, info, written)
			back, info, err = Read(t.Context(), &plain)
			require.NoError(t, err)
			require.Equal(t, written, info)
			require.Empty(t, parity.Compare(rows, back), "plain text")
		})
	}
}

// Rows go from memory to a file, to PostgreSQL, to a second file and back to
// memory. The rows and the files stay the same.
func TestThroughPostgres(t *testing.T) {
	t.Parallel()
	for _, preset := range []parity.Preset{parity.PresetMixed, parity.PresetValues, parity.PresetTelemetry} {
		t.Run("preset "+string(preset), func(t *testing.T) {
			t.Parallel()
			roundTrip(t, generated(t, preset, 2000))
		})
	}
	t.Run("ends of types", func(t *testing.T) {
		t.Parallel()
		roundTrip(t, sampleRows(t))
	})
}

func roundTrip(t *testing.T, rows *tasktwin.Dump) {
	t.Helper()
	memory, again, db := memdb.New(memdb.Options{}), memdb.New(memdb.Options{}), pgtest.Open(t)
	require.NoError(t, memory.Load(t.Context(), rows))
	var files [][]byte
	for _, step := range []struct {
		from tasktwin.Dumper
		to   tasktwin.Loader
	}{{memory, db}, {db, again}} {
		rows, err := step.from.Dump(t.Context())
		require.NoError(t, err)
		files = append(files, file(t, rows))
		back, _, err := Read(t.Context(), bytes.NewReader(files[len(files)-1]))
		require.NoError(t, err)
		require.NoError(t, step.to.Load(t.Context(), back))
	}
	require.Equal(t, files[0], files[1])
	want, err := memory.Dump(t.Context())
	require.NoError(t, err)
	got, err := again.Dump(t.Context())
	require.NoError(t, err)
	require.Empty(t, parity.Compare(want, got))
}

// Files of version 1 must remain readable. These contain the rows of sampleRows.
// The first was written before the header had the schema's version.
func TestVersion1(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"version1.dump", "version1_schema1.dump"} {
		data, err := os.ReadFile("testdata/" + name)
		require.NoError(t, err)
		back, info, err := Read(t.Context(), bytes.NewReader(data))
		require.NoError(t, err)
		require.Empty(t, parity.Compare(sampleRows(t), back))
		require.Equal(t, 1, info.Version)
		require.Equal(t, 1, info.Schema)
	}
}
