// Package lasting ends what belongs to a test earlier or later than the test.
package lasting

import (
	"context"
	"testing"
)

// TB is a test whose cleanups run when End is called.
type TB struct {
	testing.TB
	cleanups []func()
}

// Cleanup implements [testing.TB].
func (t *TB) Cleanup(f func()) { t.cleanups = append(t.cleanups, f) }

// Context implements [testing.TB].
func (*TB) Context() context.Context { return context.Background() }

// End runs the cleanups, the last one first.
func (t *TB) End() {
	for ; len(t.cleanups) > 0; t.cleanups = t.cleanups[:len(t.cleanups)-1] {
		t.cleanups[len(t.cleanups)-1]()
	}
}
