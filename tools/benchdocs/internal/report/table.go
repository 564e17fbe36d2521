package report

import (
	"strings"

	"github.com/tasktwin/tasktwin/tools/benchdocs/internal/results"
)

// Table makes a text from results, such as a Markdown table.
type Table func(*results.Set) string

// none is the text of a missing result.
const none = "–"

// cell is a table's cell.
type cell func(*results.Set) string

func text(s string) cell { return func(*results.Set) string { return s } }

// value is a cell with a quantity.
func value(q quantity, f format) cell {
	return func(s *results.Set) string {
		if v, ok := q(s); ok {
			return f(v)
		}
		return none
	}
}

// measured is a cell with a benchmark's median and spread.
func measured(name, unit string, f format) cell {
	return func(s *results.Set) string {
		sample := s.Get(name, unit)
		v, ok := sample.Median()
		if !ok {
			return none
		}
		if spread, ok := sample.Spread(); ok {
			return f(v) + " ± " + percent(spread)
		}
		return f(v)
	}
}

// grid is a table of cells. All columns but the first are right-aligned.
func grid(header []string, rows ...[]cell) Table {
	return func(s *results.Set) string {
		var b strings.Builder
		line := func(cells []string) { b.WriteString("| " + strings.Join(cells, " | ") + " |\n") }
		line(header)
		rule := make([]string, len(header))
		for i := range rule {
			rule[i] = "---:"
		}
		rule[0] = "---"
		line(rule)
		for _, row := range rows {
			cells := make([]string, len(row))
			for i, c := range row {
				cells[i] = c(s)
			}
			line(cells)
		}
		return b.String()
	}
}

// work is a row of a comparison: its description and its benchmark, with {} in
// place of the store.
type work struct{ what, benchmark string }

func (w work) on(store string) string { return strings.ReplaceAll(w.benchmark, "{}", store) }

// compare compares the first store with the others. The table has the times of
// all stores, the allocations of the first one, and the other times as ratios to
// the first.
func compare(stores []string, rows ...work) Table {
	header := []string{"work", stores[0], "allocs"}
	for _, store := range stores[1:] {
		header = append(header, store, "ratio")
	}
	cells := make([][]cell, 0, len(rows))
	for _, w := range rows {
		first := w.on(stores[0])
		row := []cell{text(w.what), measured(first, results.Seconds, duration), value(median(first, results.Allocs), count)}
		for _, store := range stores[1:] {
			other := w.on(store)
			row = append(row, measured(other, results.Seconds, duration), value(ratio(seconds(other), seconds(first)), times))
		}
		cells = append(cells, row)
	}
	return grid(header, cells...)
}
