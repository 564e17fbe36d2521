package intercept

import (
	"context"
	"fmt"

	"github.com/tasktwin/tasktwin"
)

// The calls of a store that are not methods of [tasktwin.Querier], and that hooks get by
// these names: Load with its rows as the argument, Dump and Ping with nil.
const (
	Load = "Load"
	Dump = "Dump"
	Ping = "Ping"
)

type querier = Querier // embedded by this name, the field is not exported

// Store is a [tasktwin.Store] on another one but for InTx, which a type that embeds it has
// to have. A hook gets all calls but InTx and Close.
type Store struct {
	querier
	next tasktwin.Store
}

// New returns a Store on next.
func New(next tasktwin.Store, hook Hook) Store { return Store{NewQuerier(hook), next} }

// Ping reports whether the wrapped store answers.
func (s Store) Ping(ctx context.Context) error {
	_, err := s.hook(ctx, Ping, nil, func(next tasktwin.Store, _ any) (any, error) { return nil, next.Ping(ctx) })
	return err
}

// Close closes the wrapped store.
func (s Store) Close() error { return s.next.Close() }

// Dump returns the rows of the wrapped store, or an error if that is not a
// [tasktwin.Dumper].
func (s Store) Dump(ctx context.Context) (*tasktwin.Dump, error) {
	dumper, ok := s.next.(tasktwin.Dumper)
	if !ok {
		return nil, fmt.Errorf("tasktwin: Dump: the wrapped store, a %T, is not a tasktwin.Dumper", s.next)
	}
	out, err := s.hook(ctx, Dump, nil, func(tasktwin.Store, any) (any, error) { return dumper.Dump(ctx) })
	rows, _ := out.(*tasktwin.Dump)
	return rows, err
}

// Load loads rows into the wrapped store, or returns an error if that is not a
// [tasktwin.Loader].
func (s Store) Load(ctx context.Context, rows *tasktwin.Dump) error {
	loader, ok := s.next.(tasktwin.Loader)
	if !ok {
		return fmt.Errorf("tasktwin: Load: the wrapped store, a %T, is not a tasktwin.Loader", s.next)
	}
	_, err := s.hook(ctx, Load, rows, func(_ tasktwin.Store, arg any) (any, error) {
		rows, _ := arg.(*tasktwin.Dump)
		return nil, loader.Load(ctx, rows)
	})
	return err
}

// Fork returns a fork of a wrapped store, or an error if that is not a [tasktwin.Forker].
func Fork(next tasktwin.Store) (tasktwin.Store, error) {
	forker, ok := next.(tasktwin.Forker)
	if !ok {
		return nil, fmt.Errorf("tasktwin: ForkStore: the wrapped store, a %T, is not a tasktwin.Forker", next)
	}
	return forker.ForkStore()
}

// IsCall reports whether there is a call of that name: a method of [tasktwin.Querier],
// Load, Dump or Ping.
func IsCall(name string) bool {
	_, ok := methods[name]
	return ok || name == Load || name == Dump || name == Ping
}
