package twin

import (
	"context"
	"fmt"
	"strings"
	"sync"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/tasktwin/tasktwin"
	"github.com/tasktwin/tasktwin/conformance/parity"
	"github.com/tasktwin/tasktwin/pgdb"
)

// tracedStatements is the number of statements that a report shows.
const tracedStatements = 4

// trace keeps the last statements that were sent to a server.
type trace struct {
	mu   sync.Mutex
	last []string
}

// TraceQueryStart implements [pgx.QueryTracer].
func (t *trace) TraceQueryStart(ctx context.Context, _ *pgx.Conn, data pgx.TraceQueryStartData) context.Context {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.last = append(t.last[max(0, len(t.last)-tracedStatements+1):], fmt.Sprintf("%s\n  with %q", strings.TrimSpace(data.SQL), data.Args))
	return ctx
}

// TraceQueryEnd implements [pgx.QueryTracer].
func (*trace) TraceQueryEnd(context.Context, *pgx.Conn, pgx.TraceQueryEndData) {}

// Explain runs a program with a mismatch again, on fresh stores, and returns
// details for the report: the last statements that PostgreSQL got, its version and
// its settings. It returns "" if the reference is not a [pgdb.DB].
func Explain(ctx context.Context, ref, sub tasktwin.Store, p parity.Program) string {
	db, ok := ref.(*pgdb.DB)
	if !ok {
		return ""
	}
	var statements trace
	config := db.Pool().Config().Copy()
	config.ConnConfig.Tracer = &statements
	pool, err := pgxpool.NewWithConfig(ctx, config)
	if err != nil {
		return err.Error()
	}
	defer pool.Close()
	if _, err := parity.Run(ctx, pgdb.New(pool), sub, parity.Options{Program: p, Check: parity.CheckEnd, FirstOnly: true}); err != nil {
		return err.Error()
	}
	sent := strings.Join(statements.last, "\n\n")
	var settings string
	err = pool.QueryRow(ctx, `SELECT version() || E'\ntimezone ' || current_setting('timezone') || ', isolation ' ||
		current_setting('default_transaction_isolation') || ', encoding ' || current_setting('server_encoding') ||
		', ctype ' || (SELECT datctype FROM pg_database WHERE datname = current_database())`).Scan(&settings)
	if err != nil {
		settings = err.Error()
	}
	return fmt.Sprintf("The last statements that PostgreSQL got:\n\n%s\n\n%s\n", sent, settings)
}
