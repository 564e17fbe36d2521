package lockstep

import "github.com/tasktwin/tasktwin/conformance/internal/program"

// Difference is one between two engines that is accepted.
type Difference struct {
	Name   string
	Reason string
	// Matches reports whether two different answers to an operation, of which at
	// least one is an error, differ in this way.
	Matches func(op program.Op, ref, sub ErrorFacts) bool
	// Program, if there is one, shows the difference.
	Program program.Program
}

// Accepted is how often an accepted difference occurred.
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
