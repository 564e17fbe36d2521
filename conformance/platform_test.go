package conformance

import (
	_ "embed"
	"slices"
	"strings"
	"testing"

	"github.com/tasktwin/tasktwin"
	"github.com/tasktwin/tasktwin/conformance/internal/workload"
	"github.com/tasktwin/tasktwin/conformance/parity"
	"github.com/tasktwin/tasktwin/conformance/pgtest"
)

//go:embed testdata/platform.sql
var platformSQL string

var platform = pgtest.FromSQL(platformSQL)

func openPlatform(t testing.TB) tasktwin.Store { return platform.Open(t) }

const failingRow = "Failing row contains ("

// moreColumnsFail is the only difference that more columns make.
func moreColumnsFail() parity.Difference {
	return parity.Difference{
		Name:   "the row that fails has more columns",
		Reason: "The detail of a violated NOT NULL or check shows the whole row, with the columns that only the platform has.",
		Matches: func(_ parity.Op, ref, sub parity.ErrorFacts) bool {
			both := strings.HasPrefix(ref.Detail, failingRow) && strings.HasPrefix(sub.Detail, failingRow)
			ref.Detail, sub.Detail = "", ""
			return both && ref == sub
		},
		Program: workload.Matrix(),
	}
}

// swapped returns the differences for the other order of the engines.
func swapped(differences []parity.Difference) []parity.Difference {
	out := slices.Clone(differences)
	for i := range out {
		matches := out[i].Matches
		out[i].Matches = func(op parity.Op, ref, sub parity.ErrorFacts) bool { return matches(op, sub, ref) }
	}
	return out
}

// A platform's database has more columns, tables, enum values and triggers, and lacks our
// index: no answer differs. The reference is memdb, because the cases also check the
// reference's answers, whose details have no additional columns.
func TestPlatformsDatabase(t *testing.T) {
	t.Parallel()
	RunParity(t, openTwin, openPlatform, Accept(append(swapped(acceptedOfTwins(t)), moreColumnsFail())...), Scratch(openMemdb))
}
