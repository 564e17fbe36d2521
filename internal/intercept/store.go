package intercept

import (
	"context"
	"fmt"
	"iter"
	"slices"

	"github.com/tasktwin/tasktwin"
)

// The calls of a store that are not methods of [tasktwin.Querier], and that hooks get by
// these names: Load, InsertWorkspaceAppStatuses and AllTasks with their argument, Dump and
// Ping with nil. The call of AllTasks is the whole loop, and returns the number of its rows.
const (
	Load                       = "Load"
	Dump                       = "Dump"
	Ping                       = "Ping"
	AllTasks                   = "AllTasks"
	InsertWorkspaceAppStatuses = "InsertWorkspaceAppStatuses"
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

// InsertWorkspaceAppStatuses inserts statuses into the wrapped store, or returns an error if
// that is not a [tasktwin.BatchInserter].
func (s Store) InsertWorkspaceAppStatuses(
	ctx context.Context, args []tasktwin.InsertWorkspaceAppStatusParams,
) ([]tasktwin.WorkspaceAppStatus, error) {
	inserter, ok := s.next.(tasktwin.BatchInserter)
	if !ok {
		return nil, fmt.Errorf("tasktwin: InsertWorkspaceAppStatuses: the wrapped store, a %T, is not a tasktwin.BatchInserter", s.next)
	}
	out, err := s.hook(ctx, InsertWorkspaceAppStatuses, args, func(_ tasktwin.Store, arg any) (any, error) {
		args, _ := arg.([]tasktwin.InsertWorkspaceAppStatusParams)
		return inserter.InsertWorkspaceAppStatuses(ctx, args)
	})
	rows, _ := out.([]tasktwin.WorkspaceAppStatus)
	return rows, err
}

// AllTasks iterates over tasks of the wrapped store. It yields an error if that is not a
// [tasktwin.TaskIterator].
func (s Store) AllTasks(ctx context.Context, arg tasktwin.ListTasksParams) iter.Seq2[tasktwin.TaskWithStatus, error] {
	return func(yield func(tasktwin.TaskWithStatus, error) bool) {
		iterator, ok := s.next.(tasktwin.TaskIterator)
		if !ok {
			yield(tasktwin.TaskWithStatus{}, fmt.Errorf("tasktwin: AllTasks: the wrapped store, a %T, is not a tasktwin.TaskIterator", s.next))
			return
		}
		left := false
		_, err := s.hook(ctx, AllTasks, arg, func(_ tasktwin.Store, arg any) (any, error) {
			arguments, _ := arg.(tasktwin.ListTasksParams)
			rows := 0
			for row, err := range iterator.AllTasks(ctx, arguments) {
				if err != nil {
					return rows, err
				}
				rows++
				left = true // also if the body panics
				if !yield(row, nil) {
					return rows, nil
				}
				left = false
			}
			return rows, nil
		})
		if err != nil && !left {
			yield(tasktwin.TaskWithStatus{}, err)
		}
	}
}

// Rows iterates over a list that is made when the loop begins, and yields its error after its
// rows.
func Rows[T any](list func() ([]T, error)) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		rows, err := list()
		for _, row := range rows {
			if !yield(row, nil) {
				return
			}
		}
		if err != nil {
			var none T
			yield(none, err)
		}
	}
}

// Fork returns a fork of a wrapped store, or an error if that is not a [tasktwin.Forker].
func Fork(next tasktwin.Store) (tasktwin.Store, error) {
	forker, ok := next.(tasktwin.Forker)
	if !ok {
		return nil, fmt.Errorf("tasktwin: ForkStore: the wrapped store, a %T, is not a tasktwin.Forker", next)
	}
	return forker.ForkStore()
}

// IsCall reports whether there is a call of that name: a method of [tasktwin.Querier], or
// one of the constants.
func IsCall(name string) bool {
	_, ok := methods[name]
	return ok || slices.Contains([]string{Load, Dump, Ping, AllTasks, InsertWorkspaceAppStatuses}, name)
}
