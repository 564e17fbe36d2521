package pgsessions

import (
	"context"
	"fmt"
	"slices"

	"github.com/tasktwin/tasktwin/conformance/internal/pgwaits"
)

// contended returns the pairs of sessions that one step of a third may wake, and those
// that queue for a row. PostgreSQL does not fix which of them goes on first.
func (d *DB) contended(ctx context.Context) ([][2]string, error) {
	backends, err := d.backends(ctx)
	if err != nil {
		return nil, err
	}
	var pairs [][2]string
	for i, a := range backends {
		for _, b := range backends[:i] {
			if a.Waits() && b.Waits() && meet(a, b) {
				pairs = append(pairs, [2]string{a.Session, b.Session})
			}
		}
	}
	return pairs, nil
}

// meet reports whether two backends that wait have a blocker in common, or one queues
// behind the other.
func meet(a, b pgwaits.Backend) bool {
	if a.Queues && a.WaitsFor(b.PID) || b.Queues && b.WaitsFor(a.PID) {
		return true
	}
	return slices.ContainsFunc(a.Blockers, b.WaitsFor)
}

// kind returns what a session waits for: a row in some mode, or a key of a unique index.
func (d *DB) kind(ctx context.Context, session string) (string, error) {
	backends, err := d.backends(ctx)
	if err != nil {
		return "", err
	}
	i := slices.IndexFunc(backends, func(b pgwaits.Backend) bool { return b.Session == session && b.Waits() })
	switch {
	case i < 0:
		return "", fmt.Errorf("conformance: session %s does not wait", session)
	case backends[i].Table == "":
		return "a key", nil
	}
	return "a row of " + backends[i].Table + " " + backends[i].Mode, nil
}
