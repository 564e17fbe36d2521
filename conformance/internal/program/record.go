package program

import (
	"context"
	"reflect"
)

// Record returns an engine that appends each operation to p and runs it on e.
func Record(e Engine, p *Program) Engine { return recordAt(e, p, 0) }

func recordAt(e Engine, p *Program, depth int) Engine {
	add := func(ctx context.Context, op Op) {
		if ctx.Err() != nil {
			*p = append(*p, Op{Name: OpCancel})
		}
		*p = append(*p, op)
	}
	out := Engine{Probe: e.Probe, Dump: e.Dump}
	out.Call = func(ctx context.Context, op Op) (any, error) {
		add(ctx, op)
		return e.Call(ctx, op)
	}
	// A transaction or savepoint, and how it ends.
	out.InTx = func(ctx context.Context, fn func(Engine) error, opts any) error {
		begin := Op{Name: OpBegin, Arg: plainOptions(opts)}
		if depth > 0 {
			begin = Op{Name: OpSavepoint} // without options: they may contradict the transaction's
		}
		add(ctx, begin)
		end := begin.closing() // also if fn is never called
		defer func() { *p = append(*p, end) }()
		return e.InTx(ctx, func(tx Engine) error {
			ended := false
			defer func() {
				if !ended {
					end = Op{Name: OpPanic}
				}
			}()
			err := fn(recordAt(tx, p, depth+1))
			ended = true
			if err != nil {
				end = Op{Name: OpRollback}
			}
			return err
		}, begin.Arg)
	}
	if depth == 0 { // a transaction has no fork
		out.Fork = func() (Engine, bool) {
			*p = append(*p, Op{Name: OpFork})
			return out, true
		}
	}
	return out
}

// plainOptions returns opts, or nil if all options have their zero values.
func plainOptions(opts any) any {
	v := reflect.ValueOf(opts)
	if !v.IsValid() || v.IsNil() || v.Elem().IsZero() {
		return nil
	}
	return opts
}
