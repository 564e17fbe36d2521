package dumpfile

import (
	"bytes"
	"encoding/json"
	"os"
	"reflect"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/tasktwin/tasktwin"
	"github.com/tasktwin/tasktwin/conformance/parity"
	"github.com/tasktwin/tasktwin/conformance/pgtest"
	"github.com/tasktwin/tasktwin/memdb"
)

func TestRowsComeBack(t *testing.T) {
	t.Parallel()
	for name, rows := range map[string]*tasktwin.Dump{
		"none":                 empty(t),
		"ends of types":        sampleRows(),
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
			require.Equal(t, Count{"users", len(rows.Users)}, info.Tables[1])

			verified, err := Verify(t.Context(), bytes.NewReader(data))
			require.NoError(t, err)
			require.Equal(t, info, verified)
			require.Equal(t, data, file(t, back), "the same rows give the same bytes")
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
		roundTrip(t, sampleRows())
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

func TestInstants(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]time.Time{
		"2024-01-02T03:04:05Z":           time.Date(2024, 1, 2, 3, 4, 5, 0, time.UTC),
		"2024-01-02T03:04:05.000006Z":    time.Date(2024, 1, 2, 3, 4, 5, 6000, time.UTC),
		"2024-01-02T03:04:05.1Z":         time.Date(2024, 1, 2, 3, 4, 5, 100_000_000, time.UTC),
		"0000-01-01T00:00:00Z":           time.Date(0, 1, 1, 0, 0, 0, 0, time.UTC),
		"0001-01-01T00:00:00Z":           {},
		"-0001-02-28T00:00:00Z":          time.Date(-1, 2, 28, 0, 0, 0, 0, time.UTC),
		"-4713-11-24T00:00:00Z":          first,
		"+10000-01-01T00:00:00Z":         time.Date(10000, 1, 1, 0, 0, 0, 0, time.UTC),
		"+294276-12-31T23:59:59.999999Z": last,
	} {
		require.Equal(t, text, string(appendInstant(nil, want)))
		got, ok := parseInstant([]byte(text))
		require.True(t, ok, text)
		require.Equal(t, want, got)
	}
	elsewhere := time.Date(2024, 1, 2, 3, 4, 5, 0, time.FixedZone("", 3600))
	require.Equal(t, "2024-01-02T02:04:05Z", string(appendInstant(nil, elsewhere)))
	for _, text := range []string{
		"", "2", "Z", "+", "2024-01-02", "2024-01-02T03:04:05", "2024-01-02T03:04:05+01:00", "2024-01-02t03:04:05Z", "2024-01-02 03:04:05Z",
		"2024-01-02T03:04:05.10Z", "2024-01-02T03:04:05.Z", "2024-01-02T03:04:05.", "2024-01-02T03:04:05.1234567891Z",
		"2024-01-02T03:04:60Z", "2024-13-02T03:04:05Z",
		"2023-02-29T03:04:05Z", "24-01-02T03:04:05Z", "+2024-01-02T03:04:05Z", "10000-01-01T00:00:00Z", "-0000-01-01T00:00:00Z",
		"+0010000-01-01T00:00:00Z", "99999999999999999999-01-01T00:00:00Z", "2024-01-02T03:04:05Z ", "2024-01-02T03:04:0xZ", "infinity",
	} {
		_, ok := parseInstant([]byte(text))
		require.False(t, ok, text)
	}
}

// Strings are written as JSON, and other JSON encodings of the same string can be
// read.
func TestTextIsJSON(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"", sampleRows().Organizations[0].Name, "\x00", "\b\f"} {
		line := appendText(nil, text)
		var back string
		require.NoError(t, json.Unmarshal(line, &back))
		require.Equal(t, text, back)

		others, err := json.Marshal(text)
		require.NoError(t, err)
		s := scanner{line: append(append([]byte("[ "), others...), " ]"...)}
		k, got, err := s.next('[')
		require.NoError(t, err)
		require.Equal(t, kindText, k)
		require.Equal(t, text, string(got))
		require.True(t, s.end())
	}
	s := scanner{line: []byte(`["\ud83d\ude00\/\b\f"]`)}
	_, got, err := s.next('[')
	require.NoError(t, err)
	require.Equal(t, "😀/\b\f", string(got))
}

func TestBadText(t *testing.T) {
	t.Parallel()
	for _, line := range []string{
		``, `[`, `["`, `["a`, `["\`, `["\"`, `["\x"]`, `["\u12"]`, `["\uzzzz"]`, `["\ud800"]`, `["\ud800\u0041"]`, `["\udc00\ud800"]`,
		"[\"\xff\"]", "[\"\n\"]", `"a"`, `[a"`, `[]`, `[,]`,
	} {
		s := scanner{line: []byte(line)}
		k, _, err := s.next('[')
		require.True(t, err != nil || k == kindNumber, line)
	}
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
		require.Empty(t, parity.Compare(sampleRows(), back))
		require.Equal(t, 1, info.Version)
		require.Equal(t, 1, info.Schema)
	}
}
