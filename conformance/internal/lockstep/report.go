package lockstep

import (
	"fmt"
	"strings"
)

// Report is what Run found.
type Report struct {
	// Ops is the number of operations made, of the program's.
	Ops        int           `json:"ops"`
	Methods    []MethodStats `json:"methods"` // by name
	Mismatches []Mismatch    `json:"mismatches"`
	// Missed are the outcomes that can be had and were not seen, by method.
	Missed []MethodOutcome `json:"missed"`
	// Accepted is how often each accepted difference occurred.
	Accepted []Accepted `json:"accepted"`
	// Program is the part of the program up to the first mismatch, as text,
	// empty without one.
	Program string `json:"program,omitempty"`
}

// EmptyReport returns the report of a run that has not begun.
func EmptyReport() Report {
	return Report{Methods: []MethodStats{}, Mismatches: []Mismatch{}, Missed: []MethodOutcome{}, Accepted: []Accepted{}}
}

// Text returns the report of a run with a mismatch for a reader. The program that
// it shows has been shrunk from one of ops operations; 0 says that it was not.
func (r *Report) Text(ops int) string {
	var b strings.Builder
	if len(r.Mismatches) == 0 {
		fmt.Fprintf(&b, "no mismatch in %d operations\n", r.Ops)
		return b.String()
	}
	first := r.Mismatches[0]
	fmt.Fprintf(&b, "MISMATCH: %s, call %d of a program of %d operations", first.Method, first.Call, strings.Count(r.Program, "\n"))
	if ops > 0 {
		fmt.Fprintf(&b, ", shrunk from %d", ops)
	}
	fmt.Fprintf(&b, "\n\nThe program, as a file for testdata/programs or tasktwin parity --program:\n\n%s\n%s\n", r.Program, first)
	return b.String()
}
