package main

import (
	"testing"
	"time"

	"github.com/tasktwin/tasktwin/conformance"
	"github.com/tasktwin/tasktwin/conformance/pgtest"
	"github.com/tasktwin/tasktwin/conformance/twin"
	"github.com/tasktwin/tasktwin/memdb"
)

func TestMain(m *testing.M) { pgtest.Main(m) }

// The same tests on PostgreSQL and in memory at the same time. They fail if the
// engines differ, which shows that the store of the unit tests behaves like
// PostgreSQL.
func TestServiceOnBothEngines(t *testing.T) {
	t.Parallel()
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			postgres := pgtest.Open(t)
			opts, err := twin.Options(t.Context(), postgres)
			if err != nil {
				t.Fatal(err)
			}
			both := conformance.Together(t, postgres, memdb.New(opts), conformance.Accept(twin.Accepted(opts.PostgresVersion)...))
			rows, err := seed(t.Context(), both, time.Now())
			if err != nil {
				t.Fatal(err)
			}
			c.run(t, newClient(t, both, rows))
		})
	}
}
