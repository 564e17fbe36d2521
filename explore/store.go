package explore

import (
	"context"
	"errors"
	"iter"

	"github.com/tasktwin/tasktwin"
	"github.com/tasktwin/tasktwin/internal/footprint"
	"github.com/tasktwin/tasktwin/internal/intercept"
)

type calls = intercept.Store // embedded by this name, the field is not exported

// store is a store, a transaction or a savepoint, whose calls wait for their turn.
type store struct {
	calls
	run  *run
	proc *proc
	next tasktwin.Store
	tx   *transaction
}

var (
	_ tasktwin.Store         = (*store)(nil)
	_ tasktwin.Dumper        = (*store)(nil)
	_ tasktwin.Loader        = (*store)(nil)
	_ tasktwin.TaskIterator  = (*store)(nil)
	_ tasktwin.BatchInserter = (*store)(nil)
)

func newStore(r *run, p *proc, next tasktwin.Store) *store { return (&store{run: r, proc: p}).on(next) }

func (s *store) on(next tasktwin.Store) *store {
	s.next = next
	s.calls = intercept.New(next, func(
		ctx context.Context, name string, arg any, call func(tasktwin.Store, any) (any, error),
	) (any, error) {
		return s.call(ctx, name, arg, func(ctx context.Context) (any, error) { return call(intercept.WithContext(ctx, next), arg) })
	})
	return s
}

// Ping, Dump and Load are calls, too.

// Ping reports whether the store answers.
func (s *store) Ping(ctx context.Context) error {
	_, err := s.call(ctx, intercept.Ping, nil, func(ctx context.Context) (any, error) { return nil, s.next.Ping(ctx) })
	return err
}

// Dump returns the rows of the store, or an error if that is not a [tasktwin.Dumper].
func (s *store) Dump(ctx context.Context) (*tasktwin.Dump, error) {
	dumper, ok := s.next.(tasktwin.Dumper)
	if !ok {
		return s.calls.Dump(ctx)
	}
	out, err := s.call(ctx, intercept.Dump, nil, func(ctx context.Context) (any, error) { return dumper.Dump(ctx) })
	rows, _ := out.(*tasktwin.Dump)
	return rows, err
}

// Load loads rows into the store, or returns an error if that is not a [tasktwin.Loader].
func (s *store) Load(ctx context.Context, rows *tasktwin.Dump) error {
	loader, ok := s.next.(tasktwin.Loader)
	if !ok {
		return s.calls.Load(ctx, rows)
	}
	_, err := s.call(ctx, intercept.Load, rows, func(ctx context.Context) (any, error) { return nil, loader.Load(ctx, rows) })
	return err
}

// InsertWorkspaceAppStatuses inserts statuses into the store, or returns an error if that is
// not a [tasktwin.BatchInserter].
func (s *store) InsertWorkspaceAppStatuses(
	ctx context.Context, args []tasktwin.InsertWorkspaceAppStatusParams,
) ([]tasktwin.WorkspaceAppStatus, error) {
	inserter, ok := s.next.(tasktwin.BatchInserter)
	if !ok {
		return s.calls.InsertWorkspaceAppStatuses(ctx, args)
	}
	out, err := s.call(ctx, intercept.InsertWorkspaceAppStatuses, args, func(ctx context.Context) (any, error) {
		return inserter.InsertWorkspaceAppStatuses(ctx, args)
	})
	rows, _ := out.([]tasktwin.WorkspaceAppStatus)
	return rows, err
}

// AllTasks iterates over what ListTasks returns, which is a call of its own: the body may make
// calls, which have turns.
func (s *store) AllTasks(ctx context.Context, arg tasktwin.ListTasksParams) iter.Seq2[tasktwin.TaskWithStatus, error] {
	return intercept.Rows(func() ([]tasktwin.TaskWithStatus, error) { return s.ListTasks(ctx, arg) })
}

// writes reports whether a call may change rows.
func writes(c *call) bool { return intercept.Writes(c.name) }

func (s *store) newCall(ctx context.Context, name string, arg any, tx *transaction) *call {
	c := &call{run: s.run, proc: s.proc, ctx: ctx, name: name, arg: arg, tx: tx}
	if ctx == nil {
		c.ctx = s.proc.ctx
	}
	c.stmt.Observer, c.stmt.Touches = c, c.room[:0]
	c.stmt.Names = s.run.names
	return c
}

// context returns the context for a call.
func (c *call) context(ctx context.Context) context.Context {
	if ctx == nil {
		return nil // the engine has its own answer to that
	}
	return footprint.With(tasktwin.WithSession(ctx, c.proc.handler.Name), &c.stmt)
}

// call makes a call when it is its turn.
func (s *store) call(ctx context.Context, name string, arg any, do func(context.Context) (any, error)) (value any, err error) {
	c := s.newCall(ctx, name, arg, s.tx)
	if err := s.run.ask(c); err != nil {
		return nil, err
	}
	err = errPanicked
	defer func() { s.run.returned(c, value, err) }()
	return do(c.context(ctx))
}

var errPanicked = errors.New("explore: it panicked")

// InTx runs a transaction or a savepoint. Its beginning and its end are calls.
func (s *store) InTx(ctx context.Context, fn func(tasktwin.Store) error, opts *tasktwin.TxOptions) (err error) {
	begins, commits, tx := opSavepoint, opRelease, s.tx
	if tx == nil {
		begins, commits, tx = opBegin, opCommit, &transaction{}
		if opts != nil {
			tx.level = opts.Isolation
		}
	}
	var arg any
	if opts != nil {
		arg = *opts
	}
	c := s.newCall(ctx, begins, arg, tx)
	if err := s.run.ask(c); err != nil {
		return err
	}
	refused := false
	err = errPanicked
	defer func() {
		if refused {
			err = errStopped
			return
		}
		s.run.returned(c, nil, err)
	}()
	return s.next.InTx(c.context(ctx), func(next tasktwin.Store) error {
		s.run.returned(c, nil, nil)
		cause := errPanicked
		defer func() {
			ends := commits
			if cause != nil {
				ends = opRollback
			}
			c = s.newCall(ctx, ends, nil, tx)
			refused = s.run.ask(c) != nil
		}()
		cause = fn((&store{run: s.run, proc: s.proc, tx: tx}).on(next))
		return cause
	}, opts)
}

// Close closes the schedule's store.
func (s *store) Close() error {
	_, err := s.call(s.proc.ctx, opClose, nil, func(context.Context) (any, error) { return nil, s.next.Close() })
	return err
}

// ForkStore returns a fork of the schedule's store, whose calls take no turns.
func (s *store) ForkStore() (tasktwin.Store, error) { return intercept.Fork(s.next) }

type procKey struct{}

type stepper struct {
	run  *run
	proc *proc
}

// Step calls fn as a step of its own in the schedule of the handler whose context ctx is, as
// if it were a statement: before and after it, others may go. So the moment at which a
// handler cancels a context, or looks at something that handlers share beside the store,
// is explored. Elsewhere it just calls fn. It must be called outside of other calls, and fn
// must not use the store.
func Step(ctx context.Context, name string, fn func()) {
	s, ok := ctx.Value(procKey{}).(stepper)
	if !ok {
		fn()
		return
	}
	c := (&store{run: s.run, proc: s.proc}).newCall(ctx, opStep, name, nil)
	if s.run.ask(c) != nil {
		return
	}
	defer s.run.returned(c, nil, nil)
	fn()
}
