package footprint_test

import (
	"testing"

	"github.com/tasktwin/tasktwin/internal/footprint"
)

func TestConflict(t *testing.T) {
	t.Parallel()
	const (
		sees, keyShare, noKeyUpdate = footprint.Sees, footprint.KeyShare, footprint.NoKeyUpdate
		update, writes, publishes   = footprint.Update, footprint.Writes, footprint.Publishes
	)
	for _, c := range []struct {
		a, b footprint.Access
		want bool
	}{
		{sees, sees, false},
		{sees, keyShare, false},
		{sees, noKeyUpdate, false},
		{sees, update, false},
		{sees, writes, false},
		{sees, publishes, true},
		{keyShare, keyShare, false},
		{keyShare, noKeyUpdate, false},
		{keyShare, update, true},
		{keyShare, writes, false},
		{keyShare, publishes, false},
		{noKeyUpdate, noKeyUpdate, true},
		{noKeyUpdate, update, true},
		{noKeyUpdate, writes, false},
		{noKeyUpdate, publishes, false},
		{update, update, true},
		{update, writes, false},
		{update, publishes, false},
		{writes, writes, false},
		{writes, publishes, false},
		{publishes, publishes, false},
		{0, sees | keyShare | noKeyUpdate | update | writes | publishes, false},
		{sees | keyShare, sees | noKeyUpdate | writes, false},
		{sees | keyShare, noKeyUpdate | writes | publishes, true},
		{keyShare | writes, sees | update, true},
	} {
		if footprint.Conflict(c.a, c.b) != c.want || footprint.Conflict(c.b, c.a) != c.want {
			t.Errorf("accesses %06b and %06b conflict: %t and %t, want %t", c.a, c.b,
				footprint.Conflict(c.a, c.b), footprint.Conflict(c.b, c.a), c.want)
		}
	}
}

// Each part of an item tells it from others.
func TestItems(t *testing.T) {
	t.Parallel()
	seen := map[footprint.Item]bool{}
	for _, kind := range []footprint.Kind{footprint.Row, footprint.Key, footprint.Children, footprint.Table} {
		for _, table := range []int{0, 1, 255} {
			for _, nth := range []int{0, 1, 255} {
				for _, hash := range []uint32{0, 1, 1<<32 - 1} {
					i := footprint.NewItem(kind, table, nth, hash)
					if i.Kind() != kind || seen[i] {
						t.Errorf("item of kind %d, table %d, nth %d, hash %d: kind %d, seen before: %t", kind, table, nth, hash, i.Kind(), seen[i])
					}
					seen[i] = true
				}
			}
		}
	}
}

// A statement is found while one of those who record has not stopped.
func TestOf(t *testing.T) {
	s := &footprint.Statement{}
	ctx := footprint.With(t.Context(), s)
	check := func(when string, want *footprint.Statement) {
		t.Helper()
		if got := footprint.Of(ctx); got != want {
			t.Errorf("%s: %p, want %p", when, got, want)
		}
	}
	check("before the start", nil)
	stopFirst := footprint.Start()
	check("after the start", s)
	stopSecond := footprint.Start()
	stopFirst()
	check("while another records", s)
	if got := footprint.Of(t.Context()); got != nil {
		t.Errorf("the statement of another context: %p", got)
	}
	stopSecond()
	check("after the stop", nil)
}
