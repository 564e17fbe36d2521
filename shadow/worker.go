package shadow

import (
	"context"
	"runtime/debug"
	"time"

	"github.com/tasktwin/tasktwin"
	"github.com/tasktwin/tasktwin/internal/answer"
	"github.com/tasktwin/tasktwin/internal/intercept"
)

// comparison is a call of the primary that is to be compared.
type comparison struct {
	method  string
	arg     any
	call    func(tasktwin.Store, any) (any, error)
	primary Answer
	at      time.Time
}

// enqueue hands a comparison to the workers, or drops it.
func (s *Store) enqueue(c comparison) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.closed {
		select {
		case s.queue <- c:
			s.pending++
			return
		default:
		}
	}
	s.stats.Dropped++
}

// work compares until the store is closed.
func (s *Store) work() {
	for {
		// Both may be ready: a closed store drops what is in the queue.
		select {
		case <-s.ended.Done():
			s.drain()
			return
		default:
		}
		select {
		case <-s.ended.Done():
		case c := <-s.queue:
			s.done(s.compare(c))
		}
	}
}

// drain drops the comparisons that are in the queue of a closed store, to which none are
// added.
func (s *Store) drain() {
	for {
		select {
		case <-s.queue:
			s.done(func(n *Stats) { n.Dropped++ })
		default:
			return
		}
	}
}

// done counts the result of a comparison.
func (s *Store) done(result func(*Stats)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	result(&s.stats)
	s.pending--
	if s.pending == 0 && s.idle != nil {
		close(s.idle)
		s.idle = nil
	}
}

// compare asks the secondary, reports a difference, and returns what is to be counted.
func (s *Store) compare(c comparison) (result func(*Stats)) {
	d := Difference{Method: c.method, Arg: c.arg, Primary: c.primary, At: c.at}
	var timedOut bool
	d.Secondary, timedOut = s.ask(s.secondary, c)
	if timedOut {
		return func(n *Stats) { n.Unanswered++ }
	}
	d.Diff = diff(d.Primary, d.Secondary)
	if d.Diff == "" {
		return func(n *Stats) { n.Compared++ }
	}
	again, timedOut := s.ask(s.primary, c)
	switch {
	case timedOut || saysNothing(again.Err):
		return func(n *Stats) { n.Unanswered++ }
	case diff(d.Primary, again) != "":
		return func(n *Stats) { n.Compared++; n.Moved++ }
	}
	_, panicked := d.Secondary.Err.(*PanicError) //nolint:errorlint // it is never wrapped
	d.Writes = s.Stats().Writes
	reportPanicked := s.report(d)
	return func(n *Stats) {
		n.Compared++
		n.Different++
		if panicked {
			n.Panics++
		}
		if reportPanicked {
			n.Panics++
		}
	}
}

// ask repeats a call on a store. timedOut reports whether the call failed because the time
// for it was over or the store was closed.
func (s *Store) ask(store tasktwin.Store, c comparison) (got Answer, timedOut bool) {
	ctx, cancel := context.WithTimeout(s.ended, s.opts.Timeout)
	defer cancel()
	start := time.Now()
	func() {
		defer func() {
			if v := recover(); v != nil {
				got = Answer{Err: &PanicError{v, debug.Stack()}}
			}
		}()
		got.Value, got.Err = c.call(intercept.WithContext(ctx, store), answer.Clone(c.arg))
	}()
	got.Duration = time.Since(start)
	return got, got.Err != nil && ctx.Err() != nil
}

// report calls Options.Report and reports whether it panicked.
func (s *Store) report(d Difference) (panicked bool) {
	if s.opts.Report == nil {
		return false
	}
	s.reporting <- struct{}{}
	defer func() {
		panicked = recover() != nil
		<-s.reporting
	}()
	s.opts.Report(d)
	return false
}
