package conformance

import (
	"database/sql"
	"encoding/json"
	"fmt"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/tasktwin/tasktwin"
	"github.com/tasktwin/tasktwin/conformance/internal/lockstep"
	"github.com/tasktwin/tasktwin/conformance/internal/program"
	"github.com/tasktwin/tasktwin/conformance/parity"
)

func noProgress() {}

// memdb replays a transcript of PostgreSQL, and a wrong answer is noticed where it
// is given.
func TestTranscripts(t *testing.T) {
	t.Parallel()
	p := append(generate(3, parity.PresetMixed, 200),
		parity.Op{Name: program.OpFork}, parity.Op{Name: "InsertUser", Arg: tasktwin.InsertUserParams{ID: id(1)}})
	p, err := parseOps(p.String())
	require.NoError(t, err)
	sums, err := recordProgram(t.Context(), p, openPgdb(t), openTwin(t), acceptedOfTwins(t))
	require.NoError(t, err)
	require.Greater(t, len(sums), 200)
	require.NoError(t, replayProgram(t.Context(), p, openTwin(t), sums, noProgress))

	for _, at := range []int{0, len(sums) / 2, len(sums) - 1} {
		sums[at]++
		err := replayProgram(t.Context(), p, openTwin(t), sums, noProgress)
		require.ErrorContains(t, err, "is not the recorded one")
		sums[at]--
	}
	require.Error(t, replayProgram(t.Context(), p, openTwin(t), sums[:len(sums)-1], noProgress))
	require.Error(t, replayProgram(t.Context(), p, openTwin(t), append(sums, 1), noProgress))

	other := openTwin(t)
	_, err = other.InsertOrganization(t.Context(), tasktwin.InsertOrganizationParams{ID: id(2)})
	require.NoError(t, err)
	require.ErrorContains(t, replayProgram(t.Context(), p, other, sums, noProgress), "is not the recorded one")
}

// Recording fails if the subject differs from the reference.
func TestTranscriptsAreRight(t *testing.T) {
	t.Parallel()
	other := openTwin(t)
	_, err := other.InsertOrganization(t.Context(), tasktwin.InsertOrganizationParams{ID: id(2)})
	require.NoError(t, err)
	_, err = recordProgram(t.Context(), parity.Program{{Name: "DeleteOrganizationByID", Arg: id(2)}}, openPgdb(t), other, acceptedOfTwins(t))
	require.ErrorContains(t, err, "record a transcript")
}

func TestTranscriptsOfValues(t *testing.T) {
	t.Parallel()
	values, sums := recordValues(t, 1, 20)
	version := twinOptions(t).PostgresVersion
	file := filepath.Join(t.TempDir(), valuesFile)
	require.NoError(t, writeValues(file, values))
	require.NoError(t, writeSums(file+sumsSuffix, sums))
	require.NoError(t, replayValues(t, version, file, noProgress))
	sums[len(sums)/2]++
	require.NoError(t, writeSums(file+sumsSuffix, sums))
	require.ErrorContains(t, replayValues(t, version, file, noProgress), "which is not what was recorded")
	require.NoError(t, writeSums(file+sumsSuffix, sums[:1]))
	require.Error(t, replayValues(t, version, file, noProgress))
}

func TestSumsTell(t *testing.T) {
	t.Parallel()
	at := time.Unix(1, 2).UTC()
	// Sums are only compared within a type, because a method's answers all have one
	// type.
	seen := map[string]any{}
	for _, v := range []any{
		[]int(nil),
		[]int{},
		[]int{0},
		[]int{0, 0},
		json.RawMessage("{}"), json.RawMessage("{} "),
		"", "\x00", "a", "12345678", "12345678\x00", "123456789", int64(2), int64(-2), uint8(3),
		at, at.In(time.FixedZone("UTC+1", 3600)), at.Add(1), at.Add(time.Second), id(1), id(2), nullUUID(id(1)),
		sql.NullString{},
		sql.NullString{Valid: true},
		lockstep.ErrorFacts{Kind: "a"},
		lockstep.ErrorFacts{Elsewise: "a"},
		lockstep.ErrorFacts{Table: "a"},
		[]string{"a", "b"},
		[]string{"ab", ""},
		&tasktwin.Dump{}, &tasktwin.Dump{Users: []tasktwin.User{}},
	} {
		s := sumOf(v)
		require.Equal(t, s, sumOf(v))
		key := fmt.Sprintf("%T %d", v, s)
		require.NotContains(t, seen, key, "%#v and %#v", v, seen[key])
		seen[key] = v
	}
}
