package conformance

import (
	_ "embed"
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

// A platform's database has more columns, tables, enum values and triggers, and lacks our
// index: no answer differs. The reference is memdb, because the cases also check the
// reference's answers, whose details have no additional columns.
func TestPlatformsDatabase(t *testing.T) {
	t.Parallel()
	accepted := []parity.Difference{moreColumnsFail()}
	for _, d := range acceptedOfTwins(t) {
		accepted = append(accepted, d.Swapped())
	}
	RunParity(t, openTwin, openPlatform, Accept(accepted...), Scratch(openMemdb))
}
