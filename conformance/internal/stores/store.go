package stores

import (
	"context"
	"errors"

	"github.com/tasktwin/tasktwin"
	"github.com/tasktwin/tasktwin/conformance/internal/lockstep"
	"github.com/tasktwin/tasktwin/conformance/internal/program"
	"github.com/tasktwin/tasktwin/internal/intercept"
)

// Store is a store that runs on an engine, such as two stores in lockstep.
type Store struct {
	intercept.Querier
	engine program.Engine
	loads  bool
	turns  *lockstep.Turns
}

// errNotClosed stands for the errors of both stores, which are worded differently.
var errNotClosed = errors.New("conformance: the stores refuse to be closed")

var (
	_ tasktwin.Store  = (*Store)(nil)
	_ tasktwin.Dumper = (*Store)(nil)
	_ tasktwin.Loader = (*Store)(nil)
)

// Together returns a store that runs two stores in lockstep, for several goroutines that
// take turns: see [lockstep.InTurns].
func Together(ref, sub tasktwin.Store, rec *lockstep.Record) *Store {
	_, refLoads := ref.(tasktwin.Loader)
	_, subLoads := sub.(tasktwin.Loader)
	engine, turns := lockstep.InTurns(lockstep.Pair(Engine(ref, nil), Engine(sub, nil), rec))
	s := newStore(engine, refLoads && subLoads)
	s.turns = turns
	return s
}

// Overlaps returns the errors of the calls on a store of [Together] that overlapped with a
// transaction of another goroutine.
func (s *Store) Overlaps() []*lockstep.OverlapError { return s.turns.Overlaps() }

func newStore(e program.Engine, loads bool) *Store {
	s := &Store{engine: e, loads: loads}
	s.Querier = intercept.NewQuerier(func(ctx context.Context, name string, arg any, _ func(tasktwin.Store, any) (any, error)) (any, error) {
		return e.Call(ctx, program.Op{Name: name, Arg: arg})
	})
	return s
}

// CanLoad reports whether a store can load rows: it is a [tasktwin.Loader] or, in
// lockstep, both stores are.
func CanLoad(s tasktwin.Store) bool {
	if both, ok := s.(*Store); ok {
		return both.loads
	}
	_, ok := s.(tasktwin.Loader)
	return ok
}

// InTx runs fn in a transaction of the engine.
func (s *Store) InTx(ctx context.Context, fn func(tasktwin.Store) error, opts *tasktwin.TxOptions) error {
	return s.engine.InTx(ctx, func(tx program.Engine) error { return fn(newStore(tx, s.loads)) }, opts)
}

// Ping pings the engine.
func (s *Store) Ping(ctx context.Context) error {
	_, err := s.engine.Call(ctx, program.Op{Name: callPing})
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
	_, err := s.engine.Call(ctx, program.Op{Name: callLoad, Arg: rows})
	return err
}
