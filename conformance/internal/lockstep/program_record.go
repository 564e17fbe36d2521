package lockstep

import (
	"context"

	"github.com/tasktwin/tasktwin"
	"github.com/tasktwin/tasktwin/memdb"
)

// Generate returns a program of n random operations from a seed, of the kinds
// that the preset prefers. A transaction counts as one. What the operations refer
// to is mostly there, which a scratch memdb tells while the program is made: the
// same seed makes the same program for as long as memdb's answers stay the same.
func Generate(seed uint64, preset Preset, n int) Program {
	return GenerateFrom(newGenerator(seed, preset), n)
}

// GenerateFrom returns a program of n of the generator's operations.
func GenerateFrom(g *Generator, n int) Program {
	scratch := memdb.New(memdb.Options{})
	defer scratch.Close()
	rec := newRecorder(scratch, new(Program), 0)
	for i := range n {
		op := g.next()
		if n >= sweepFrom && (i == 0 || i == n/2) {
			op = g.sweep()
		}
		_ = op(context.Background(), rec) // failures are answers like others
	}
	return *rec.program
}

// recorder writes down what is asked of a store.
type recorder struct {
	Intercept
	store   tasktwin.Store
	program *Program
	depth   int
}

func newRecorder(s tasktwin.Store, program *Program, depth int) *recorder {
	r := &recorder{store: s, program: program, depth: depth}
	r.Hook = r.record
	return r
}

func (r *recorder) add(ctx context.Context, op Op) {
	if ctx.Err() != nil {
		*r.program = append(*r.program, Op{Name: OpCancel})
	}
	*r.program = append(*r.program, op)
}

// record writes down a call and makes it.
func (r *recorder) record(ctx context.Context, name string, arg any, call func(tasktwin.Store, any) (any, error)) (any, error) {
	r.add(ctx, Op{name, arg})
	return call(r.store, arg)
}

// InTx writes down a transaction or savepoint, and how it ends.
func (r *recorder) InTx(ctx context.Context, fn func(tasktwin.Store) error, opts *tasktwin.TxOptions) error {
	if opts != nil && *opts == (tasktwin.TxOptions{}) {
		opts = nil // says the same, in no words
	}
	begin := Op{Name: OpBegin, Arg: opts}
	if r.depth > 0 {
		begin, opts = Op{Name: OpSavepoint}, nil // which may contradict the transaction's
	}
	r.add(ctx, begin)
	end := begin.closing() // also where fn does not even begin
	defer func() { *r.program = append(*r.program, end) }()
	return r.store.InTx(ctx, func(s tasktwin.Store) error {
		ended := false
		defer func() {
			if !ended {
				end = Op{Name: OpPanic}
			}
		}()
		err := fn(newRecorder(s, r.program, r.depth+1))
		ended = true
		if err != nil {
			end = Op{Name: OpRollback}
		}
		return err
	}, opts)
}

// OnFork writes down a fork, which a transaction does not have.
func (r *recorder) OnFork() tasktwin.Store {
	if r.depth == 0 {
		*r.program = append(*r.program, Op{Name: OpFork})
	}
	return r
}

// Ping asks the store.
func (r *recorder) Ping(ctx context.Context) error { return r.store.Ping(ctx) }

// Close closes the store.
func (r *recorder) Close() error { return r.store.Close() }
