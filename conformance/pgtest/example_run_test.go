package pgtest_test

import "testing"

// The example works.
func TestExampleFromDump(t *testing.T) { testPaused(t) }
