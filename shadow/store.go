package shadow

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"sync"
	"time"

	"github.com/tasktwin/tasktwin"
	"github.com/tasktwin/tasktwin/internal/answer"
	"github.com/tasktwin/tasktwin/internal/intercept"
)

type wrapped = intercept.Store // embedded by this name, the field is not exported

// Store is a store that answers with its primary and compares with its secondary. It is
// safe for concurrent use.
type Store struct {
	wrapped
	primary, secondary tasktwin.Store
	opts               Options
	queue              chan comparison
	ended              context.Context //nolint:containedctx // it ends with the store
	end                context.CancelFunc
	workers            sync.WaitGroup
	reporting          chan struct{} // has room while Options.Report does not run

	mu      sync.Mutex // guards what follows
	stats   Stats
	closed  bool
	pending int           // comparisons in the queue or in a worker
	idle    chan struct{} // closed when pending is 0; nil if nobody waits
}

var (
	_ tasktwin.Store  = (*Store)(nil)
	_ tasktwin.Dumper = (*Store)(nil)
	_ tasktwin.Loader = (*Store)(nil)
)

// New returns a store that answers with primary and compares its answers with those of
// secondary. Its Close closes both. It returns an error if a store is nil, if both are the
// same one, or if the options are not valid: see [Options.Validate].
func New(primary, secondary tasktwin.Store, opts Options) (*Store, error) {
	switch {
	case primary == nil:
		return nil, errors.New("shadow: New: the primary store is nil")
	case secondary == nil:
		return nil, errors.New("shadow: New: the secondary store is nil")
	case reflect.ValueOf(primary).Comparable() && reflect.ValueOf(secondary).Comparable() && primary == secondary:
		return nil, errors.New("shadow: New: the primary and the secondary are the same store: nothing could differ")
	}
	if err := opts.Validate(); err != nil {
		return nil, err
	}
	if opts.Sample == 0 {
		opts.Sample = 1
	}
	if opts.Workers == 0 {
		opts.Workers = DefaultWorkers
	}
	if opts.Queue == 0 {
		opts.Queue = DefaultQueue
	}
	if opts.Timeout == 0 {
		opts.Timeout = DefaultTimeout
	}
	s := &Store{primary: primary, secondary: secondary, opts: opts}
	s.queue, s.reporting = make(chan comparison, opts.Queue), make(chan struct{}, 1)
	s.ended, s.end = context.WithCancel(context.Background())
	s.wrapped = intercept.New(primary, s.call)
	for range opts.Workers {
		s.workers.Go(s.work)
	}
	return s, nil
}

// call calls a method of the primary, and has the answer of one that reads compared.
func (s *Store) call(_ context.Context, name string, arg any, call func(tasktwin.Store, any) (any, error)) (any, error) {
	switch {
	case name == intercept.Dump || name == intercept.Ping || name == intercept.AllTasks:
		return call(s.primary, arg)
	case intercept.Writes(name):
		s.count(func(n *Stats) { n.Writes++ })
		return call(s.primary, arg)
	case !s.sample():
		return call(s.primary, arg)
	}
	c := comparison{method: name, arg: answer.Clone(arg), call: call, at: time.Now()}
	panicked := true
	defer func() {
		if panicked {
			s.count(func(n *Stats) { n.Unanswered++ })
		}
	}()
	value, err := call(s.primary, arg)
	panicked = false
	c.primary = Answer{Err: err, Duration: time.Since(c.at)}
	if saysNothing(err) {
		s.count(func(n *Stats) { n.Unanswered++ })
		return value, err
	}
	if err == nil {
		c.primary.Value = answer.Clone(value) // the caller may change its own
	}
	s.enqueue(c)
	return value, err
}

// InTx runs fn in a transaction of the primary, whose calls are not compared.
func (s *Store) InTx(ctx context.Context, fn func(tasktwin.Store) error, opts *tasktwin.TxOptions) error {
	s.count(func(n *Stats) { n.Writes++ })
	return s.primary.InTx(ctx, fn, opts)
}

// Close closes both stores, ends the comparisons in progress and drops those that wait. It
// returns when no goroutine of the store is left. It cancels the contexts of the calls of the
// secondary in progress and waits for them, and it waits for Options.Report. A secondary that
// ignores its context and its Close holds it up. A second Close returns what that of the
// primary does.
func (s *Store) Close() error {
	s.mu.Lock()
	first := !s.closed
	s.closed = true
	s.mu.Unlock()
	s.end()
	err := s.primary.Close()
	if first {
		if other := s.secondary.Close(); other != nil {
			err = errors.Join(err, fmt.Errorf("shadow: close the secondary: %w", other))
		}
	}
	s.workers.Wait()
	return err
}

// Stats returns what the store has done so far.
func (s *Store) Stats() Stats {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.stats
}

// Wait returns when no comparison is waiting or in progress, or ctx is done, with its
// error. It is for tests, and for programs that end.
func (s *Store) Wait(ctx context.Context) error {
	s.mu.Lock()
	if s.pending == 0 {
		s.mu.Unlock()
		return nil
	}
	if s.idle == nil {
		s.idle = make(chan struct{})
	}
	idle := s.idle
	s.mu.Unlock()
	select {
	case <-idle:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (s *Store) count(change func(*Stats)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	change(&s.stats)
}

// sample counts a read, and reports whether it is in the sample.
func (s *Store) sample() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.stats.Reads++
	// 2^53 draws are exact as a float64.
	if s.opts.Sample < 1 && float64(draw(s.opts.Seed, s.stats.Reads)>>11)/(1<<53) >= s.opts.Sample {
		return false
	}
	s.stats.Sampled++
	return true
}

// draw returns the n-th random number of a seed: that of SplitMix64.
func draw(seed, n uint64) uint64 {
	z := seed + n*0x9e3779b97f4a7c15
	z = (z ^ z>>30) * 0xbf58476d1ce4e5b9
	z = (z ^ z>>27) * 0x94d049bb133111eb
	return z ^ z>>31
}
