package conformance

import (
	"context"
	"sync"
	"testing"

	"github.com/tasktwin/tasktwin"
	"github.com/tasktwin/tasktwin/conformance/pgtest"
	"github.com/tasktwin/tasktwin/memdb"
)

func openMemdb(testing.TB) tasktwin.Store { return memdb.New(memdb.Options{}) }

func openPgdb(t testing.TB) tasktwin.Store { return pgtest.Open(t) }

// twin opens a memdb that follows the server that pgtest found.
func twin(t testing.TB) tasktwin.Store {
	t.Helper()
	opts, err := twinOptions(t)
	if err != nil {
		t.Fatal(err)
	}
	return memdb.New(opts)
}

var (
	twinOnce sync.Once
	twinOpts memdb.Options
	errTwin  error
)

func twinOptions(t testing.TB) (memdb.Options, error) {
	t.Helper()
	twinOnce.Do(func() { twinOpts, errTwin = TwinOptions(context.Background(), pgtest.Open(t)) })
	return twinOpts, errTwin
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
	RunParity(t, openPgdb, twin)
}
