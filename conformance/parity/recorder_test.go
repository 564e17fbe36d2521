package parity_test

import (
	"context"
	"encoding/json"
	"errors"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/tasktwin/tasktwin"
	"github.com/tasktwin/tasktwin/conformance/internal/stores"
	"github.com/tasktwin/tasktwin/conformance/parity"
	"github.com/tasktwin/tasktwin/conformance/pgtest"
	"github.com/tasktwin/tasktwin/conformance/twin"
	"github.com/tasktwin/tasktwin/faults"
	"github.com/tasktwin/tasktwin/memdb"
	"github.com/tasktwin/tasktwin/observe"
	"github.com/tasktwin/tasktwin/tasktest"
)

// life makes calls of all kinds on a store: fixtures, transactions and savepoints that end
// in each way, errors, contexts that end, and options.
func life(t *testing.T, store tasktwin.Store) {
	t.Helper()
	ctx := t.Context()
	w := tasktest.New(t, store)
	task := w.Active().Working()
	w.Clock.Advance(time.Minute)
	task.Pause(tasktwin.BuildReasonTaskAutoPause).Resume().Complete().Delete()
	stop := errors.New("stop")
	user := func(name string) tasktwin.InsertUserParams {
		return tasktwin.InsertUserParams{ID: uuid.NewSHA1(uuid.Nil, []byte(name)), Username: name + " \"\\\x01ä", CreatedAt: time.Now()}
	}
	insert := func(ctx context.Context, s tasktwin.Store, name string) error {
		_, err := s.InsertUser(ctx, user(name))
		return err
	}
	canceled, cancel := context.WithCancel(ctx)
	cancel()
	options := []*tasktwin.TxOptions{nil, {Isolation: tasktwin.Serializable}, {Isolation: tasktwin.RepeatableRead, ReadOnly: true}}
	for _, inner := range []func(tasktwin.Store) error{
		func(s tasktwin.Store) error { return insert(ctx, s, "released") },
		func(s tasktwin.Store) error { return errors.Join(insert(ctx, s, "rolled back"), stop) },
		func(s tasktwin.Store) error { return insert(ctx, s, "released") }, // a duplicate key
		func(s tasktwin.Store) error { return s.InTx(ctx, func(tasktwin.Store) error { return nil }, nil) },
		func(s tasktwin.Store) error { return insert(canceled, s, "canceled") },
		func(s tasktwin.Store) error { return s.InTx(canceled, func(tasktwin.Store) error { return nil }, nil) },
		func(tasktwin.Store) error { panic(stop) },
	} {
		for _, opts := range options {
			for _, caught := range []bool{true, false} {
				func() {
					defer func() { _ = recover() }()
					_ = store.InTx(ctx, func(tx tasktwin.Store) error {
						_, _ = tx.ListTasks(ctx, tasktwin.ListTasksParams{})
						err := tx.InTx(ctx, inner, opts)
						_ = insert(ctx, tx, uuid.NewString())
						if caught {
							return nil
						}
						return err
					}, opts)
				}()
			}
		}
	}
	_ = insert(canceled, store, "canceled")
	_ = store.InTx(canceled, func(tasktwin.Store) error { return nil }, nil)
	_ = store.InTx(ctx, func(tasktwin.Store) error { return nil }, &tasktwin.TxOptions{Isolation: "chaos"})
	var ended tasktwin.Store
	own, end := context.WithCancel(ctx)
	_ = store.InTx(own, func(tx tasktwin.Store) error {
		ended = tx
		end()
		return insert(ctx, tx, "cut off")
	}, nil)
	require.ErrorIs(t, insert(ctx, ended, "ended"), tasktwin.ErrTxDone)
	require.NoError(t, store.Ping(ctx))
}

// A run of code, with its fixtures, is a program. On both engines it gives the answers that
// the code has got, and the rows.
func TestRecordedRunsAreReplayed(t *testing.T) {
	t.Parallel()
	db := pgtest.Open(t)
	opts, err := twin.Options(t.Context(), db)
	require.NoError(t, err)
	memory := memdb.New(opts)
	recorder := parity.NewRecorder()
	var outcomes []string
	store := observe.Wrap(memory, recorder.Observe, func(_ context.Context, c observe.Call) {
		if _, ok := stores.Methods.Type().MethodByName(c.Method); ok && !errors.Is(c.Err, tasktwin.ErrTxDone) {
			outcomes = append(outcomes, c.Method+" "+stores.Outcome(c.Err))
		}
	})
	life(t, store)
	p, err := recorder.Program()
	require.NoError(t, err)
	for _, op := range []string{
		"begin\n", "commit\n", "  savepoint\n", "  release\n", "  rollback\n", "rollback\n", "panic\n", "cutoff\n", "cancel\n",
		`begin Isolation="repeatable read" ReadOnly=true`, `begin Isolation="chaos"`,
	} {
		require.Contains(t, "\n"+p.String(), "\n"+op)
	}

	report, err := parity.Run(t.Context(), db, memdb.New(opts), parity.Options{Program: p})
	require.NoError(t, err)
	require.Empty(t, report.Mismatches)
	var replayed []string
	again := memdb.New(opts)
	require.NoError(t, parity.Apply(t.Context(), again, p, func(op parity.Op, err error) {
		if _, ok := stores.Methods.Type().MethodByName(op.Name); ok {
			replayed = append(replayed, op.Name+" "+stores.Outcome(err))
		}
	}))
	require.Equal(t, outcomes, replayed)
	for _, other := range []tasktwin.Dumper{db, again} {
		require.Empty(t, parity.Compare(dump(t, memory), dump(t, other)))
	}
}

