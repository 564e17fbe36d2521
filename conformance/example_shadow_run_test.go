package conformance_test

import "testing"

// The example works.
func TestExampleShadow(t *testing.T) { testUnderReadTraffic(t) }
