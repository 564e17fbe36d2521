package conformance

import (
	"context"
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/tasktwin/tasktwin"
	"github.com/tasktwin/tasktwin/conformance/parity"
	"github.com/tasktwin/tasktwin/memdb"
)

// A parity run without mismatches only proves something if it finds existing bugs:
// each of many, in a program of at most 20,000 operations, which shrinks to at
// most twelve.
func TestPlantedBugsAreFound(t *testing.T) {
	t.Parallel()
	require.GreaterOrEqual(t, len(bugs), 25)
	all := generate(7, parity.PresetMixed, parity.DefaultOps)
	for i, b := range bugs {
		t.Run(b.name, func(t *testing.T) {
			t.Parallel()
			if testing.Short() && i%20 != 0 {
				t.Skip("one in twenty is enough for a short run")
			}
			failing := func(ctx context.Context, opts parity.Options) (*parity.Report, error) {
				return parity.Run(ctx, memdb.New(memdb.Options{}), plant(memdb.New(b.opts), b, 0), opts)
			}
			report, err := failing(t.Context(), parity.Options{Program: all, Check: parity.CheckEnd, FirstOnly: true})
			require.NoError(t, err)
			require.NotEmpty(t, report.Mismatches, "not found")
			program, err := parity.ParseProgram(report.Program)
			require.NoError(t, err)
			found := len(program)
			program, err = parity.Shrink(t.Context(), program, func(ctx context.Context, p parity.Program) (bool, error) {
				again, err := failing(ctx, parity.Options{Program: p, Check: parity.CheckEnd, FirstOnly: true})
				return len(again.Mismatches) > 0, err
			})
			require.NoError(t, err)
			t.Logf("| %s | %d | %d |", b.name, found, len(program))
			require.LessOrEqual(t, len(program), max(12, b.least), "shrunk to\n%s", program)
		})
	}
}

func TestEqualsHaveNoMismatch(t *testing.T) {
	t.Parallel()
	ops := 3000
	if testing.Short() {
		ops = 500
	}
	for _, preset := range parity.AllPresets() {
		t.Run(string(preset), func(t *testing.T) {
			t.Parallel()
			var calls [2]string
			for i := range calls {
				opts := parity.Options{Scratch: openMemdb(t), Ops: ops, Seed: 1, Preset: preset}
				report, err := parity.Run(t.Context(), openMemdb(t), openMemdb(t), opts)
				require.NoError(t, err)
				require.Empty(t, report.Mismatches)
				for _, m := range report.Methods {
					calls[i] += fmt.Sprintln(m.Method, m.Calls, m.Outcomes)
				}
			}
			require.Equal(t, calls[0], calls[1], "the same seed made other calls")
		})
	}
}

var _ tasktwin.Store = (*buggy)(nil)
