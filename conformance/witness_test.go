package conformance

import (
	"context"

	"github.com/tasktwin/tasktwin/conformance/internal/lockstep"
	"github.com/tasktwin/tasktwin/conformance/internal/program"
	"github.com/tasktwin/tasktwin/conformance/internal/stores"
	"github.com/tasktwin/tasktwin/conformance/parity"
)

// A transcript is a program with the sum of each answer of PostgreSQL. Replaying
// it needs no PostgreSQL, and stops at the first wrong answer. Mutation testing,
// in tools/mutants, does so thousands of times. The sums are of memdb's answers,
// which were compared with PostgreSQL's in lockstep, so they are right for
// accepted differences as well.

// witness returns an engine that runs on another one and passes the sum of each
// answer to tell.
func witness(e program.Engine, tell func(parity.Op, sum)) program.Engine {
	out := program.Engine{
		Call: func(ctx context.Context, op parity.Op) (any, error) {
			value, err := e.Call(ctx, op)
			tell(op, sumOf(value, stores.Describe(err)))
			return value, err
		},
		// tell gets the end of a transaction after everything inside of it.
		InTx: func(ctx context.Context, fn func(program.Engine) error, opts any) error {
			err := e.InTx(ctx, func(tx program.Engine) error { return fn(witness(tx, tell)) }, opts)
			tell(parity.Op{Name: "InTx", Arg: opts}, sumOf(stores.Describe(err)))
			return err
		},
		Probe: func(ctx context.Context) error {
			err := e.Probe(ctx)
			tell(parity.Op{Name: "probe"}, sumOf(stores.Describe(err)))
			return err
		},
		Dump: func(ctx context.Context) (any, error) {
			rows, err := e.Dump(ctx)
			tell(parity.Op{Name: "Dump"}, sumOf(rows, stores.Describe(err)))
			return rows, err
		},
	}
	if e.Fork != nil {
		out.Fork = func() (program.Engine, bool) {
			fork, ok := e.Fork()
			return witness(fork, tell), ok
		}
	}
	return out
}

// dumpEvery is the number of failures after which all rows are dumped: what a
// failed statement leaves behind stays for a while.
const dumpEvery = 16

// drive runs a program and checks where things may have gone wrong: it dumps all
// rows after some failures and at the end, probes whether a transaction goes on
// after a failure, and dumps the engines that were replaced by their forks. The
// engine is a witness (rec is nil), or a lockstep with the record rec whose
// subject is a witness: both get the same calls.
func drive(ctx context.Context, p parity.Program, e program.Engine, rec *lockstep.Record) error {
	dump := func(e program.Engine) { _, _ = e.Dump(context.WithoutCancel(ctx)) }
	top, failures := e, 0
	var left []program.Engine
	err := p.Run(ctx, top, func(s program.Step) {
		if s.Op.Name == program.OpFork && s.Depth == 0 {
			if rec == nil { // a lockstep does the same with its subject
				dump(top)
			}
			left = append(left[max(0, len(left)-lockstep.MaxForks+1):], top)
			top = s.Engine
		}
		switch {
		case s.Err == nil:
		case s.Depth > 0:
			_ = s.Engine.Probe(ctx)
		default:
			if failures++; failures%dumpEvery == 0 {
				dump(top)
			}
		}
	})
	if err != nil {
		return err
	}
	dump(top)
	if rec != nil {
		rec.CompareForks(ctx)
		return nil
	}
	for _, e := range left {
		dump(e)
	}
	return nil
}
