package pgvalue_test

import (
	"slices"
	"testing"

	"github.com/google/uuid"

	"github.com/tasktwin/tasktwin/internal/pgvalue"
)

func TestCompareUUID(t *testing.T) {
	t.Parallel()
	ordered := []uuid.UUID{
		uuid.Nil,
		uuid.MustParse("00000000-0000-0000-0000-000000000001"),
		uuid.MustParse("00000000-0000-0001-0000-000000000000"),
		uuid.MustParse("7fffffff-0000-0000-0000-000000000000"),
		uuid.MustParse("80000000-0000-0000-0000-000000000000"),
		uuid.Max,
	}
	for i, a := range ordered {
		for j, b := range ordered {
			if got, want := pgvalue.CompareUUID(a, b), min(1, max(-1, i-j)); got != want {
				t.Errorf("%v and %v compare as %d, want %d", a, b, got, want)
			}
		}
	}
	if !slices.IsSortedFunc(ordered, pgvalue.CompareUUID) {
		t.Error("not in order")
	}
}
