package conformance

import (
	"encoding/binary"
	"math/rand/v2"
	"testing"

	"github.com/tasktwin/tasktwin/conformance/internal/workload"
	"github.com/tasktwin/tasktwin/conformance/parity"
	"github.com/tasktwin/tasktwin/memdb"
)

// byteSource takes its numbers from a fuzzer's bytes first, then from a generator:
// some algorithms wait for a number other than zero.
type byteSource struct {
	bytes []byte
	after *rand.PCG
}

// Uint64 returns the next number.
func (b *byteSource) Uint64() uint64 {
	if len(b.bytes) == 0 {
		return b.after.Uint64()
	}
	var word [8]byte
	b.bytes = b.bytes[copy(word[:], b.bytes):]
	return binary.LittleEndian.Uint64(word[:])
}

// FuzzParity drives the generator by the fuzzer's bytes. About four bytes decide
// on one operation.
func FuzzParity(f *testing.F) {
	f.Add([]byte("a few operations, no more"), uint8(0))
	f.Add(make([]byte, 256), uint8(1))
	f.Fuzz(func(t *testing.T, data []byte, preset uint8) {
		if len(data) > 4096 {
			t.Skip("long programs only take time")
		}
		presets := parity.AllPresets()
		source := &byteSource{data, rand.NewPCG(1, 2)}
		program := workload.New(source, presets[int(preset)%len(presets)]).Program(memdb.New(memdb.Options{}), 1+len(data)/16)
		compare(t, openPgdb, openTwin, parity.Options{Program: program}, "")
	})
}
