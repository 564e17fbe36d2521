package tasktest

import (
	"sync"
	"time"
)

// Epoch is the time at which the clock of a new World stands: a Monday, nine o'clock.
var Epoch = time.Date(2026, time.March, 2, 9, 0, 0, 0, time.UTC)

// Clock is a clock that stands still until a test moves it. Its method Now can be given to
// code that takes a func() time.Time. It is safe for concurrent use.
type Clock struct {
	mu  sync.Mutex
	now time.Time
}

// NewClock returns a clock that stands at a time.
func NewClock(at time.Time) *Clock {
	c := &Clock{}
	c.Set(at)
	return c
}

// Now returns the time, in UTC. It is in whole microseconds, as the times of rows are, so
// that a row has the time that the clock has shown.
func (c *Clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

// Advance moves the clock by d, or back if d is negative.
func (c *Clock) Advance(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = whole(c.now.Add(d))
}

// Set moves the clock to a time.
func (c *Clock) Set(at time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = whole(at)
}

// whole returns a time in UTC without what a store would not keep.
func whole(at time.Time) time.Time { return at.UTC().Truncate(time.Microsecond) }
