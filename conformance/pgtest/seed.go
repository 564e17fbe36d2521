package pgtest

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/tasktwin/tasktwin"
	"github.com/tasktwin/tasktwin/conformance/pgserver"
	"github.com/tasktwin/tasktwin/dumpfile"
	"github.com/tasktwin/tasktwin/pgdb"
)

// seedTimeout bounds the loading of a seed.
const seedTimeout = 5 * time.Minute

// Seed gives each test a database of its own with the same rows. The rows are loaded
// once, when the first test asks for a database, into a template that is dropped with
// the server; a database costs a test as much as an empty one. It is safe for concurrent
// use. A seed is for all tests of a package: make it a package's variable.
type Seed struct {
	rows func() (*tasktwin.Dump, error)

	once     sync.Once
	template *pgserver.Template
	err      error
}

// FromDump returns a seed with the rows of a dump file, as package dumpfile and the
// command tasktwin dump --plain write it. If the file is not as it was written, or a row
// violates a constraint, every test that asks for a database fails with that error.
func FromDump(file string) *Seed {
	return &Seed{rows: func() (*tasktwin.Dump, error) { return dumpfile.Read(strings.NewReader(file)) }}
}

// FromRows returns a seed with these rows, such as those of a memdb store's Dump. They
// must not change. If a row violates a constraint, every test that asks for a database
// fails with that error.
func FromRows(rows *tasktwin.Dump) *Seed {
	return &Seed{rows: func() (*tasktwin.Dump, error) { return rows, nil }}
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
	template, err := s.load(serverOf(t))
	if err != nil {
		t.Fatal(err)
	}
	return clone(t, template.NewDatabase)
}

// load returns the template, which it makes at the first call.
func (s *Seed) load(server *Server) (*pgserver.Template, error) {
	s.once.Do(func() {
		// Not the test's context: other tests use the template, too.
		ctx, cancel := context.WithTimeout(context.Background(), seedTimeout)
		defer cancel()
		s.template, s.err = newTemplate(ctx, server, s.rows)
	})
	return s.template, s.err
}

func newTemplate(ctx context.Context, server *Server, read func() (*tasktwin.Dump, error)) (*pgserver.Template, error) {
	rows, err := read()
	if err != nil {
		return nil, fmt.Errorf("pgtest: read the seed: %w", err)
	}
	return server.NewTemplate(ctx, func(ctx context.Context, url string) (err error) {
		db, err := pgdb.Open(ctx, url, pgdb.Options{})
		if err != nil {
			return err
		}
		defer func() { err = errors.Join(err, db.Close()) }()
		if err := db.Load(ctx, rows); err != nil {
			return fmt.Errorf("load the seed: %w", err)
		}
		return nil
	})
}
