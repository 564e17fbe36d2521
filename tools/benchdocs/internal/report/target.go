package report

import "github.com/tasktwin/tasktwin/tools/benchdocs/internal/results"

// target is a bound of a quantity.
type target struct {
	what  string
	of    quantity
	show  format
	bound float64
	least bool // whether the bound is a minimum
}

func atLeast(bound float64, show format, what string, of quantity) target {
	return target{what: what, of: of, show: show, bound: bound, least: true}
}

func atMost(bound float64, show format, what string, of quantity) target {
	return target{what: what, of: of, show: show, bound: bound}
}

func (t target) verdict(s *results.Set) string {
	v, ok := t.of(s)
	switch {
	case !ok:
		return "not measured"
	case t.least && v >= t.bound, !t.least && v <= t.bound:
		return "met"
	default:
		return "missed"
	}
}

// targets is a table of targets with the measured values.
func targets(list ...target) Table {
	rows := make([][]cell, 0, len(list))
	for _, t := range list {
		bound := "≤ " + t.show(t.bound)
		if t.least {
			bound = "≥ " + t.show(t.bound)
		}
		rows = append(rows, []cell{text(t.what), text(bound), value(t.of, t.show), t.verdict})
	}
	return grid([]string{"target", "bound", "measured", ""}, rows...)
}
