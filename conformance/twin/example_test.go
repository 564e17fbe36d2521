package twin_test

import (
	"testing"

	"github.com/tasktwin/tasktwin/conformance/pgtest"
	"github.com/tasktwin/tasktwin/conformance/twin"
	"github.com/tasktwin/tasktwin/memdb"
)

// openTwin opens a memdb that answers like the server of the tests: as its version and its
// locale do.
func openTwin(t testing.TB) *memdb.DB {
	t.Helper()
	options, err := twin.Options(t.Context(), pgtest.Open(t))
	if err != nil {
		t.Fatal(err)
	}
	return memdb.New(options)
}

// A test compares memdb with the server that it has.
func ExampleOptions() {
	_ = openTwin
}

// The example works.
func TestExampleOptions(t *testing.T) {
	t.Parallel()
	if err := openTwin(t).Ping(t.Context()); err != nil {
		t.Error(err)
	}
}
