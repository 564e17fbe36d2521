// Package parity drives two engines with the same operations and compares their
// answers. It is what package conformance and the command have in common: it does
// not import package testing.
//
// A [Program] is written by hand, read by [ParseProgram] or made from a seed by
// [Generate]. [Run] makes it on two stores, [Shrink] reduces one that shows a
// mismatch, and [Explain] adds what PostgreSQL was sent.
package parity

import (
	"context"

	"github.com/tasktwin/tasktwin"
	"github.com/tasktwin/tasktwin/conformance/internal/lockstep"
	"github.com/tasktwin/tasktwin/memdb"
	"github.com/tasktwin/tasktwin/pgdb"
)

type (
	// Options say what [Run] does.
	Options = lockstep.ParityOptions
	// Report is what [Run] found.
	Report = lockstep.ParityReport
	// Check says when [Run] compares every row of every table.
	Check = lockstep.Check
	// Mismatch is a call that two engines answered differently.
	Mismatch = lockstep.Mismatch
	// MethodStats sum the calls of one method.
	MethodStats = lockstep.MethodStats
	// MethodOutcome is an answer that a method can give.
	MethodOutcome = lockstep.MethodOutcome
	// Preset says which operations and values come more often in a generated program.
	Preset = lockstep.Preset
	// Program is a list of operations. What begins in it ends in it.
	Program = lockstep.Program
	// Op is one operation of a program: a call of a method of [tasktwin.Querier] with
	// its parameter, or a step of control.
	Op = lockstep.Op
)

// The checks.
const (
	// CheckFailures is after each operation that fails, a transaction's end
	// included. It is the default.
	CheckFailures = lockstep.CheckFailures
	// CheckEnd is at the end, and a few times on the way.
	CheckEnd = lockstep.CheckEnd
)

// The presets.
const (
	PresetMixed        = lockstep.PresetMixed // everything, as a platform would and worse
	PresetConstraints  = lockstep.PresetConstraints
	PresetTelemetry    = lockstep.PresetTelemetry
	PresetTransactions = lockstep.PresetTransactions
	PresetValues       = lockstep.PresetValues
	PresetCascades     = lockstep.PresetCascades
)

// DefaultOps is how many operations a run has that is to see every answer.
const DefaultOps = lockstep.DefaultOps

// AllPresets returns the presets in alphabetical order, in a new slice.
func AllPresets() []Preset { return lockstep.AllPresets() }

// Run drives two empty stores with the same operations and compares every
// answer, and every row of every table after each failure and at the end. It ends
// early after ten mismatches. The error is the context's, or of a store that does
// not answer; the report is never nil.
func Run(ctx context.Context, ref, sub tasktwin.Store, opts Options) (*Report, error) {
	return lockstep.Parity(ctx, ref, sub, opts)
}

// Generate returns a program of n random operations from a seed, of the kinds
// that the preset prefers. A transaction counts as one. What the operations refer
// to is mostly there, which a scratch memdb tells while the program is made: the
// same seed makes the same program for as long as memdb's answers stay the same.
func Generate(seed uint64, preset Preset, n int) Program { return lockstep.Generate(seed, preset, n) }

// ParseProgram reads a program's text. The error names the line.
func ParseProgram(text string) (Program, error) { return lockstep.ParseProgram(text) }

// Shrink returns a program that still fails, as small and as plain as it gets:
// without the operations, and with the simplest values, that the failure can do
// without. fails makes a program on fresh stores and reports whether it fails. The
// program given has to fail. If the context ends, or fails returns an error, what
// has been reached is returned, with the error.
func Shrink(ctx context.Context, p Program, fails func(context.Context, Program) (bool, error)) (Program, error) {
	return lockstep.Shrink(ctx, p, fails)
}

// Explain makes a program that has a mismatch once more, on fresh stores, and
// returns what a report should say besides: the statements that PostgreSQL got
// last, its version and its settings. It returns nothing of a reference that is
// not pgdb's.
func Explain(ctx context.Context, ref, sub tasktwin.Store, p Program) string {
	return lockstep.Explain(ctx, ref, sub, p)
}

// Compare returns a readable difference between two answers, lines of the
// reference with a minus and lines of the subject with a plus, and "" where they
// are identical. Errors are compared by what tasktwin promises of them: whether
// rows were found, SQLSTATE, table, column and constraint, and the errors of
// this module by identity.
func Compare(ref, sub any) string { return lockstep.Compare(ref, sub) }

// TwinOptions returns the options with which memdb answers as db does: its
// server's major version, and what lower() does there, which it asks.
func TwinOptions(ctx context.Context, db *pgdb.DB) (memdb.Options, error) {
	return lockstep.TwinOptions(ctx, db)
}
