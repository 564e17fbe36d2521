// Package testrand provides reproducible random numbers for tests.
package testrand

import (
	"math/rand/v2"
	"os"
	"strconv"
	"testing"
)

// envSeed is the environment variable for the seed. The conformance suite also reads it.
const envSeed = "TASKTWIN_SEED"

// New returns a random number generator with the seed of the environment variable
// TASKTWIN_SEED, which must be a whole number, or with a random seed. It logs the seed.
func New(t testing.TB) *rand.Rand {
	t.Helper()
	seed := rand.Uint64()
	if text := os.Getenv(envSeed); text != "" {
		var err error
		if seed, err = strconv.ParseUint(text, 10, 64); err != nil {
			t.Fatalf("%s is %q: it must be a whole number, not negative", envSeed, text)
		}
	}
	t.Logf("replay with %s=%d", envSeed, seed)
	return rand.New(rand.NewPCG(seed, 0))
}
