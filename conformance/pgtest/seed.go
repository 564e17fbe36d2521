package pgtest

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/tasktwin/tasktwin"
	"github.com/tasktwin/tasktwin/conformance/pgserver"
	"github.com/tasktwin/tasktwin/dumpfile"
	"github.com/tasktwin/tasktwin/pgdb"
)

// seedTimeout bounds the loading of a seed.
const seedTimeout = 5 * time.Minute

// Seed gives each test a database of its own with the same content. It is filled
// once, when the first test asks for a database, into a template that is dropped with
// the server; a database costs a test as much as an empty one. It is safe for concurrent
// use. A seed is for all tests of a package: make it a package's variable.
type Seed struct {
	fill func(ctx context.Context, url string) error

	once     sync.Once
	template *pgserver.Template
	err      error
}

// FromDump returns a seed with the rows of a dump file, as package dumpfile and the
// command tasktwin dump --plain write it. If the file is not as it was written, or a row
// violates a constraint, every test that asks for a database fails with that error.
func FromDump(file string) *Seed {
	return &Seed{fill: func(ctx context.Context, url string) error {
		rows, err := dumpfile.Read(strings.NewReader(file))
		if err != nil {
			return fmt.Errorf("pgtest: read the seed: %w", err)
		}
		return loadRows(ctx, url, rows)
	}}
}

// FromRows returns a seed with these rows, such as those of a memdb store's Dump. They
// must not change. If a row violates a constraint, every test that asks for a database
// fails with that error.
func FromRows(rows *tasktwin.Dump) *Seed {
	return &Seed{fill: func(ctx context.Context, url string) error { return loadRows(ctx, url, rows) }}
}

// FromSQL returns a seed with what a script does in a migrated database: statements of
// SQL, separated by semicolons, which run in one transaction unless the script has
// transactions of its own. If one fails, every test that asks for a database fails with
// PostgreSQL's error and, if PostgreSQL names a position, the script's line.
func FromSQL(script string) *Seed {
	return &Seed{fill: func(ctx context.Context, url string) error { return runScript(ctx, url, script) }}
}

// FromFunc returns a seed with what a function does in a migrated database: it may add
// rows, and also tables, columns, indexes or functions. It is called once. The context
// ends after five minutes. Sessions that the function leaves are ended. If it returns an
// error, every test that asks for a database fails with that error.
func FromFunc(fill func(ctx context.Context, url string) error) *Seed {
	return &Seed{fill: fill}
}

// Open returns a store on a database like that of [Seed.URL]. It is closed when the test
// ends.
func (s *Seed) Open(t testing.TB) *pgdb.DB {
	t.Helper()
	return open(t, s.URL(t))
}

// URL returns the URL of a fresh database with the seed's rows, which is dropped when the
// test ends. Without a PostgreSQL it skips or fails the test, as the function [URL] does.
func (s *Seed) URL(t testing.TB) string {
	t.Helper()
	server := serverOf(t)
	template, err := s.load(server)
	if err != nil {
		t.Fatal(err)
	}
	return clone(t, server, template.NewDatabase)
}

// load returns the template, which it makes at the first call.
func (s *Seed) load(server *Server) (*pgserver.Template, error) {
	s.once.Do(func() {
		// Not the test's context: other tests use the template, too.
		ctx, cancel := context.WithTimeout(context.Background(), seedTimeout)
		defer cancel()
		s.template, s.err = server.NewTemplate(ctx, s.fill)
	})
	return s.template, s.err
}

func loadRows(ctx context.Context, url string, rows *tasktwin.Dump) (err error) {
	db, err := pgdb.Open(ctx, url, pgdb.Options{})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	if err := db.Load(ctx, rows); err != nil {
		return fmt.Errorf("load the seed: %w", err)
	}
	return nil
}

func runScript(ctx context.Context, url, script string) error {
	conn, err := pgx.Connect(ctx, url)
	if err != nil {
		return err
	}
	// The simple protocol, which takes several statements.
	_, err = conn.PgConn().Exec(ctx, script).ReadAll()
	_ = conn.Close(ctx) // the session ends in any case
	if e, ok := errors.AsType[*pgconn.PgError](err); ok && e.Position > 0 {
		return fmt.Errorf("the seed's SQL, line %d: %w", lineAt(script, int(e.Position)), err)
	}
	if err != nil {
		return fmt.Errorf("the seed's SQL: %w", err)
	}
	return nil
}

// lineAt returns the number of the line of a text's character. Lines and characters are
// counted from 1.
func lineAt(text string, position int) int {
	line := 1
	for _, r := range text {
		if position--; position == 0 {
			break
		}
		if r == '\n' {
			line++
		}
	}
	return line
}
