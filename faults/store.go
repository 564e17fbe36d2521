package faults

import (
	"context"
	"errors"
	"slices"
	"sync"
	"time"

	"github.com/tasktwin/tasktwin"
	"github.com/tasktwin/tasktwin/internal/intercept"
)

// Store is a [tasktwin.Store] on another one, with faults. It is safe for concurrent use if
// the other one is. It is a [tasktwin.Dumper], a [tasktwin.Loader] and a [tasktwin.Forker]:
// these methods return an error if the wrapped store is not. To observe what the callers of
// a Store see, wrap it; if what it wraps is observed, the statements by which it aborts
// transactions are seen, too.
type Store struct{ handle }

var (
	_ tasktwin.Store  = (*Store)(nil)
	_ tasktwin.Dumper = (*Store)(nil)
	_ tasktwin.Loader = (*Store)(nil)
	_ tasktwin.Forker = (*Store)(nil)
)

// Wrap returns a store on which calls fail by the rules. If several rules make a call fail,
// the first of them does; their delays add up. A rule that is given twice counts once.
// Without rules nothing fails. Wrap panics if the store is nil or a rule is not valid: see
// [Rule.Validate].
func Wrap(store tasktwin.Store, rules ...*Rule) *Store {
	if store == nil {
		panic(errors.New("faults: Wrap: the store is nil"))
	}
	p := &plan{closed: make(chan struct{})}
	for _, r := range rules {
		if err := r.Validate(); err != nil {
			panic(err)
		}
		if !slices.Contains(p.rules, r) {
			p.rules = append(p.rules, r)
		}
	}
	p.states = make([]state, len(p.rules))
	return &Store{newHandle(store, p, nil)}
}

// Close ends all delays, and closes the wrapped store.
func (s *Store) Close() error {
	s.plan.close()
	return s.next.Close()
}

// Fired returns how often the rules made a call fail or delayed it, or, without rules, how
// often all rules of the store did. Rules that the store does not have count as 0, and a rule
// that is given twice counts once.
func (s *Store) Fired(rules ...*Rule) int {
	return s.plan.count(rules, func(st state) int { return st.fired })
}

// Calls returns how many calls the rules have selected by [Rule.On], whether they failed or
// not, or, without rules, all rules of the store. A rule with 0 calls names calls that
// the code under test does not make.
func (s *Store) Calls(rules ...*Rule) int {
	return s.plan.count(rules, func(st state) int { return st.calls })
}

// ForkStore returns a store with the same rules, whose calls are counted from zero, on a fork of
// the wrapped store. It returns an error if that is not a [tasktwin.Forker].
func (s *Store) ForkStore() (tasktwin.Store, error) {
	fork, err := intercept.Fork(s.next)
	if err != nil {
		return nil, err
	}
	return Wrap(fork, s.plan.rules...), nil
}

// plan decides which calls fail.
type plan struct {
	rules []*Rule // each once

	closing sync.Once
	closed  chan struct{} // closed by Close of the store

	mu     sync.Mutex
	states []state // by rule
}

// state is what has become of a rule.
type state struct{ calls, fired int }

// close ends all delays.
func (p *plan) close() { p.closing.Do(func() { close(p.closed) }) }

// count returns the sum of a number of the rules, or of all if there are none.
func (p *plan) count(rules []*Rule, of func(state) int) int {
	p.mu.Lock()
	defer p.mu.Unlock()
	sum := 0
	for i, r := range p.rules {
		if len(rules) == 0 || slices.Contains(rules, r) {
			sum += of(p.states[i])
		}
	}
	return sum
}

// fault is what is to happen to a call.
type fault struct {
	plan          *plan
	before, after time.Duration
	// failing is the index of the rule that makes the call fail, or -1.
	failing int
}

// next counts a call, and returns what is to happen to it.
func (p *plan) next(call string) fault {
	f := fault{plan: p, failing: -1}
	p.mu.Lock()
	defer p.mu.Unlock()
	for i, r := range p.rules {
		if !r.selects(call) {
			continue
		}
		p.states[i].calls++
		if !r.when.chooses(p.states[i].calls) {
			continue
		}
		if r.after {
			f.after += r.delay
		} else {
			f.before += r.delay
		}
		switch {
		case r.err == nil:
			p.states[i].fired++
		case f.failing < 0:
			f.failing = i
		}
	}
	return f
}

// nothing reports whether nothing is to happen to the call.
func (f fault) nothing() bool { return f.failing < 0 && f.before == 0 && f.after == 0 }

// rule returns the rule that makes the call fail, or nil.
func (f fault) rule() *Rule {
	if f.failing < 0 {
		return nil
	}
	return f.plan.rules[f.failing]
}

// fails reports whether the call is to fail before, or after, it has been carried out.
func (f fault) fails(after bool) bool { return f.failing >= 0 && f.rule().after == after }

// fire counts that the call has failed, and returns its error.
func (f fault) fire() error {
	f.plan.mu.Lock()
	defer f.plan.mu.Unlock()
	f.plan.states[f.failing].fired++
	return f.rule().err()
}

// sleep waits. It returns the context's error if that ends before, and ErrClosed if the store
// is closed before.
func (p *plan) sleep(ctx context.Context, d time.Duration) error {
	if d <= 0 {
		return nil
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-p.closed:
		return tasktwin.ErrClosed
	case <-timer.C:
		return nil
	}
}

// sleepAfter is sleep for a call that has been carried out: a store that is closed then does
// not take its answer away.
func (p *plan) sleepAfter(ctx context.Context, d time.Duration) error {
	if err := p.sleep(ctx, d); !errors.Is(err, tasktwin.ErrClosed) {
		return err
	}
	return nil
}
