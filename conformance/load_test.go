package conformance

import (
	"context"
	"encoding/json"
	"math/rand/v2"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/tasktwin/tasktwin"
	"github.com/tasktwin/tasktwin/conformance/internal/cases"
	"github.com/tasktwin/tasktwin/conformance/internal/lockstep"
	"github.com/tasktwin/tasktwin/conformance/internal/program"
	"github.com/tasktwin/tasktwin/conformance/internal/stores"
	"github.com/tasktwin/tasktwin/conformance/parity"
	"github.com/tasktwin/tasktwin/conformance/pgtest"
	"github.com/tasktwin/tasktwin/memdb"
)

// loadStore is a store that can load and dump rows.
type loadStore interface {
	tasktwin.Querier
	tasktwin.Loader
	tasktwin.Dumper
}

// loadOutcome is the outcome of loading rows: the error, the rows that the store
// has afterwards, and what is derived from them.
type loadOutcome struct{ Load, Dump, Tasks, Events lockstep.Answer }

func outcomeOfLoad(ctx context.Context, s loadStore, rows *tasktwin.Dump) (loadOutcome, error) {
	err := s.Load(ctx, rows)
	dump, dumpErr := s.Dump(ctx)
	tasks, tasksErr := s.ListTasks(ctx, tasktwin.ListTasksParams{})
	events, eventsErr := s.GetTelemetryTaskEvents(ctx, tasktwin.GetTelemetryTaskEventsParams{Now: at(100)})
	return loadOutcome{
		lockstep.Answer{Error: stores.Describe(err)},
		lockstep.Answer{Value: dump, Error: stores.Describe(dumpErr)},
		lockstep.Answer{Value: tasks, Error: stores.Describe(tasksErr)},
		lockstep.Answer{Value: events, Error: stores.Describe(eventsErr)},
	}, err
}

// compareLoads loads rows into two stores. It returns how the outcomes differ, ""
// if they do not, and the reference's error.
func compareLoads(ctx context.Context, ref, sub loadStore, rows *tasktwin.Dump) (diff string, err error) {
	want, err := outcomeOfLoad(ctx, ref, rows)
	got, _ := outcomeOfLoad(ctx, sub, rows)
	return parity.Compare(want, got), err
}

// The rows that a program leaves in memdb can be loaded, and dumped unchanged.
// With a few values changed, both engines refuse them with the same error or hold
// the same rows.
func TestLoadedDumps(t *testing.T) {
	t.Parallel()
	rounds := 20
	if testing.Short() {
		rounds = 3
	}
	const changes = 30
	r := seeded(t)
	pg := pgtest.Open(t)
	refused, loads := map[string]int{}, 0
	for range rounds {
		presets := parity.AllPresets()
		rows := leftBehind(t, r.Uint64(), presets[r.IntN(len(presets))])
		for n := range changes {
			loaded := rows
			if n > 0 {
				loaded = perturbed(r, rows)
			}
			inTransactions(t, pg, memdb.New(memdb.Options{}), func(ref, sub loadStore) {
				var err error
				var diff string
				if diff, err = compareLoads(t.Context(), ref, sub, loaded); diff != "" {
					t.Errorf("memdb (+) differs from PostgreSQL (-):\n%s", diff)
				}
				if err != nil {
					require.NotZero(t, n, "%v", err)
					refused[stores.Outcome(err)]++
					return
				}
				loads++
				if n == 0 {
					got, err := ref.Dump(t.Context())
					require.NoError(t, err)
					require.Empty(t, parity.Compare(rows, got))
				}
			})
		}
	}
	t.Logf("%d loaded, refused: %v", loads, refused)
	require.NotZero(t, loads)
	require.NotEmpty(t, refused)
}

// leftBehind returns the rows that a random program leaves.
func leftBehind(t *testing.T, seed uint64, preset parity.Preset) *tasktwin.Dump {
	t.Helper()
	db := memdb.New(memdb.Options{})
	require.NoError(t, parity.Apply(t.Context(), db, generate(seed, preset, 1500), nil))
	rows, err := db.Dump(t.Context())
	require.NoError(t, err)
	return rows
}

// inTransactions calls fn with a transaction on each store, and rolls both back.
func inTransactions(t *testing.T, ref, sub tasktwin.Store, fn func(ref, sub loadStore)) {
	t.Helper()
	inTransaction(t, ref, func(r loadStore) {
		inTransaction(t, sub, func(s loadStore) { fn(r, s) })
	})
}

// inTransaction calls fn with a transaction, and rolls it back.
func inTransaction(t *testing.T, s tasktwin.Store, fn func(loadStore)) {
	t.Helper()
	err := s.InTx(t.Context(), func(tx tasktwin.Store) error {
		s, ok := tx.(loadStore)
		require.True(t, ok, "%T takes no rows", tx)
		fn(s)
		return program.ErrRollback
	}, nil)
	require.ErrorIs(t, err, program.ErrRollback)
}

// perturbed returns a copy of rows with one to three random changes: rows in
// another order, a duplicate row, or a field with another row's value or a bad
// one.
func perturbed(r *rand.Rand, rows *tasktwin.Dump) *tasktwin.Dump {
	out := cases.CopyOf(rows)
	tables := reflect.ValueOf(out).Elem()
	for range 1 + r.IntN(3) {
		table := tables.Field(r.IntN(tables.NumField()))
		n := table.Len()
		if n == 0 {
			continue
		}
		row, other := table.Index(r.IntN(n)), table.Index(r.IntN(n))
		switch r.IntN(8) {
		case 0:
			r.Shuffle(n, reflect.Swapper(table.Interface()))
		case 1:
			table.Set(reflect.Append(table, other))
		default:
			field := r.IntN(row.NumField())
			if r.IntN(2) == 0 {
				row.Field(field).Set(other.Field(field))
			} else {
				spoil(r, row.Field(field))
			}
		}
	}
	return out
}

// spoil sets a field to a value that is bad, or odd, or has another meaning.
func spoil(r *rand.Rand, field reflect.Value) {
	switch v := field.Addr().Interface().(type) {
	case *uuid.UUID:
		*v = absent
	case *uuid.NullUUID:
		*v = nullUUID(absent)
		v.Valid = r.IntN(3) > 0
	case *json.RawMessage:
		*v = pickOne(r, nil, json.RawMessage(`null`), json.RawMessage(`{`), json.RawMessage(`"\u0000"`), json.RawMessage("\xff"))
	case *time.Time:
		*v = pickOne(r, time.Time{}, time.Date(294277, 1, 1, 0, 0, 0, 0, time.UTC))
	case *bool:
		*v = !*v
	case *string:
		*v = pickOne(r, "", "\x00", "\xff", strings.ToUpper(*v), strings.Repeat("x", 200), *v+strings.Repeat(" ", 200))
	default:
		if field.Kind() == reflect.String {
			field.SetString("none")
		}
	}
}

func pickOne[T any](r *rand.Rand, from ...T) T { return from[r.IntN(len(from))] }
