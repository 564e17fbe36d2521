package lockstep

import "github.com/tasktwin/tasktwin/conformance/internal/program"

// Difference is an accepted difference between two engines.
type Difference struct {
	Name   string
	Reason string
	// Matches reports whether this is the difference between two answers to an
	// operation. The answers differ, and at least one of them is an error.
	Matches func(op program.Op, ref, sub ErrorFacts) bool
	// Program, if set, is a program in which the difference occurs.
	Program program.Program
}

// Swapped returns the difference between the same engines with the subject as the
// reference.
func (d Difference) Swapped() Difference {
	matches := d.Matches
	d.Matches = func(op program.Op, ref, sub ErrorFacts) bool { return matches(op, sub, ref) }
	return d
}

// Accepted counts how often an accepted difference occurred.
type Accepted struct {
	Name  string `json:"name"`
	Count int    `json:"count"`
}

// accepts returns the index of the first accepted difference that two answers
// match, or -1.
func (r *Record) accepts(op program.Op, ref, sub ErrorFacts) int {
	for i, d := range r.accept {
		if d.Matches(op, ref, sub) {
			return i
		}
	}
	return -1
}

// Accepted returns how often each of the accepted differences occurred.
func (r *Record) Accepted() []Accepted {
	r.mu.Lock()
	defer r.mu.Unlock()
	out := make([]Accepted, 0, len(r.accept))
	for i, d := range r.accept {
		out = append(out, Accepted{d.Name, r.accepted[i]})
	}
	return out
}
