package workload

import (
	"maps"
	"math"
	"slices"
)

// Preset says which operations and values are more frequent in a generated program.
type Preset string

// The presets.
const (
	PresetMixed        Preset = "" // everything, with no emphasis
	PresetConstraints  Preset = "constraint-heavy"
	PresetTelemetry    Preset = "telemetry-heavy"
	PresetTransactions Preset = "transaction-heavy"
	PresetValues       Preset = "value-heavy"
	PresetCascades     Preset = "cascade-heavy"
)

// AllPresets returns the presets in alphabetical order, in a new slice.
func AllPresets() []Preset { return slices.Sorted(maps.Keys(presets)) }

// Valid reports whether p is one of the presets.
func (p Preset) Valid() bool {
	_, ok := presets[p]
	return ok
}

// presetKnobs are the settings of a preset.
type presetKnobs struct {
	// more are prefixes of methods' names. These methods come eight times as often.
	more []string
	// violations makes ids common that are taken, missing or of another table.
	violations bool
	// odd makes values at the limits of their types common.
	odd bool
	// plain rules them out, and makes names and build numbers unique. Only sweeps set
	// it.
	plain bool
}

var presets = map[Preset]presetKnobs{
	PresetMixed:       {},
	PresetConstraints: {more: []string{"Insert", "Upsert", "Delete"}, violations: true},
	PresetTelemetry: {more: []string{
		"InsertWorkspaceBuild", "InsertWorkspaceAppStatus", "UpsertTaskWorkspaceApp", "GetTelemetry", "InsertProvisionerJob",
	}},
	PresetTransactions: {more: []string{"InTx"}},
	PresetValues: {odd: true, more: []string{
		"InsertOrganization", "InsertUser", "UpdateWorkspaceACL", "UpsertTaskSnapshot", "UpdateTaskPrompt",
	}},
	PresetCascades: {more: []string{"Delete"}},
}

// oddly adjusts the odds, one in n, of a value that is odd.
func (k presetKnobs) oddly(n int) int {
	switch {
	case k.plain:
		return math.MaxInt
	case k.odd:
		return max(4, n/10)
	}
	return n
}
