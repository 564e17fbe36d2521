package workload

import (
	"maps"
	"math"
	"slices"
)

// Preset says which operations and values come more often in a generated program.
type Preset string

// The presets.
const (
	PresetMixed        Preset = "" // everything, as a platform would and worse
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

// presetKnobs are what a preset turns.
type presetKnobs struct {
	// more are the beginnings of the names of the methods that come eight times
	// as often.
	more []string
	// violations make ids that are taken, missing or of another table common.
	violations bool
	// odd makes values at the edges of their types common.
	odd bool
	// plain rules them out, and makes each name and build number another one. Sweeps
	// need that, presets do not.
	plain bool
}

var presets = map[Preset]presetKnobs{
	PresetMixed:        {},
	PresetConstraints:  {more: []string{"Insert", "Upsert", "Delete"}, violations: true},
	PresetTelemetry:    {more: []string{"InsertWorkspaceBuild", "InsertWorkspaceAppStatus", "UpsertTaskWorkspaceApp", "GetTelemetry", "InsertProvisionerJob"}},
	PresetTransactions: {more: []string{"InTx"}},
	PresetValues:       {more: []string{"InsertOrganization", "InsertUser", "UpdateWorkspaceACL", "UpsertTaskSnapshot", "UpdateTaskPrompt"}, odd: true},
	PresetCascades:     {more: []string{"Delete"}},
}

// oddly returns how rare an odd value is that is one in n.
func (k presetKnobs) oddly(n int) int {
	switch {
	case k.plain:
		return math.MaxInt
	case k.odd:
		return max(4, n/10)
	}
	return n
}
