package conformance

import (
	"context"
	"errors"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	"github.com/tasktwin/tasktwin"
	"github.com/tasktwin/tasktwin/conformance/pgtest"
	"github.com/tasktwin/tasktwin/pgdb"
)

// rollbackTracer records the time that each rollback is given.
type rollbackTracer struct{ given []time.Duration }

func (r *rollbackTracer) TraceQueryStart(ctx context.Context, _ *pgx.Conn, data pgx.TraceQueryStartData) context.Context {
	if strings.HasPrefix(data.SQL, "rollback") {
		deadline, _ := ctx.Deadline()
		r.given = append(r.given, time.Until(deadline))
	}
	return ctx
}

func (*rollbackTracer) TraceQueryEnd(context.Context, *pgx.Conn, pgx.TraceQueryEndData) {}

// A rollback has a time of its own, whatever the context.
func TestRollbackTimeout(t *testing.T) {
	t.Parallel()
	failure := errors.New("as told")
	for name, c := range map[string]struct {
		opts     pgdb.Options
		min, max time.Duration
	}{
		"default": {pgdb.Options{}, 0, 5 * time.Second},
		"an hour": {pgdb.Options{RollbackTimeout: time.Hour}, 30 * time.Minute, time.Hour},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			tracer := &rollbackTracer{}
			c.opts.Tracer = tracer
			db := openAt(t, pgtest.URL(t), c.opts)
			ctx, cancel := context.WithCancel(t.Context())
			err := db.InTx(ctx, func(tx tasktwin.Store) error {
				return tx.InTx(ctx, func(tasktwin.Store) error {
					cancel()
					return failure
				}, nil)
			}, nil)
			require.ErrorIs(t, err, failure)
			require.Len(t, tracer.given, 2, "to the savepoint, and all")
			for _, given := range tracer.given {
				require.Greater(t, given, c.min)
				require.LessOrEqual(t, given, c.max)
			}
		})
	}
}

// A server that does not answer a rollback is left after the timeout.
func TestRollbackWithoutAnAnswer(t *testing.T) {
	t.Parallel()
	failure := errors.New("as told")
	l := &loss{message: "rollback\x00", then: func(net.Conn) {}}
	db := openLossy(t, pgtest.URL(t), l, pgdb.Options{RollbackTimeout: 50 * time.Millisecond})
	err := db.InTx(t.Context(), func(tasktwin.Store) error { return failure }, nil)
	require.ErrorIs(t, err, failure)
	requireConnection(t, db, "after")
}
