package conformance

import (
	"context"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"os"
	"reflect"
	"strings"

	"github.com/google/uuid"

	"github.com/tasktwin/tasktwin"
	"github.com/tasktwin/tasktwin/conformance/internal/lockstep"
	"github.com/tasktwin/tasktwin/conformance/internal/program"
	"github.com/tasktwin/tasktwin/conformance/internal/stores"
	"github.com/tasktwin/tasktwin/conformance/internal/workload"
	"github.com/tasktwin/tasktwin/conformance/parity"
	"github.com/tasktwin/tasktwin/conformance/twin"
)

// recordProgram runs a program on two stores in lockstep and returns the sums of
// the subject's answers. It fails if the two stores differ.
func recordProgram(ctx context.Context, p parity.Program, ref, sub tasktwin.Store, accept []parity.Difference) ([]sum, error) {
	var sums []sum
	rec := stores.NewRecord(accept...)
	told := witness(stores.Engine(sub, twin.Fork), func(_ parity.Op, s sum) { sums = append(sums, s) })
	err := drive(ctx, p, lockstep.Pair(stores.Engine(ref, nil), told, rec), rec)
	if mismatches := rec.Mismatches(); err == nil && len(mismatches) > 0 {
		err = fmt.Errorf("conformance: record a transcript: %v", mismatches[0])
	}
	return sums, err
}

// replayProgram runs a program on a store and returns an error that names the
// first answer whose sum differs from the recorded one.
func replayProgram(ctx context.Context, p parity.Program, s tasktwin.Store, sums []sum, progress func()) error {
	ctx, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	told := 0
	tell := func(op parity.Op, s sum) {
		progress()
		if told >= len(sums) || sums[told] != s {
			stop(fmt.Errorf("answer %d, to %s, is not the recorded one", told+1, op))
		}
		told++
	}
	if err := drive(ctx, p, witness(stores.Engine(s, twin.Fork), tell), nil); err != nil {
		return context.Cause(ctx)
	}
	if err := context.Cause(ctx); err != nil {
		return err
	}
	if told != len(sums) {
		return fmt.Errorf("%d answers, and %d were recorded", told, len(sums))
	}
	return nil
}

// parseOps parses a program without checking that it is balanced, because these
// tests wrote it.
func parseOps(text string) (parity.Program, error) {
	var p parity.Program
	for line := range strings.Lines(text) {
		op, err := stores.Methods.ParseOp(strings.TrimSpace(line))
		if err != nil {
			return nil, err
		}
		p = append(p, op)
	}
	return p, nil
}

func writeSums(path string, sums []sum) error {
	out := make([]byte, 0, 8*len(sums))
	for _, s := range sums {
		out = binary.LittleEndian.AppendUint64(out, uint64(s))
	}
	return os.WriteFile(path, out, 0o600)
}

func readSums(path string) ([]sum, error) {
	in, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	sums := make([]sum, 0, len(in)/8)
	for ; len(in) >= 8; in = in[8:] {
		sums = append(sums, sum(binary.LittleEndian.Uint64(in)))
	}
	return sums, nil
}

// crossings returns calls with a bad value in one or two of their fields. With
// two, the program tests which of them determines the error.
func crossings(seed uint64) parity.Program {
	p := generate(seed, parity.PresetMixed, 600)
	last := map[string]parity.Op{}
	for _, op := range p {
		if len(op.Fields()) > 0 {
			last[op.Name] = op
		}
	}
	for _, op := range workload.Sorted(last) {
		fields := op.Fields()
		for i := range fields {
			for _, a := range badValues(fields[i].Type) {
				p = append(p, op.With(i, reflect.ValueOf(a)))
			}
			for j := range i {
				for _, a := range badValues(fields[i].Type) {
					for _, b := range badValues(fields[j].Type) {
						p = append(p, op.With(i, reflect.ValueOf(a)).With(j, reflect.ValueOf(b)))
					}
				}
			}
		}
	}
	return p
}

// badValues returns values of a type that are refused for different reasons.
func badValues(t reflect.Type) []any {
	switch {
	case t == reflect.TypeFor[uuid.UUID]():
		return []any{absent}
	case t == reflect.TypeFor[uuid.NullUUID]():
		return []any{nullUUID(absent)}
	case t == reflect.TypeFor[string]():
		return []any{"\xff", strings.Repeat("x", 200), strings.Repeat("x", 200) + "\xff"}
	case t == reflect.TypeFor[json.RawMessage]():
		return []any{json.RawMessage(nil), json.RawMessage(`[]`), json.RawMessage(`{`)}
	case program.IsEnum(t):
		return []any{reflect.ValueOf("bogus").Convert(t).Interface()}
	}
	return workload.Specials[t]
}
