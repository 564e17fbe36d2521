package contention

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/tasktwin/tasktwin"
	"github.com/tasktwin/tasktwin/conformance/internal/program"
	"github.com/tasktwin/tasktwin/conformance/internal/scripts"
	"github.com/tasktwin/tasktwin/conformance/internal/sessions"
	"github.com/tasktwin/tasktwin/conformance/internal/stores"
	"github.com/tasktwin/tasktwin/explore"
	"github.com/tasktwin/tasktwin/memdb"
)

// maxOrders bounds how many orders of a program are run.
const maxOrders = 1000

// handlersOf returns the steps of the sessions of a program: of two, and of three of every
// fourth program. They are cut short so that there are not too many orders of them.
func handlersOf(seed uint64, p program.Program) map[string]program.Program {
	names := p.Sessions()
	names = names[:min(len(names), 2+int(seed%4)/3)]
	for most := 12; ; most-- {
		bySession, total, orders := map[string]program.Program{}, 0, 1
		for _, name := range names {
			var own program.Program
			for _, op := range p {
				if op.Session == name && op.Name != program.OpCancel && len(own) < most {
					op.Session = ""
					own = append(own, op)
				}
			}
			bySession[name] = own.Balanced()
			for i := range bySession[name] {
				total++
				orders = orders * total / (i + 1)
			}
		}
		if orders <= maxOrders {
			return bySession
		}
	}
}

// outcomes explores a program, and returns what its sessions have been answered and the rows
// at the end, once each, with a schedule that has led to it.
func outcomes(t *testing.T, db *memdb.DB, bySession map[string]program.Program, every bool) (map[string]string, *explore.Result) {
	t.Helper()
	all, found := map[string]*strings.Builder{}, map[string]string{}
	c := explore.Config{
		Store: db, Every: every,
		Before: func(context.Context, tasktwin.Store) error {
			for name := range bySession {
				all[name].Reset()
			}
			return nil
		},
		Check: func(ctx context.Context, s tasktwin.Store) error {
			rows, err := s.(tasktwin.Dumper).Dump(ctx)
			require.NoError(t, err)
			text, err := json.Marshal(rows)
			require.NoError(t, err)
			var b strings.Builder
			for _, name := range slices.Sorted(maps.Keys(all)) {
				fmt.Fprintf(&b, "%s:\n%s", name, all[name])
			}
			found[b.String()+string(text)] = ""
			return nil
		},
	}
	for _, name := range slices.Sorted(maps.Keys(bySession)) {
		all[name] = &strings.Builder{}
		c.Handlers = append(c.Handlers, explore.Handler{
			Name: name, Expect: func(error) bool { return true },
			Run: func(ctx context.Context, s tasktwin.Store) error {
				return bySession[name].Run(ctx, noting(stores.Engine(s, nil), all[name]), func(step program.Step) {
					fmt.Fprintf(all[name], "%s: %v\n", step.Op.Name, step.Err)
				})
			},
		})
	}
	result, err := explore.Explore(t.Context(), c)
	require.NoError(t, err, "%v", bySession)
	require.Nil(t, result.Failure, "%v", bySession)
	require.Zero(t, result.LeftOut)
	return found, result
}

// noting returns an engine that writes down the answers of its calls.
func noting(e program.Engine, to *strings.Builder) program.Engine {
	out := e
	out.Call = func(ctx context.Context, op program.Op) (any, error) {
		value, err := e.Call(ctx, op)
		if err == nil {
			fmt.Fprintln(to, sessions.ValueText(value, nil))
		}
		return value, err
	}
	out.InTx = func(ctx context.Context, fn func(program.Engine) error, opts any) error {
		return e.InTx(ctx, func(tx program.Engine) error { return fn(noting(tx, to)) }, opts)
	}
	return out
}

// Without the orders that only swap statements with nothing in common, the same answers and rows
// are found.
func TestReductionIsSound(t *testing.T) {
	t.Parallel()
	db := memdb.New(memdb.Options{})
	require.NoError(t, db.Load(t.Context(), scripts.Fixture()))
	for _, part := range shares(t, brief(1000, 100), brief(200, 20)) {
		t.Run(part.name, func(t *testing.T) {
			t.Parallel()
			t.Logf("repeat with TASKTWIN_SEED=%d TASKTWIN_PROGRAMS=%d", part.first, part.count)
			all, reduced, cut, unsound := 0, 0, 0, 0
			for seed := part.first; seed < part.first+part.count && unsound < maxMismatches; seed++ {
				p := handlersOf(seed, Generate(seed))
				want, every := outcomes(t, db, p, true)
				got, some := outcomes(t, db, p, false)
				all, reduced, cut = all+every.Schedules, reduced+some.Schedules, cut+some.Cut
				if missing := missingFrom(want, got); len(missing) > 0 {
					unsound++
					t.Errorf("seed %d: %d of %d outcomes are not found\n%s\n%s", seed, len(missing), len(want), texts(p), missing[0])
				}
				require.Empty(t, missingFrom(got, want))
			}
			t.Logf("%d schedules, and %d without those that only swap what has nothing in common, and %d given up", all, reduced, cut)
		})
	}
}

func missingFrom(a, b map[string]string) (missing []string) {
	for outcome := range a {
		if _, ok := b[outcome]; !ok {
			missing = append(missing, outcome)
		}
	}
	slices.Sort(missing)
	return missing
}

// texts returns the steps of the sessions.
func texts(bySession map[string]program.Program) string {
	var b strings.Builder
	for _, name := range slices.Sorted(maps.Keys(bySession)) {
		fmt.Fprintf(&b, "%s:\n%s", name, bySession[name])
	}
	return b.String()
}
