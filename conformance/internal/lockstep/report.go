package lockstep

import (
	"fmt"
	"strings"
)

// Text returns the report of a run with a mismatch for a reader. The program that
// it shows has been shrunk from one of ops operations; 0 says that it was not.
func (r *ParityReport) Text(ops int) string {
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
