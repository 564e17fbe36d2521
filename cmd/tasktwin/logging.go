package main

import (
	"context"
	"fmt"
	"log/slog"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/tasktwin/tasktwin/cmd/internal/suggest"
)

// logLevel is the value of --log-level.
type logLevel slog.Level

// UnmarshalText implements encoding.TextUnmarshaler.
func (l *logLevel) UnmarshalText(text []byte) error {
	if err := (*slog.Level)(l).UnmarshalText(text); err != nil {
		return fmt.Errorf("%q: it must be one of %s%s", text, join(logLevels()), suggest.Question(string(text), logLevels()))
	}
	return nil
}

// tracer logs statements without their arguments, which contain prompts.
type tracer struct{ log *slog.Logger }

type traceKey struct{}

type trace struct {
	statement string
	begin     time.Time
}

// TraceQueryStart implements pgx.QueryTracer.
func (t tracer) TraceQueryStart(ctx context.Context, _ *pgx.Conn, data pgx.TraceQueryStartData) context.Context {
	// The last line of a query is a comment with its name.
	sql := strings.TrimSpace(data.SQL)
	_, name, named := strings.Cut(sql[strings.LastIndex(sql, "\n")+1:], "-- name: ")
	if !named {
		name, _, _ = strings.Cut(sql, "\n")
	}
	return context.WithValue(ctx, traceKey{}, trace{name, time.Now()})
}

// TraceQueryEnd implements pgx.QueryTracer.
func (t tracer) TraceQueryEnd(ctx context.Context, _ *pgx.Conn, data pgx.TraceQueryEndData) {
	begun, _ := ctx.Value(traceKey{}).(trace)
	attrs := []any{"statement", begun.statement, "took", time.Since(begun.begin), "result", data.CommandTag.String()}
	if data.Err != nil {
		attrs = append(attrs, "error", data.Err)
	}
	t.log.DebugContext(ctx, "statement", attrs...)
}
