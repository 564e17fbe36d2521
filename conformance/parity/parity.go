// Package parity runs the same operations on two stores and compares their
// answers. Package conformance and the command tasktwin are built on it, so it
// does not import package testing.
//
// A [Program] is written by hand, parsed by [ParseProgram] or generated from a
// seed by [Generate]. [Run] runs it on two stores, and [Shrink] reduces a program
// that shows a mismatch. Package twin has what is specific to memdb and pgdb.
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
	// MethodStats counts the calls of one method.
	MethodStats = lockstep.MethodStats
	// MethodOutcome is a possible outcome of a method.
	MethodOutcome = lockstep.MethodOutcome
	// Difference is an accepted difference between two engines.
	Difference = lockstep.Difference
	// Accepted is how often an accepted difference occurred.
	Accepted = lockstep.Accepted
	// ErrorFacts are what two engines' errors must have in common.
	ErrorFacts = lockstep.ErrorFacts
	// Preset says which operations and values are frequent in a generated program.
	Preset = workload.Preset
	// Program is a list of operations. Each transaction and savepoint that begins
	// in it ends in it.
	Program = program.Program
	// Op is one operation of a program: a call of a method of [tasktwin.Querier]
	// with its parameter, or a control operation such as begin.
	Op = program.Op
)

// The checks.
const (
	// CheckFailures compares after each operation that fails, including the end of
	// a transaction, and at the end. It is the default.
	CheckFailures = lockstep.CheckFailures
	// CheckEnd compares at the end, and a few times before.
	CheckEnd = lockstep.CheckEnd
)

// The presets.
const (
	PresetMixed        = workload.PresetMixed // all operations, as a platform calls them and more
	PresetConstraints  = workload.PresetConstraints
	PresetTelemetry    = workload.PresetTelemetry
	PresetTransactions = workload.PresetTransactions
	PresetValues       = workload.PresetValues
	PresetCascades     = workload.PresetCascades
)

// DefaultOps is the number of operations with which a run reaches all possible
// outcomes.
const DefaultOps = 20_000

// AllPresets returns the presets in alphabetical order, in a new slice.
func AllPresets() []Preset { return workload.AllPresets() }

// Options say what [Run] does.
type Options struct {
	// Program is the program to run. If it is nil, one is generated from Seed,
	// Preset and Ops.
	Program Program
	// Seed is the seed of the generator: the same seed generates the same program.
	Seed uint64
	// Ops is the number of operations to generate.
	Ops int
	// Preset says which operations are frequent. Empty means mixed.
	Preset Preset
	// Scratch is the empty store on which a program is generated.
	Scratch tasktwin.Store
	// Check says when all rows of both engines are compared.
	Check Check
	// FirstOnly ends the run at the first mismatch instead of the tenth.
	FirstOnly bool
	// Accept lists the differences that do not count as mismatches.
	Accept []Difference
	// Fork, if set, returns an independent copy of the subject for the operation
	// fork, or nil if the subject cannot be copied.
	Fork func(tasktwin.Store) tasktwin.Store
	// Progress, if set, is called after each operation with the number of
	// operations done.
	Progress func(done int)
}

// Report is the result of [Run].
type Report struct {
	Seed   uint64 `json:"seed"`
	Preset Preset `json:"preset,omitempty"`
	lockstep.Report
}

// Run runs a program on two empty stores. It compares every answer, and all rows
// of all tables when Options.Check says so. It stops after ten mismatches. It
// fails if the options are invalid, if the program has several sessions, which is for
// twin.RunSessions, if a store does not answer or if the context ends.
// The report is never nil.
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
		Program: p, Describe: stores.Describe, Check: opts.Check, FirstOnly: opts.FirstOnly, Accept: opts.Accept,
		Outcomes: stores.Outcomes(), Progress: opts.Progress,
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
	case o.Program.Sessions() != nil:
		return errors.New("conformance: parity.Options.Program has several sessions: use twin.RunSessions")
	case o.Program == nil && o.Scratch == nil:
		return errors.New("conformance: parity.Options.Scratch is nil: a program is generated on an empty store")
	}
	return nil
}

// Generate returns a program of n random operations from a seed, with the
// operations that the preset makes frequent. A transaction counts as one
// operation. Generate runs the operations on scratch, an empty store, so that most
// of them refer to rows that exist. The same seed generates the same program on
// all stores that answer alike.
func Generate(scratch tasktwin.Store, seed uint64, preset Preset, n int) Program {
	return workload.Generate(scratch, seed, preset, n)
}

// ParseProgram parses a program's text. The error names the line.
func ParseProgram(text string) (Program, error) { return stores.Methods.Parse(text) }

// Apply runs a program on a store, and calls after, if not nil, after each
// operation with its error. It returns an error only if the context ends: the
// context's.
func Apply(ctx context.Context, s tasktwin.Store, p Program, after func(Op, error)) error {
	return stores.Run(ctx, s, p, after)
}

// Shrink reduces a program that fails: it drops operations and simplifies values
// as long as the program still fails. fails runs a program on fresh stores and
// reports whether it fails; p has to fail. If the context ends or fails returns an
// error, Shrink returns the smallest program so far, and the error.
func Shrink(ctx context.Context, p Program, fails func(context.Context, Program) (bool, error)) (Program, error) {
	return program.Shrink(ctx, stores.Methods, p, fails)
}

// Compare returns a readable difference between two answers, or "" if they are
// identical. Lines of the reference begin with a minus, lines of the subject with
// a plus. Errors are compared by what tasktwin promises of them: whether rows were
// found, SQLSTATE, table, column and constraint, and the errors of this module by
// identity.
func Compare(ref, sub any) string { return stores.Compare(ref, sub) }
