package conformance

import (
	"context"
	"reflect"
	"regexp"
	"strings"
	"sync"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tasktwin/tasktwin"
	"github.com/tasktwin/tasktwin/conformance/parity"
	"github.com/tasktwin/tasktwin/conformance/pgtest"
	"github.com/tasktwin/tasktwin/pgdb"
)

// statements is a tracer that collects what was sent.
type statements struct {
	mu  sync.Mutex
	sql map[string]bool
}

func (s *statements) TraceQueryStart(ctx context.Context, _ *pgx.Conn, data pgx.TraceQueryStartData) context.Context {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.sql[data.SQL] = true
	return ctx
}

func (*statements) TraceQueryEnd(context.Context, *pgx.Conn, pgx.TraceQueryEndData) {}

// A pooler that balances reads, such as pgpool-II, takes a statement that begins with a
// comment for a write. Names of statements are comments at their ends.
func TestNoStatementBeginsWithAComment(t *testing.T) {
	t.Parallel()
	sent := &statements{sql: map[string]bool{}}
	db, err := pgdb.Open(t.Context(), pgtest.URL(t), pgdb.Options{Tracer: sent})
	require.NoError(t, err)
	defer db.Close()
	require.NoError(t, db.InTx(t.Context(), func(tx tasktwin.Store) error {
		require.NoError(t, tx.Ping(t.Context()))
		return pgdb.LockEmpty(t.Context(), tx)
	}, nil))
	require.NoError(t, parity.Apply(t.Context(), db, generate(1, parity.PresetMixed, 2000), nil))
	_, err = db.Dump(t.Context())
	require.NoError(t, err)
	// The filters have statements of their own.
	for _, filter := range []tasktwin.ListTasksParams{{Status: tasktwin.TaskStatusActive}, {OwnerID: absent}, {OrganizationID: absent}} {
		_, err := db.ListTasks(t.Context(), filter)
		require.NoError(t, err)
	}

	name := regexp.MustCompile(`\n-- name: (\w+) :\w+\n$`)
	named := map[string]bool{}
	for sql := range sent.sql {
		if match := name.FindStringSubmatch(sql); match != nil {
			named[match[1]] = true
		}
		start := strings.TrimSpace(sql)
		assert.False(t, strings.HasPrefix(start, "--") || strings.HasPrefix(start, "/*"), sql)
	}
	for method := range reflect.TypeFor[tasktwin.Querier]().Methods() {
		assert.True(t, named[method.Name], "%s was not sent", method.Name)
	}
	for _, other := range []string{"ListTasksByStatus", "ListTasksByOwner", "ListTasksByOrganization", "DumpTaskSnapshots"} {
		assert.True(t, named[other], "%s was not sent", other)
	}
}
