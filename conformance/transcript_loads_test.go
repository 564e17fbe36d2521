package conformance

import (
	"fmt"
	"math/rand/v2"
	"reflect"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/tasktwin/tasktwin"
	"github.com/tasktwin/tasktwin/conformance/internal/cases"
	"github.com/tasktwin/tasktwin/conformance/parity"
)

// transcriptLoads returns rows to load, the same for the same seed: rows that can
// be loaded, the same rows with random changes, and rows with a bad value in one
// or two fields.
func transcriptLoads(seed uint64) []*tasktwin.Dump {
	r := rand.New(rand.NewPCG(seed, 2))
	var loads []*tasktwin.Dump
	for n := range 6 {
		loads = append(loads, cases.RowsToLoad(n))
		for range 60 {
			loads = append(loads, perturbed(r, cases.RowsToLoad(n)))
		}
	}
	for table := range reflect.ValueOf(cases.RowsToLoad(1)).Elem().NumField() {
		loads = append(loads, spoiledRows(table)...)
	}
	return loads
}

// spoiledRows returns loads of one row in each table up to the given one. The last
// row has bad values in one or two of its fields. With two, one of them determines
// the error.
func spoiledRows(table int) []*tasktwin.Dump {
	var loads []*tasktwin.Dump
	spoiled := func(values map[int]any) {
		d := cases.RowsToLoad(1)
		tables := reflect.ValueOf(d).Elem()
		for later := table + 1; later < tables.NumField(); later++ {
			tables.Field(later).SetZero()
		}
		for field, value := range values {
			tables.Field(table).Index(0).Field(field).Set(reflect.ValueOf(value))
		}
		loads = append(loads, d)
	}
	row := reflect.TypeFor[tasktwin.Dump]().Field(table).Type.Elem()
	for i := range row.NumField() {
		for _, a := range badValues(row.Field(i).Type) {
			spoiled(map[int]any{i: a})
			for j := range i {
				for _, b := range badValues(row.Field(j).Type) {
					spoiled(map[int]any{i: a, j: b})
				}
			}
		}
	}
	return loads
}

// recordLoads loads rows into two stores and returns the sums of the outcomes. It
// fails if the two differ.
func recordLoads(t *testing.T, ref, sub tasktwin.Store, loads []*tasktwin.Dump) ([]sum, error) {
	t.Helper()
	var sums []sum
	for _, rows := range loads {
		diff, s := "", sum(0)
		inTransactions(t, ref, sub, func(ref, sub loadStore) {
			want, _ := outcomeOfLoad(t.Context(), ref, rows)
			got, _ := outcomeOfLoad(t.Context(), sub, rows)
			diff, s = parity.Compare(want, got), sumOf(got)
		})
		if diff != "" {
			return nil, fmt.Errorf("conformance: record a load: the subject (+) differs from the reference (-):\n%s", diff)
		}
		sums = append(sums, s)
	}
	return sums, nil
}

// replayLoads loads rows into a store and returns an error at the first outcome
// whose sum differs from the recorded one.
func replayLoads(t *testing.T, s tasktwin.Store, loads []*tasktwin.Dump, sums []sum, progress func()) error {
	t.Helper()
	if len(loads) != len(sums) {
		return fmt.Errorf("%d loads, and %d were recorded", len(loads), len(sums))
	}
	for i, rows := range loads {
		progress()
		var got loadOutcome
		inTransaction(t, s, func(s loadStore) { got, _ = outcomeOfLoad(t.Context(), s, rows) })
		if sumOf(got) != sums[i] {
			return fmt.Errorf("the outcome of load %d, %v, is not the recorded one", i+1, got.Load.Error)
		}
	}
	return nil
}

func TestTranscriptsOfLoads(t *testing.T) {
	t.Parallel()
	loads := transcriptLoads(1)[:100]
	sums, err := recordLoads(t, openPgdb(t), openTwin(t), loads)
	require.NoError(t, err)
	require.NoError(t, replayLoads(t, openTwin(t), transcriptLoads(1)[:100], sums, noProgress))
	sums[50]++
	require.ErrorContains(t, replayLoads(t, openTwin(t), loads, sums, noProgress), "the outcome of load 51, ")
	require.Error(t, replayLoads(t, openTwin(t), loads, sums[:99], noProgress))

	other := openTwin(t)
	_, err = other.InsertOrganization(t.Context(), tasktwin.InsertOrganizationParams{ID: id(2)})
	require.NoError(t, err)
	_, err = recordLoads(t, openPgdb(t), other, loads)
	require.ErrorContains(t, err, "record a load")
}
