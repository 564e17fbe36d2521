// Package sqlitedb is a store on SQLite for comparison with the engines: it has their
// schema, indexes and view, and the queries of the benchmarks with the same results.
package sqlitedb

import (
	"context"
	"database/sql"
	_ "embed"
	"fmt"
	"sync"
	"time"

	"github.com/google/uuid"
	_ "modernc.org/sqlite" // registers Modernc
)

//go:embed schema.sql
var schemaSQL string

// The names of drivers. This package imports only modernc.org/sqlite: programs that use
// github.com/mattn/go-sqlite3, which needs cgo, import it themselves.
const (
	Modernc = "sqlite"
	Mattn   = "sqlite3"
)

// DB is a database on one connection. It prepares each statement once, on first use.
type DB struct {
	sql *sql.DB

	mu       sync.Mutex
	prepared map[string]*sql.Stmt // by their SQL
}

// Open returns an empty database with the schema, in a file or, if path is empty, in
// memory. The file must not exist. Settings are SQLite's defaults, except that foreign
// keys are enforced.
func Open(ctx context.Context, driver, path string) (*DB, error) {
	if path == "" {
		path = ":memory:"
	}
	db, err := sql.Open(driver, path)
	if err != nil {
		return nil, fmt.Errorf("sqlitedb: %w", err)
	}
	// Each connection would have its own database in memory, and its own setting of
	// foreign keys.
	db.SetMaxOpenConns(1)
	s := &DB{sql: db, prepared: map[string]*sql.Stmt{}}
	for _, statement := range []string{"PRAGMA foreign_keys = ON", schemaSQL} {
		if err := s.Exec(ctx, statement); err != nil {
			_ = db.Close()
			return nil, fmt.Errorf("sqlitedb: %w", err)
		}
	}
	return s, nil
}

// statement returns the prepared statement of a query.
func (db *DB) statement(ctx context.Context, query string) (*sql.Stmt, error) {
	db.mu.Lock()
	defer db.mu.Unlock()
	if stmt, ok := db.prepared[query]; ok {
		return stmt, nil
	}
	stmt, err := db.sql.PrepareContext(ctx, query)
	if err != nil {
		return nil, err
	}
	db.prepared[query] = stmt
	return stmt, nil
}

// scanRow runs a query and scans its row. Without a row the error is sql.ErrNoRows.
func (db *DB) scanRow(ctx context.Context, query string, into []any, args ...any) error {
	stmt, err := db.statement(ctx, query)
	if err != nil {
		return err
	}
	return stmt.QueryRowContext(ctx, args...).Scan(into...)
}

// Exec runs a statement.
func (db *DB) Exec(ctx context.Context, statement string, args ...any) error {
	_, err := db.sql.ExecContext(ctx, statement, args...)
	return err
}

// exec runs a prepared statement.
func (db *DB) exec(ctx context.Context, statement string, args ...any) error {
	stmt, err := db.statement(ctx, statement)
	if err != nil {
		return err
	}
	_, err = stmt.ExecContext(ctx, args...)
	return err
}

// Close frees the database, and keeps its file.
func (db *DB) Close() error { return db.sql.Close() }

// Micros is a time in the database's format.
func Micros(t time.Time) int64 { return t.UnixMicro() }

func nullID(u uuid.NullUUID) any {
	if !u.Valid {
		return nil
	}
	return u.UUID[:]
}

func nullMicros(t sql.NullTime) any {
	if !t.Valid {
		return nil
	}
	return t.Time.UnixMicro()
}

// timeScanner scans a time.
type timeScanner struct{ into *time.Time }

// Scan implements [sql.Scanner].
func (i timeScanner) Scan(v any) error {
	us, ok := v.(int64)
	if !ok {
		return fmt.Errorf("sqlitedb: a time is a %T", v)
	}
	*i.into = time.UnixMicro(us).UTC()
	return nil
}

// nullTimeScanner scans a time or NULL.
type nullTimeScanner struct{ into *sql.NullTime }

// Scan implements [sql.Scanner].
func (n nullTimeScanner) Scan(v any) error {
	if v == nil {
		*n.into = sql.NullTime{}
		return nil
	}
	n.into.Valid = true
	return timeScanner{&n.into.Time}.Scan(v)
}
