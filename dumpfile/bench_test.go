package dumpfile

import (
	"bytes"
	"fmt"
	"io"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/tasktwin/tasktwin"
)

const benchRows = 20_000

// statuses returns benchRows rows of the table that usually has the most rows.
func statuses() *tasktwin.Dump {
	d := &tasktwin.Dump{}
	for i := range benchRows {
		d.WorkspaceAppStatuses = append(d.WorkspaceAppStatuses, tasktwin.WorkspaceAppStatus{
			ID: uuid.UUID{0: byte(i >> 16), 1: byte(i >> 8), 2: byte(i), 6: 0x40, 15: byte(i * 7)}, AgentID: id(1), AppID: id(2), WorkspaceID: id(3),
			CreatedAt: time.Date(2024, 1, 2, 3, 4, 5, i*1000, time.UTC),
			State:     tasktwin.WorkspaceAppStatusStateWorking, Message: fmt.Sprintf("step %d of the work is under way", i),
		})
	}
	return d
}

func BenchmarkWrite(b *testing.B) {
	d := statuses()
	b.ReportAllocs()
	for b.Loop() {
		_, err := WriteAs(io.Discard, d, by)
		noError(b, err)
	}
	perRow(b)
}

func BenchmarkRead(b *testing.B) {
	data := file(b, statuses())
	b.ReportAllocs()
	for b.Loop() {
		_, _, err := ReadWithInfo(bytes.NewReader(data))
		noError(b, err)
	}
	perRow(b)
}

func BenchmarkVerify(b *testing.B) {
	data := file(b, statuses())
	b.ReportAllocs()
	for b.Loop() {
		_, err := Verify(bytes.NewReader(data))
		noError(b, err)
	}
	perRow(b)
}

func perRow(b *testing.B) {
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/benchRows, "ns/row")
}

// Writing and reading need memory only for the rows, and verifying for a single
// row.
func TestMemoryOfARow(t *testing.T) { // not in parallel: it counts what the process allocates
	d := statuses()
	data := file(t, d)
	writes := testing.AllocsPerRun(1, func() { _, _ = WriteAs(io.Discard, d, by) })
	holds(t, writes < 2000, writes)
	verifies := testing.AllocsPerRun(1, func() { _, _ = Verify(bytes.NewReader(data)) })
	holds(t, verifies/benchRows < 1.2, "a row has one text: ", verifies)
	reads := testing.AllocsPerRun(1, func() { _, _, _ = ReadWithInfo(bytes.NewReader(data)) })
	holds(t, reads/benchRows < 1.2, "a row has one text: ", reads)
}
