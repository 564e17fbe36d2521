package conformance

import (
	"context"

	"github.com/tasktwin/tasktwin"
	"github.com/tasktwin/tasktwin/conformance/internal/lockstep"
	"github.com/tasktwin/tasktwin/conformance/parity"
	"github.com/tasktwin/tasktwin/memdb"
	"github.com/tasktwin/tasktwin/pgdb"
)

// These are package parity's, which programs that are no tests import instead.
type (
	// ParityOptions say what [Parity] does.
	ParityOptions = parity.Options
	// ParityReport is what [Parity] found.
	ParityReport = parity.Report
	// Check says when [Parity] compares every row of every table.
	Check = parity.Check
	// Mismatch is a call that two engines answered differently.
	Mismatch = parity.Mismatch
	// MethodStats sum the calls of one method.
	MethodStats = parity.MethodStats
	// MethodOutcome is an answer that a method can give.
	MethodOutcome = parity.MethodOutcome
	// Preset says which operations and values come more often in a generated program.
	Preset = parity.Preset
	// Program is a list of operations. What begins in it ends in it.
	Program = parity.Program
	// Op is one operation of a [Program].
	Op = parity.Op
	// Forker is a store that has independent copies of itself.
	Forker = lockstep.Forker
)

// The checks.
const (
	CheckFailures = parity.CheckFailures
	CheckEnd      = parity.CheckEnd
)

// The presets.
const (
	PresetMixed        = parity.PresetMixed
	PresetConstraints  = parity.PresetConstraints
	PresetTelemetry    = parity.PresetTelemetry
	PresetTransactions = parity.PresetTransactions
	PresetValues       = parity.PresetValues
	PresetCascades     = parity.PresetCascades
)

// DefaultOps is how many operations a run has that is to see every answer.
const DefaultOps = parity.DefaultOps

// AllPresets is [parity.AllPresets].
func AllPresets() []Preset { return parity.AllPresets() }

// Parity is [parity.Run].
func Parity(ctx context.Context, ref, sub tasktwin.Store, opts ParityOptions) (*ParityReport, error) {
	return parity.Run(ctx, ref, sub, opts)
}

// Generate is [parity.Generate].
func Generate(seed uint64, preset Preset, n int) Program { return parity.Generate(seed, preset, n) }

// ParseProgram is [parity.ParseProgram].
func ParseProgram(text string) (Program, error) { return parity.ParseProgram(text) }

// Shrink is [parity.Shrink].
func Shrink(ctx context.Context, p Program, fails func(context.Context, Program) (bool, error)) (Program, error) {
	return parity.Shrink(ctx, p, fails)
}

// Explain is [parity.Explain].
func Explain(ctx context.Context, ref, sub tasktwin.Store, p Program) string {
	return parity.Explain(ctx, ref, sub, p)
}

// Compare is [parity.Compare].
func Compare(ref, sub any) string { return parity.Compare(ref, sub) }

// TwinOptions is [parity.TwinOptions].
func TwinOptions(ctx context.Context, db *pgdb.DB) (memdb.Options, error) {
	return parity.TwinOptions(ctx, db)
}
