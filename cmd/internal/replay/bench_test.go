package replay

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/tasktwin/tasktwin/memdb"
)

// benchmarkLog returns a log of about the given size whose cases overlap. Unless it is
// sorted, its rows are in random order.
func benchmarkLog(size int, sorted bool) []byte {
	r := rand.New(rand.NewPCG(1, 2))
	activities := []string{"triage", "reproduce", "read the code", "write a fix", "run the tests", "answer the customer"}
	var lines [][]byte
	at := time.Date(2025, 3, 3, 8, 0, 0, 0, time.UTC)
	const stamp = "2006-01-02T15:04:05.000Z"
	for i, n := 0, 0; n < size; i++ {
		at = at.Add(time.Duration(r.IntN(2000)) * time.Millisecond)
		end := at.Add(time.Duration(r.IntN(600_000)) * time.Millisecond)
		line := fmt.Appendf(nil, "T-%06d,%s,user-%d,%s,%s\n", i/40+r.IntN(20), activities[r.IntN(len(activities))], r.IntN(500),
			at.Format(stamp), end.Format(stamp))
		lines, n = append(lines, line), n+len(line)
	}
	if !sorted {
		r.Shuffle(len(lines), func(i, j int) { lines[i], lines[j] = lines[j], lines[i] })
	}
	return append([]byte("ticket_id,activity,agent,started_at,completed_at\n"), bytes.Join(lines, nil)...)
}

// BenchmarkRead reads logs to their ends, and their rows in the order of time.
func BenchmarkRead(b *testing.B) {
	for _, sorted := range []bool{true, false} {
		log := benchmarkLog(20<<20, sorted)
		for _, memory := range []int{0, 4 << 20} {
			b.Run(fmt.Sprintf("sorted=%t/spilled=%t", sorted, memory != 0), func(b *testing.B) {
				b.SetBytes(int64(len(log)))
				b.ReportAllocs()
				for b.Loop() {
					e, sum, err := read(b.Context(), bytes.NewReader(log), Options{sortMemory: memory})
					require.NoError(b, err)
					n := 0
					for _, err := range e.all() {
						if err != nil {
							b.Fatal(err)
						}
						n++
					}
					require.Equal(b, sum.Rows, n)
					require.NoError(b, e.close())
				}
			})
		}
	}
}

// BenchmarkRun replays a log into memory.
func BenchmarkRun(b *testing.B) {
	log := benchmarkLog(4<<20, true)
	b.SetBytes(int64(len(log)))
	b.ReportAllocs()
	for b.Loop() {
		_, err := Run(b.Context(), memdb.New(memdb.Options{}), bytes.NewReader(log), Options{IdleTimeout: 30 * time.Minute})
		require.NoError(b, err)
	}
}
