package lockstep

import (
	"fmt"
	"strings"
)

// Report is the result of Run.
type Report struct {
	// Ops is how many of the program's operations were made.
	Ops        int           `json:"ops"`
	Methods    []MethodStats `json:"methods"` // by name
	Mismatches []Mismatch    `json:"mismatches"`
	// Missed are the possible outcomes that were not seen, sorted by method.
	Missed []MethodOutcome `json:"missed"`
	// Accepted counts the accepted differences.
	Accepted []Accepted `json:"accepted"`
	// Program is the text of the program up to the first mismatch. It is empty if
	// there is no mismatch.
	Program string `json:"program,omitempty"`
}

// EmptyReport returns the report of a run that has not begun.
func EmptyReport() Report {
	return Report{Methods: []MethodStats{}, Mismatches: []Mismatch{}, Missed: []MethodOutcome{}, Accepted: []Accepted{}}
}

// Text returns the report as text, with the first mismatch and the program. ops is
// how many operations the program had before it was shrunk, or 0 if it was not.
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
