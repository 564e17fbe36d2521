package cow

// capacityFor returns the capacity of a new slice for n items and some more. It is less
// than append would choose, because there are many nodes and most stay small.
func capacityFor(n int) int { return n + n/4 + 4 }

// withSpare returns items with capacity for one more.
func withSpare[T any](items []T) []T {
	if n := len(items); n == cap(items) {
		return append(make([]T, 0, capacityFor(n)), items...)
	}
	return items
}

// trimmed returns items after a removal. If more than half of the slice is unused, it
// returns a new slice without spare capacity, because more removals are likely.
func trimmed[T any](items []T) []T {
	if n := len(items); cap(items) > max(2*n, capacityFor(n)) {
		return append(make([]T, 0, n), items...)
	}
	return items
}

// joined returns the items of both slices in a new slice.
func joined[T any](a, b []T) []T {
	items := make([]T, 0, capacityFor(len(a)+len(b)))
	return append(append(items, a...), b...)
}
