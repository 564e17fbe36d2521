package stores

import (
	"context"
	"errors"
	"iter"

	"github.com/tasktwin/tasktwin"
	"github.com/tasktwin/tasktwin/conformance/internal/lockstep"
	"github.com/tasktwin/tasktwin/conformance/internal/program"
	"github.com/tasktwin/tasktwin/internal/intercept"
)

// Store is a store that runs on an engine, such as two stores in lockstep.
type Store struct {
	intercept.Querier
	engine program.Engine
	can    abilities
	turns  *lockstep.Turns
}

// abilities are the optional interfaces of a store.
type abilities struct{ loads, iterates, batches bool }

// abilitiesOf returns the abilities of a store or, in lockstep, those that both stores have.
func abilitiesOf(s tasktwin.Store) (can abilities) {
	if both, ok := s.(*Store); ok {
		return both.can
	}
	_, can.loads = s.(tasktwin.Loader)
	_, can.iterates = s.(tasktwin.TaskIterator)
	_, can.batches = s.(tasktwin.BatchInserter)
	return can
}

// errNotClosed stands for the errors of both stores, which are worded differently.
var errNotClosed = errors.New("conformance: the stores refuse to be closed")

var (
	_ tasktwin.Store         = (*Store)(nil)
	_ tasktwin.Dumper        = (*Store)(nil)
	_ tasktwin.Loader        = (*Store)(nil)
	_ tasktwin.TaskIterator  = (*Store)(nil)
	_ tasktwin.BatchInserter = (*Store)(nil)
)

// Together returns a store that runs two stores in lockstep, for several goroutines that
// take turns: see [lockstep.InTurns].
func Together(ref, sub tasktwin.Store, rec *lockstep.Record) *Store {
	a, b := abilitiesOf(ref), abilitiesOf(sub)
	engine, turns := lockstep.InTurns(lockstep.Pair(Engine(ref, nil), Engine(sub, nil), rec))
	s := newStore(engine, abilities{a.loads && b.loads, a.iterates && b.iterates, a.batches && b.batches})
	s.turns = turns
	return s
}

// Overlaps returns the errors of the calls on a store of [Together] that overlapped with a
// transaction of another goroutine.
func (s *Store) Overlaps() []*lockstep.OverlapError { return s.turns.Overlaps() }

func newStore(e program.Engine, can abilities) *Store {
	s := &Store{engine: e, can: can}
	s.Querier = intercept.NewQuerier(func(ctx context.Context, name string, arg any, _ func(tasktwin.Store, any) (any, error)) (any, error) {
		return e.Call(ctx, program.Op{Name: name, Arg: arg})
	})
	return s
}

// CanLoad, CanIterate and CanBatch report whether a store is a [tasktwin.Loader], a
// [tasktwin.TaskIterator] or a [tasktwin.BatchInserter] or, in lockstep, both stores are.

// CanLoad reports whether a store can load rows.
func CanLoad(s tasktwin.Store) bool { return abilitiesOf(s).loads }

// CanIterate reports whether a store can list tasks one at a time.
func CanIterate(s tasktwin.Store) bool { return abilitiesOf(s).iterates }

// CanBatch reports whether a store can insert several statuses at once.
func CanBatch(s tasktwin.Store) bool { return abilitiesOf(s).batches }

// InTx runs fn in a transaction of the engine.
func (s *Store) InTx(ctx context.Context, fn func(tasktwin.Store) error, opts *tasktwin.TxOptions) error {
	return s.engine.InTx(ctx, func(tx program.Engine) error { return fn(newStore(tx, s.can)) }, opts)
}

// Ping pings the engine.
func (s *Store) Ping(ctx context.Context) error {
	_, err := s.engine.Call(ctx, program.Op{Name: intercept.Ping})
	return err
}

// Close closes the engine.
func (s *Store) Close() error {
	closed, err := s.engine.Call(context.Background(), program.Op{Name: callClose})
	if err == nil && closed != true {
		return errNotClosed
	}
	return err
}

// Dump returns the engine's rows.
func (s *Store) Dump(ctx context.Context) (*tasktwin.Dump, error) {
	out, err := s.engine.Dump(ctx)
	dump, _ := out.(*tasktwin.Dump)
	return dump, err
}

// Load loads rows into the engine.
func (s *Store) Load(ctx context.Context, rows *tasktwin.Dump) error {
	_, err := s.engine.Call(ctx, program.Op{Name: intercept.Load, Arg: rows})
	return err
}

// AllTasks iterates over the tasks of the engine, which lists all of them at the loop's
// beginning.
func (s *Store) AllTasks(ctx context.Context, arg tasktwin.ListTasksParams) iter.Seq2[tasktwin.TaskWithStatus, error] {
	return intercept.Rows(func() ([]tasktwin.TaskWithStatus, error) {
		out, err := s.engine.Call(ctx, program.Op{Name: intercept.AllTasks, Arg: arg})
		rows, _ := out.([]tasktwin.TaskWithStatus)
		return rows, err
	})
}

// InsertWorkspaceAppStatuses inserts statuses into the engine.
func (s *Store) InsertWorkspaceAppStatuses(
	ctx context.Context, args []tasktwin.InsertWorkspaceAppStatusParams,
) ([]tasktwin.WorkspaceAppStatus, error) {
	out, err := s.engine.Call(ctx, program.Op{Name: intercept.InsertWorkspaceAppStatuses, Arg: args})
	rows, _ := out.([]tasktwin.WorkspaceAppStatus)
	return rows, err
}
