package certify

import "github.com/tasktwin/tasktwin/conformance/internal/lockstep"

// Report is the result of [Run].
type Report struct {
	// Server is what the server says of itself: the result of version().
	Server string `json:"server"`
	// ComparedWith is the major version of PostgreSQL with which the server was compared.
	ComparedWith int `json:"compared_with"`
	// Note says why that is not the version and the locale of the server, or is empty.
	Note string `json:"note,omitempty"`
	// Cases is the number of cases that were run, and Skipped that of those among them
	// which need what the server's store cannot do.
	Cases   int `json:"cases"`
	Skipped int `json:"skipped"`
	// Seed is the seed of the random operations, and Ops the number that was made of
	// them. The run ends them at the tenth difference.
	Seed uint64 `json:"seed"`
	Ops  int    `json:"ops"`
	// Differences are in the order of the run. The later ones of a case often follow from
	// its first.
	Differences []Difference `json:"differences"`
}

// DifferingCases returns the number of cases with differences.
func (r *Report) DifferingCases() int {
	names := map[string]bool{}
	for _, d := range r.Differences {
		names[d.Case] = true
	}
	return len(names)
}

// Difference is an answer of the server that PostgreSQL would not give.
type Difference struct {
	// Case is the name of the case, or one of CaseSchema, CaseFailures and CaseOperations.
	Case string `json:"case"`
	// Call is the method, or what the case asserts.
	Call string `json:"call"`
	// PostgreSQL and Server are the two answers in short: "ok", the SQLSTATE with the
	// constraint or the column, or the kind of an error without one. Where they are equal,
	// the answers differ in rows or in other facts of the error, which are in Text.
	PostgreSQL string `json:"postgresql"`
	Server     string `json:"server"`
	// PostgreSQLState and ServerState are the SQLSTATEs of the two errors, where they have
	// one.
	PostgreSQLState string `json:"postgresql_sqlstate,omitempty"`
	ServerState     string `json:"server_sqlstate,omitempty"`
	// Text is the difference for a reader. Lines of PostgreSQL begin with a minus, those of
	// the server with a plus.
	Text string `json:"text"`
}

// The names in [Difference.Case] of what is no case of the suite.
const (
	// CaseSchema is the creation of the tables, by Migrate or, where that fails, statement by
	// statement. If a table is missing then, nothing else is run.
	CaseSchema = "schema"
	// CaseFailures calls each method with values that each constraint and type refuses.
	CaseFailures = "parity/failures"
	// CaseOperations is a program of random operations.
	CaseOperations = "parity/operations"
)

// differenceOf returns the difference between two errors, or in other facts where they
// are equal.
func differenceOf(name, call, text string, want, got lockstep.ErrorFacts) Difference {
	return Difference{
		Case: name, Call: call, Text: text, PostgreSQL: want.Outcome(), Server: got.Outcome(), PostgreSQLState: want.Code, ServerState: got.Code,
	}
}

// differencesOf returns the mismatches of a pair whose reference answers as PostgreSQL.
func differencesOf(name string, mismatches []lockstep.Mismatch) []Difference {
	out := make([]Difference, len(mismatches))
	for i, m := range mismatches {
		out[i] = differenceOf(name, m.Method, m.Operation+"\n"+m.Diff, m.Reference, m.Subject)
	}
	return out
}
