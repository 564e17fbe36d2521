package pgsessions

import "context"

// contended returns the groups of sessions of which PostgreSQL does not fix who is
// next: those that queue for a row, with those that they queue behind, and those that
// wait for a key of the same transaction.
func (d *DB) contended(ctx context.Context) ([][]string, error) {
	backends, err := d.backends(ctx)
	if err != nil {
		return nil, err
	}
	var groups [][]string
	byLock := map[string][]string{}
	for _, b := range backends {
		switch {
		case !b.Waits():
		case b.Queues:
			group := []string{b.Session}
			for _, other := range backends {
				if other.Waits() && b.WaitsFor(other.PID) {
					group = append(group, other.Session)
				}
			}
			if len(group) > 1 {
				groups = append(groups, group)
			}
		case b.Table == "": // a key, since a row has a tuple lock
			byLock[b.Lock] = append(byLock[b.Lock], b.Session)
		}
	}
	for _, group := range byLock {
		if len(group) > 1 {
			groups = append(groups, group)
		}
	}
	return groups, nil
}
