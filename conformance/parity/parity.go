// Package parity makes the same operations on two stores and compares their
// answers. It is what package conformance and the command have in common: it does
// not import package testing.
//
// A [Program] is written by hand, read by [ParseProgram] or made from a seed by
// [Generate]. [Run] makes it on two stores, and [Shrink] reduces one that shows a
// mismatch. Package twin has what there is to know of memdb and pgdb.
package parity

import (
	"context"
	"errors"
	"fmt"

	"github.com/tasktwin/tasktwin"
	"github.com/tasktwin/tasktwin/conformance/internal/lockstep"
	"github.com/tasktwin/tasktwin/conformance/internal/program"
	"github.com/tasktwin/tasktwin/conformance/internal/stores"
	"github.com/tasktwin/tasktwin/conformance/internal/workload"
)

type (
	// Check says when [Run] compares every row of every table.
	Check = lockstep.Check
	// Mismatch is a call that two engines answered differently.
	Mismatch = lockstep.Mismatch
	// MethodStats sum the calls of one method.
	MethodStats = lockstep.MethodStats
	// MethodOutcome is an answer that a method can give.
	MethodOutcome = lockstep.MethodOutcome
	// Difference is one between two engines that is accepted.
	Difference = lockstep.Difference
	// Accepted is how often an accepted difference occurred.
	Accepted = lockstep.Accepted
	// ErrorFacts are what two engines' errors must have in common.
	ErrorFacts = lockstep.ErrorFacts
	// Preset says which operations and values come more often in a generated program.
	Preset = workload.Preset
	// Program is a list of operations. What begins in it ends in it.
	Program = program.Program
	// Op is one operation of a program: a call of a method of [tasktwin.Querier] with
	// its parameter, or a step of control.
	Op = program.Op
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
	PresetMixed        = workload.PresetMixed // everything, as a platform would and worse
	PresetConstraints  = workload.PresetConstraints
	PresetTelemetry    = workload.PresetTelemetry
	PresetTransactions = workload.PresetTransactions
	PresetValues       = workload.PresetValues
	PresetCascades     = workload.PresetCascades
)

// DefaultOps is how many operations a run has that is to see every answer.
const DefaultOps = 20_000

// AllPresets returns the presets in alphabetical order, in a new slice.
func AllPresets() []Preset { return workload.AllPresets() }

// Options say what [Run] does.
type Options struct {
	// Program is what is done. Without one it is generated from Seed, Preset and Ops.
	Program Program
	// Seed decides on the program: the same seed makes the same one.
	Seed uint64
	// Ops is the number of operations to generate.
	Ops int
	// Preset says which kinds come more often. Empty means mixed.
	Preset Preset
	// Scratch is the empty store on which a program is generated.
	Scratch tasktwin.Store
	// Check says when all rows of both engines are compared besides at the end.
	Check Check
	// FirstOnly ends the run at the first mismatch, instead of the tenth.
	FirstOnly bool
	// Accept are the differences that are no mismatches.
	Accept []Difference
	// Fork, if set, returns an independent copy of the subject, for the operation
	// fork, or nil if it cannot have one.
	Fork func(tasktwin.Store) tasktwin.Store
	// Progress, if set, is called after each operation with how many are done.
	Progress func(done int)
}

// Report is what [Run] found.
type Report struct {
	Seed   uint64 `json:"seed"`
	Preset Preset `json:"preset,omitempty"`
	lockstep.Report
}

// Run makes the same operations on two empty stores and compares every answer, and
// every row of every table after each failure and at the end. It ends early after
// ten mismatches. The error is the context's, or of a store that does not answer;
// the report is never nil.
func Run(ctx context.Context, ref, sub tasktwin.Store, opts Options) (*Report, error) {
	report := &Report{Seed: opts.Seed, Preset: opts.Preset, Report: lockstep.EmptyReport()}
	if err := opts.valid(); err != nil {
		return report, err
	}
	for _, s := range []tasktwin.Store{ref, sub} {
		if err := s.Ping(ctx); err != nil {
			return report, fmt.Errorf("conformance: parity.Run: %T does not answer: %w", s, err)
		}
	}
	p := opts.Program
	if p == nil {
		p = Generate(opts.Scratch, opts.Seed, opts.Preset, opts.Ops)
	}
	found, err := lockstep.Run(ctx, stores.Engine(ref, nil), stores.Engine(sub, opts.Fork), lockstep.Options{
		Program: p, Check: opts.Check, FirstOnly: opts.FirstOnly, Accept: opts.Accept, Outcomes: stores.Outcomes(), Progress: opts.Progress,
	})
	report.Report = *found
	return report, err
}

func (o Options) valid() error {
	switch {
	case o.Ops < 0:
		return fmt.Errorf("conformance: parity.Options.Ops is %d: it must not be negative", o.Ops)
	case !o.Preset.Valid():
		return fmt.Errorf("conformance: parity.Options.Preset is %q: it must be one of %v", o.Preset, AllPresets())
	case o.Check != CheckFailures && o.Check != CheckEnd:
		return fmt.Errorf("conformance: parity.Options.Check is %q: it must be empty or %q", o.Check, CheckEnd)
	case o.Program == nil && o.Scratch == nil:
		return errors.New("conformance: parity.Options.Scratch is nil: a program is generated on an empty store")
	}
	return nil
}

// Generate returns a program of n random operations from a seed, of the kinds
// that the preset prefers. A transaction counts as one. What the operations refer
// to is mostly there, which scratch, an empty store, tells while the program is
// made: the same seed makes the same program on stores that answer alike.
func Generate(scratch tasktwin.Store, seed uint64, preset Preset, n int) Program {
	return workload.Generate(scratch, seed, preset, n)
}

// ParseProgram reads a program's text. The error names the line.
func ParseProgram(text string) (Program, error) { return stores.Methods.Parse(text) }

// Apply makes a program's operations on a store. It returns early, with the
// context's error, only when the context ends. after, if set, sees each operation
// and the error that it returned.
func Apply(ctx context.Context, s tasktwin.Store, p Program, after func(Op, error)) error {
	return stores.Run(ctx, s, p, after)
}

// Shrink returns a program that still fails, as small and as plain as it gets:
// without the operations, and with the simplest values, that the failure can do
// without. fails makes a program on fresh stores and reports whether it fails. The
// program given has to fail. If the context ends, or fails returns an error, what
// has been reached is returned, with the error.
func Shrink(ctx context.Context, p Program, fails func(context.Context, Program) (bool, error)) (Program, error) {
	return program.Shrink(ctx, stores.Methods, p, fails)
}

// Compare returns a readable difference between two answers, lines of the
// reference with a minus and lines of the subject with a plus, and "" where they
// are identical. Errors are compared by what tasktwin promises of them: whether
// rows were found, SQLSTATE, table, column and constraint, and the errors of
// this module by identity.
func Compare(ref, sub any) string { return lockstep.Compare(ref, sub) }
