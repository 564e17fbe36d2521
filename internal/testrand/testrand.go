// Package testrand gives tests random numbers that can be had again.
package testrand

import (
	"math/rand/v2"
	"os"
	"strconv"
	"testing"
)

// envSeed is the environment variable that the conformance suite reads, too.
const envSeed = "TASKTWIN_SEED"

// New returns random numbers of a random seed, or of the one that the environment
// variable TASKTWIN_SEED says, which must be a whole number. It logs the seed.
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
