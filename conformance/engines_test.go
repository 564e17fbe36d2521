package conformance

import (
	"context"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/tasktwin/tasktwin"
	"github.com/tasktwin/tasktwin/conformance/internal/program"
	"github.com/tasktwin/tasktwin/conformance/parity"
	"github.com/tasktwin/tasktwin/conformance/pgtest"
	"github.com/tasktwin/tasktwin/conformance/twin"
	"github.com/tasktwin/tasktwin/memdb"
)

func openMemdb(testing.TB) tasktwin.Store { return memdb.New(memdb.Options{}) }

func openPgdb(t testing.TB) tasktwin.Store { return pgtest.Open(t) }

// openTwin opens a memdb that answers like pgtest's server.
func openTwin(t testing.TB) tasktwin.Store {
	t.Helper()
	return memdb.New(twinOptions(t))
}

var (
	twinOnce sync.Once
	twinOpts memdb.Options
	errTwin  error
)

func twinOptions(t testing.TB) memdb.Options {
	t.Helper()
	twinOnce.Do(func() { twinOpts, errTwin = twin.Options(context.Background(), pgtest.Open(t)) })
	if errTwin != nil {
		t.Fatal(errTwin)
	}
	return twinOpts
}

// acceptedOfTwins returns the accepted differences between pgtest's server and
// memdb.
func acceptedOfTwins(t testing.TB) []parity.Difference {
	t.Helper()
	return twin.Accepted(twinOptions(t).PostgresVersion)
}

// twinSuiteOptions returns the options of a run on pgdb and memdb.
func twinSuiteOptions(t testing.TB) []Option {
	t.Helper()
	return []Option{Accept(acceptedOfTwins(t)...), Fork(twin.Fork), Scratch(openMemdb), Explain(twin.Explain)}
}

func TestMemdb(t *testing.T) {
	t.Parallel()
	Run(t, openMemdb)
}

func TestPgdb(t *testing.T) {
	t.Parallel()
	Run(t, openPgdb)
}

func TestParity(t *testing.T) {
	t.Parallel()
	RunParity(t, openPgdb, openTwin, twinSuiteOptions(t)...)
}

// compare fails with a report if two engines differ.
func compare(
	t *testing.T, reference, subject func(testing.TB) tasktwin.Store, opts parity.Options, replay string, options ...Option,
) {
	t.Helper()
	r := newParityRun(t, reference, subject, append(twinSuiteOptions(t), options...)...)
	if opts.Program == nil {
		opts.Scratch = openMemdb(t)
	}
	r.compare(t, opts, replay)
}

// generate generates a program on a memdb.
func generate(seed uint64, preset parity.Preset, n int) parity.Program {
	return parity.Generate(memdb.New(memdb.Options{}), seed, preset, n)
}

func id(n uint64) uuid.UUID { return program.ID(n) }

var absent = program.Absent

// at returns a time, minutes after the epoch of all rows.
func at(minutes float64) time.Time {
	return program.Epoch.Add(time.Duration(minutes * float64(time.Minute)))
}

func nullUUID(u uuid.UUID) uuid.NullUUID { return program.Null(u) }
