package cow

// room is the capacity of a new slice for n items and some more. It is less than
// append leaves: most nodes stay small, and there are many.
func room(n int) int { return n + n/4 + 4 }

// withRoom returns items with room for one more.
func withRoom[T any](items []T) []T {
	if n := len(items); n == cap(items) {
		return append(make([]T, 0, room(n)), items...)
	}
	return items
}

// trimmed returns items, from which some were removed, in a new slice if more
// than half of the old one is unused. That has no room: more removals are to come.
func trimmed[T any](items []T) []T {
	if n := len(items); cap(items) > max(2*n, room(n)) {
		return append(make([]T, 0, n), items...)
	}
	return items
}

// joined returns the items of both slices in a new one.
func joined[T any](a, b []T) []T {
	items := make([]T, 0, room(len(a)+len(b)))
	return append(append(items, a...), b...)
}
