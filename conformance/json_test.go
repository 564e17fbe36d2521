package conformance

import (
	"encoding/json"
	"math"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/tasktwin/tasktwin"
	"github.com/tasktwin/tasktwin/conformance/parity"
	"github.com/tasktwin/tasktwin/memdb"
)

// Rows of a store survive a round trip through JSON unchanged, including odd
// values. Only years that RFC 3339 has are possible.
func TestRowsOfAStoreComeBackFromJSON(t *testing.T) {
	t.Parallel()
	for _, preset := range []parity.Preset{parity.PresetMixed, parity.PresetValues, parity.PresetTelemetry} {
		t.Run("preset "+string(preset), func(t *testing.T) {
			t.Parallel()
			db := memdb.New(memdb.Options{})
			opts := parity.Options{Scratch: openMemdb(t), Seed: 1, Preset: preset, Ops: 3000, Check: parity.CheckEnd}
			report, err := parity.Run(t.Context(), db, openMemdb(t), opts)
			require.NoError(t, err)
			require.Empty(t, report.Mismatches)

			dump, err := db.Dump(t.Context())
			require.NoError(t, err)
			tasks, err := db.ListTasks(t.Context(), tasktwin.ListTasksParams{})
			require.NoError(t, err)
			events, err := db.GetTelemetryTaskEvents(t.Context(), tasktwin.GetTelemetryTaskEventsParams{Now: time.Unix(math.MaxInt32, 0)})
			require.NoError(t, err)
			lists := []reflect.Value{reflect.ValueOf(tasks), reflect.ValueOf(events)}
			for _, list := range reflect.ValueOf(dump).Elem().Fields() {
				lists = append(lists, list)
			}
			all, skipped := 0, 0
			for _, list := range lists {
				for i := range list.Len() {
					all++
					if !comesBack(t, list.Index(i).Interface()) {
						skipped++
					}
				}
			}
			require.Greater(t, all, 50)
			require.Less(t, skipped, all/2)
		})
	}
}

// comesBack reports whether a row can be written as JSON, and fails if reading it
// returns another row.
func comesBack(t *testing.T, row any) bool {
	t.Helper()
	text, err := json.Marshal(row)
	if err != nil && strings.Contains(err.Error(), "year outside of range") {
		return false
	}
	require.NoError(t, err)
	back := reflect.New(reflect.TypeOf(row))
	require.NoError(t, json.Unmarshal(text, back.Interface()), string(text))
	require.Equal(t, row, back.Elem().Interface(), string(text))
	require.NotContains(t, string(text), `"Valid":`)
	return true
}
