package pgtest

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/tasktwin/tasktwin/conformance/pgserver"
	"github.com/tasktwin/tasktwin/pgdb"
)

// envRequire makes tests fail instead of being skipped if there is no server.
const envRequire = "TASKTWIN_REQUIRE_POSTGRES"

// envKeep makes a failed test keep its databases.
const envKeep = "TASKTWIN_KEEP"

// startTimeout bounds the start of the shared server: Docker may have to pull an
// image first.
const startTimeout = 5 * time.Minute

// shared is the server of this test binary.
var shared sharedServer

// sharedServer is a server that starts when it is first needed.
type sharedServer struct {
	mu      sync.Mutex // held during the start
	started bool
	closed  bool
	server  *Server
	err     error
	skipped int // tests without a server

	cancelMu sync.Mutex
	cancel   context.CancelFunc // cancels a running start
}

// get returns the server, or the error of its start. It starts the server only
// once: every test gets the same error.
func (s *sharedServer) get() (*Server, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return nil, ErrClosed
	}
	if !s.started {
		s.started = true
		ctx, cancel := context.WithTimeout(context.Background(), startTimeout)
		defer cancel()
		s.setCancel(cancel)
		s.server, s.err = Start(ctx)
		if errors.Is(s.err, ErrNotFound) && !slices.Contains(pgserver.Kinds(), "docker") {
			s.err = fmt.Errorf("%w\n  docker: the tests do not import conformance/pgdocker", s.err)
		}
	}
	return s.server, s.err
}

func (s *sharedServer) setCancel(cancel context.CancelFunc) {
	s.cancelMu.Lock()
	defer s.cancelMu.Unlock()
	s.cancel = cancel
}

// close stops the server, and prevents or cancels its start.
func (s *sharedServer) close() error {
	s.cancelMu.Lock()
	if s.cancel != nil {
		s.cancel()
	}
	s.cancelMu.Unlock()
	s.mu.Lock()
	defer s.mu.Unlock()
	s.closed = true
	if s.server == nil {
		return nil
	}
	return s.server.Close()
}

// countSkip counts a skipped test and reports whether it is the first.
func (s *sharedServer) countSkip() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.skipped++
	return s.skipped == 1
}

func (s *sharedServer) skips() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.skipped
}

// Main is for a package's TestMain. It runs the tests, stops the server that [URL]
// and [Open] started, and exits. On SIGINT, SIGTERM or SIGHUP it stops the server
// and ends the process by that signal.
func Main(m *testing.M) {
	os.Exit(Run(m))
}

// Run is like [Main] for a TestMain that has more to do: it returns the exit code.
func Run(m *testing.M) int { return runMain(m.Run) }

func runMain(run func() int) (code int) {
	defer closeOnSignal()()
	defer func() {
		if n := shared.skips(); n > 0 {
			fmt.Fprintf(os.Stderr, "pgtest: %d tests SKIPPED for want of a PostgreSQL; %s=1 makes them fail\n", n, envRequire)
		}
		if err := shared.close(); err != nil {
			fmt.Fprintln(os.Stderr, err)
			code = max(code, 1)
		}
	}()
	return run()
}

// URL returns the URL of a fresh database with the schema and no rows, which is
// dropped when the test ends; the package comment says how a failed test keeps it.
// Without a PostgreSQL it skips the test, or fails it if TASKTWIN_REQUIRE_POSTGRES=1
// is set.
func URL(t testing.TB) string {
	t.Helper()
	server := serverOf(t)
	return clone(t, server, server.NewDatabase)
}

// serverOf returns the shared server, or skips or fails a test without one.
func serverOf(t testing.TB) *Server {
	t.Helper()
	server, err := shared.get()
	if err != nil {
		if maySkip(err) {
			if shared.countSkip() {
				fmt.Fprintln(os.Stderr, err)
			}
			t.Skip(err)
		}
		t.Fatal(err)
	}
	return server
}

// clone returns the URL of a database that ends with the test, unless the test fails and
// is to keep it.
func clone(t testing.TB, server *Server, create func(context.Context) (url string, drop func() error, err error)) string {
	t.Helper()
	url, drop, err := create(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if t.Failed() && isSet(envKeep) && keep(t, server, url) {
			return
		}
		if err := drop(); err != nil {
			t.Error(err)
		}
	})
	return url
}

// keep keeps the database of a failed test, and logs its URL. It returns false if the
// database ends in any case.
func keep(t testing.TB, server *Server, url string) bool {
	t.Helper()
	kept, err := server.Keep(context.WithoutCancel(t.Context()), url)
	if err != nil {
		t.Logf("%s: the database is not kept: %v", envKeep, err)
		return false
	}
	t.Logf("%s: the database is kept, and yours to drop: %s", envKeep, kept)
	return true
}

// maySkip reports whether err may skip a test: no PostgreSQL is available, and the
// environment does not demand one.
func maySkip(err error) bool {
	return errors.Is(err, ErrNotFound) && !pgserver.Requested() && !required()
}

// required reports whether tests without a server must fail.
func required() bool { return isSet(envRequire) }

// isSet reports whether an environment variable says yes.
func isSet(name string) bool {
	switch os.Getenv(name) {
	case "", "0", "false":
		return false
	}
	return true
}

// Open returns a store on a database like that of [URL]. It is closed when the
// test ends.
func Open(t testing.TB) *pgdb.DB {
	t.Helper()
	return open(t, URL(t))
}

// open returns a store on a database. It is closed when the test ends.
func open(t testing.TB, url string) *pgdb.DB {
	t.Helper()
	db, err := pgdb.Open(t.Context(), url, pgdb.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	return db
}
