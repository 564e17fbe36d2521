package lockstep

import (
	"context"
	"errors"
	"time"

	"github.com/tasktwin/tasktwin/conformance/internal/program"
)

// errRefused rolls back the reference's transaction if the subject did not begin its
// own.
var errRefused = errors.New("conformance: the subject did not begin the transaction")

// Answer is the result of a call.
type Answer struct {
	Value any
	Error ErrorFacts
}

// Pair returns an engine that makes each call on two engines, compares their answers
// and returns the reference's. rec counts the calls and collects the mismatches.
func Pair(ref, sub program.Engine, rec *Record) program.Engine {
	p := &pair{ref, sub, rec}
	out := program.Engine{Call: p.call, InTx: p.inTx, Probe: p.probe, Dump: p.dump}
	if sub.Fork != nil {
		out.Fork = p.fork
	}
	return out
}

type pair struct {
	ref, sub program.Engine
	rec      *Record
}

// both makes one call on both engines.
func (p *pair) both(op program.Op, on func(program.Engine) (any, error)) (any, error) {
	start := time.Now()
	r, rErr := on(p.ref)
	between := time.Now()
	s, sErr := on(p.sub)
	end := time.Now()
	ref, sub := p.rec.describe(rErr), p.rec.describe(sErr)
	c := call{op: op, refFacts: ref, subFacts: sub, ref: between.Sub(start), sub: end.Sub(between), accepted: -1}
	if c.diff = Compare(Answer{r, ref}, Answer{s, sub}); c.diff != "" {
		c.accepted = p.rec.accepts(op, ref, sub)
	}
	p.rec.add(c)
	return r, rErr
}

func (p *pair) call(ctx context.Context, op program.Op) (any, error) {
	return p.both(op, func(e program.Engine) (any, error) { return e.Call(ctx, op) })
}

func (p *pair) probe(ctx context.Context) error {
	_, err := p.both(program.Op{Name: "probe"}, func(e program.Engine) (any, error) { return nil, e.Probe(ctx) })
	return err
}

// dump compares every row of every table.
func (p *pair) dump(ctx context.Context) (any, error) {
	return p.both(program.Op{Name: "Dump"}, func(e program.Engine) (any, error) {
		if e.Dump == nil {
			return nil, errors.New("conformance: an engine cannot return all its rows")
		}
		return e.Dump(ctx)
	})
}

// inTx runs fn once, in a transaction on each engine.
func (p *pair) inTx(ctx context.Context, fn func(program.Engine) error, opts any) error {
	var (
		sErr          error
		began         bool
		refs, subs    time.Duration
		inside, start = time.Duration(0), time.Now()
	)
	onSubject := func(r *program.Engine) error {
		err := errRefused
		subStart := time.Now()
		sErr = p.sub.InTx(ctx, func(s program.Engine) error {
			if r == nil {
				return program.ErrRollback
			}
			fnStart := time.Now()
			err = fn(Pair(*r, s, p.rec))
			inside = time.Since(fnStart)
			return err
		}, opts)
		subs = time.Since(subStart)
		return err
	}
	rErr := p.ref.InTx(ctx, func(r program.Engine) error {
		began = true
		return onSubject(&r)
	}, opts)
	refs = time.Since(start) - subs
	if !began {
		_ = onSubject(nil)
	}
	ref, sub := p.rec.describe(rErr), p.rec.describe(sErr)
	p.rec.add(call{
		op: program.Op{Name: "InTx", Arg: opts}, refFacts: ref, subFacts: sub,
		ref: refs, sub: subs - inside, diff: Compare(ref, sub), accepted: -1,
	})
	return rErr
}

// fork returns a pair of the reference and a fork of the subject. The record keeps
// the subject that is left behind, to check at the end of the run that its rows have
// not changed.
func (p *pair) fork() (program.Engine, bool) {
	copied, ok := p.sub.Fork()
	if !ok {
		return program.Engine{}, false
	}
	p.rec.leave(p.sub)
	return Pair(p.ref, copied, p.rec), true
}
