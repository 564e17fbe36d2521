package conformance

import (
	"context"
	"reflect"
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

// take returns what was sent since the last call, without spaces around it.
func (s *statements) take() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	var all []string
	for sql := range s.sql {
		all = append(all, strings.TrimSpace(sql))
	}
	clear(s.sql)
	return all
}

// ofTransaction begins the statements of a transaction that may write.
const ofTransaction = "/*NO LOAD BALANCE*/ "

// statementName returns the name of a statement, which is at its end, or "".
func statementName(sql string) string {
	_, name, _ := strings.Cut(sql, "\n-- name: ")
	name, _, _ = strings.Cut(name, " ")
	return name
}

// A pooler that balances reads, such as pgpool-II, takes a statement that begins with a
// comment for a write. So the names of statements are comments at their ends, and only
// those of transactions that may write begin with one.
func TestStatementsBeginWithoutAComment(t *testing.T) {
	t.Parallel()
	sent := &statements{sql: map[string]bool{}}
	db, err := pgdb.Open(t.Context(), pgtest.URL(t), pgdb.Options{Tracer: sent})
	require.NoError(t, err)
	defer db.Close()
	comment := func(sql string) bool { return strings.HasPrefix(sql, "--") || strings.HasPrefix(sql, "/*") }
	list := func(s tasktwin.Store) error {
		_, err := s.ListTasks(t.Context(), tasktwin.ListTasksParams{})
		return err
	}

	require.NoError(t, db.InTx(t.Context(), list, &tasktwin.TxOptions{ReadOnly: true, Isolation: tasktwin.RepeatableRead}))
	_, err = db.Dump(t.Context())
	require.NoError(t, err)
	// The filters have statements of their own.
	for _, filter := range []tasktwin.ListTasksParams{{Status: tasktwin.TaskStatusActive}, {OwnerID: absent}, {OrganizationID: absent}} {
		_, err := db.ListTasks(t.Context(), filter)
		require.NoError(t, err)
	}
	named := map[string]bool{}
	for _, sql := range sent.take() {
		assert.False(t, comment(sql), sql)
		named[statementName(sql)] = true
	}
	// Every method, in and outside of transactions.
	require.NoError(t, parity.Apply(t.Context(), db, generate(1, parity.PresetMixed, 2000), nil))
	for _, sql := range sent.take() {
		if !strings.HasPrefix(sql, ofTransaction) {
			assert.False(t, comment(sql), sql)
			named[statementName(sql)] = true
		}
	}
	for _, name := range []string{"ListTasksByStatus", "ListTasksByOwner", "ListTasksByOrganization", "DumpTaskSnapshots"} {
		assert.True(t, named[name], "%s was not sent", name)
	}
	for method := range reflect.TypeFor[tasktwin.Querier]().Methods() {
		assert.True(t, named[method.Name], "%s was not sent", method.Name)
	}

	require.NoError(t, db.InTx(t.Context(), list, nil))
	var ofTx []string
	for _, sql := range sent.take() {
		if comment(sql) {
			ofTx = append(ofTx, sql)
		}
	}
	require.Len(t, ofTx, 1)
	require.True(t, strings.HasPrefix(ofTx[0], ofTransaction+"SELECT "), ofTx[0])
	require.Equal(t, "ListTasks", statementName(ofTx[0]))
}
