package testrand_test

import (
	"testing"

	"github.com/tasktwin/tasktwin/internal/testrand"
)

func TestNewRepeatsASeed(t *testing.T) {
	t.Setenv("TASKTWIN_SEED", "7")
	if a, b := testrand.New(t).Uint64(), testrand.New(t).Uint64(); a != b {
		t.Errorf("one seed gave %d and %d", a, b)
	}
	first := testrand.New(t).Uint64()
	t.Setenv("TASKTWIN_SEED", "8")
	if testrand.New(t).Uint64() == first {
		t.Error("two seeds gave the same")
	}
}

func TestNewTakesARandomSeed(t *testing.T) {
	t.Setenv("TASKTWIN_SEED", "")
	if testrand.New(t).Uint64() == testrand.New(t).Uint64() {
		t.Error("two random seeds gave the same")
	}
}
