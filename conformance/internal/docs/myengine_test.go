package docs

import (
	"testing"

	"github.com/tasktwin/tasktwin"
	"github.com/tasktwin/tasktwin/conformance"
	"github.com/tasktwin/tasktwin/conformance/parity"
	"github.com/tasktwin/tasktwin/conformance/pgtest"
)

func TestMain(m *testing.M) { pgtest.Main(m) }

func TestMyEngine(t *testing.T) {
	conformance.Run(t, func(t testing.TB) tasktwin.Store { return myengine.Open(t) },
		conformance.Deviates("delete/user", "the engine does not say which rows still refer to a user"))
}

func TestMyEngineAgainstPostgres(t *testing.T) {
	conformance.RunParity(t,
		func(t testing.TB) tasktwin.Store { return pgtest.Open(t) },
		func(t testing.TB) tasktwin.Store { return myengine.Open(t) },
		conformance.Accept(conformance.Difference{
			Name:   "no detail",
			Reason: "the engine does not say which rows still refer to a user",
			Matches: func(op parity.Op, ref, sub parity.ErrorFacts) bool {
				return op.Name == "DeleteUserByID" && ref.Detail != "" && sub.Detail == ""
			},
		}))
}