func dump(t *testing.T, s tasktwin.Dumper) *tasktwin.Dump {
	t.Helper()
	rows, err := s.Dump(t.Context())
	require.NoError(t, err)
	return rows
}

// The program of a store with faults has what has become of its transactions.
func TestRecordedFaults(t *testing.T) {
	t.Parallel()
	memory, recorder := memdb.New(memdb.Options{}), parity.NewRecorder()
	rules := []*faults.Rule{
		faults.Fail(tasktwin.DeadlockDetected).OneIn(4, 1), faults.SerializationFailures(4, 2), faults.LoseConnection().OneIn(9, 3),
	}
	store := faults.Wrap(observe.Wrap(memory, recorder.Observe), rules...)
	for range 40 {
		_ = store.InTx(t.Context(), func(tx tasktwin.Store) error {
			insert := func(s tasktwin.Store) error {
				_, err := s.InsertUser(t.Context(), tasktwin.InsertUserParams{ID: uuid.New(), Username: uuid.NewString()})
				return err
			}
			return errors.Join(insert(tx), tx.InTx(t.Context(), insert, nil))
		}, nil)
	}
	p, err := recorder.Program()
	require.NoError(t, err)
	db := pgtest.Open(t)
	require.NoError(t, parity.Apply(t.Context(), db, p, nil))
	want := dump(t, memory)
	require.NotEmpty(t, want.Users)
	require.Less(t, len(want.Users), 80)
	require.Empty(t, parity.Compare(want, dump(t, db)))
}

// What cannot be a program is refused, with the call.
func TestWhatCannotBeRecorded(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	write := func(s tasktwin.Store) { _, _ = s.InsertUser(ctx, tasktwin.InsertUserParams{}) }
	for want, run := range map[string]func(*observe.Store, *parity.Recorder){
		"ListTasks overlapped with InsertUser in transaction 1": func(_ *observe.Store, r *parity.Recorder) {
			r.Observe(ctx, observe.Call{Method: observe.Begin, Tx: 1, Began: 1, Ended: 2})
			r.Observe(ctx, observe.Call{Method: "ListTasks", Tx: 1, Depth: 1, Began: 4, Ended: 5})
			r.Observe(ctx, observe.Call{Method: "InsertUser", Tx: 1, Depth: 1, Began: 3, Ended: 6})
		},
		"transaction 1 is still open": func(s *observe.Store, r *parity.Recorder) {
			_ = s.InTx(ctx, func(tasktwin.Store) error {
				_, err := r.Program()
				require.ErrorContains(t, err, "transaction 1 is still open")
				return nil
			}, nil)
			r.Observe(ctx, observe.Call{Method: observe.Begin, Tx: 1, Began: 100, Ended: 101})
		},
		"a program cannot have Load: it calls the methods of Querier one at a time": func(s *observe.Store, _ *parity.Recorder) {
			_ = s.Load(ctx, &tasktwin.Dump{})
		},
		"InsertUser was called on a fork: observe it with the Recorder that Recorder.Fork returns": func(s *observe.Store, _ *parity.Recorder) {
			fork, err := s.ForkStore()
			require.NoError(t, err)
			write(fork)
		},
		"commit: it is not known what became of it": func(_ *observe.Store, r *parity.Recorder) {
			lossy := faults.Wrap(memdb.New(memdb.Options{}), faults.LoseConnection().On(faults.Commit))
			_ = observe.Wrap(lossy, r.Observe).InTx(ctx, func(tx tasktwin.Store) error { write(tx); return nil }, nil)
		},
	} {
		r := parity.NewRecorder()
		run(observe.Wrap(memdb.New(memdb.Options{}), r.Observe), r)
		_, err := r.Program()
		require.ErrorContains(t, err, want)
	}
}

// What the caller does with an argument later does not change the program.
func TestRecordedArgumentsAreCopied(t *testing.T) {
	t.Parallel()
	r := parity.NewRecorder()
	store, text := observe.Wrap(memdb.New(memdb.Options{}), r.Observe), json.RawMessage(`{"a": 1}`)
	_ = store.UpsertTaskSnapshot(t.Context(), tasktwin.UpsertTaskSnapshotParams{LogSnapshot: text})
	text[2] = 'b'
	require.NoError(t, store.Close())
	_, err := store.GetTaskByID(t.Context(), uuid.Nil)
	require.ErrorIs(t, err, tasktwin.ErrClosed)
	p, err := r.Program()
	require.NoError(t, err)
	require.Equal(t, `UpsertTaskSnapshot LogSnapshot="{\"a\": 1}"`+"\n", p.String())
}
