package pgserver

import (
	"context"
	"crypto/rand"
	"encoding/binary"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/tasktwin/tasktwin/pgdb"
)

const (
	// namePrefix starts the name of every database that pgserver creates. The run's
	// id and an underscore follow.
	namePrefix = "tasktwin_test_"
	// folderPrefix starts the name of a run and of its folder.
	folderPrefix = "tasktwin-pg-"
	// runDigits is the length of a run's id: hexadecimal digits that fit a
	// bigint, which an advisory lock takes.
	runDigits = 15

	dropTimeout = 30 * time.Second
)

// Name returns a name of letters, digits and hyphens that is unique to this run. A
// [Starter] gives it to what it creates.
func (r *Run) Name() string { return folderPrefix + r.id }

// newRunID returns a random id.
func newRunID() string {
	var b [8]byte
	rand.Read(b[:]) // never fails
	return fmt.Sprintf("%0*x", runDigits, binary.BigEndian.Uint64(b[:])>>4)
}

func (s *Server) prefix() string   { return namePrefix + s.run.id + "_" }
func (s *Server) template() string { return s.prefix() + "template" }

// NewDatabase creates a database with the schema and no rows. It returns the URL
// and a function that ends the sessions on the database and drops it.
// [Server.Close] drops the database, too; after it, the function does nothing.
func (s *Server) NewDatabase(ctx context.Context) (url string, drop func() error, err error) {
	return s.newDatabase(ctx, s.template())
}

// newDatabase is NewDatabase with the name of a template.
func (s *Server) newDatabase(ctx context.Context, template string) (url string, drop func() error, err error) {
	name := fmt.Sprintf("%s%d", s.prefix(), s.serial.Add(1))
	if err := s.clone(ctx, template, name); err != nil {
		return "", nil, err
	}
	return withDatabase(s.base, name), func() error { return s.drop(name) }, nil
}

// clone creates a database with the schema and the rows of a template.
func (s *Server) clone(ctx context.Context, template, name string) error {
	s.open.RLock()
	defer s.open.RUnlock()
	if s.closed {
		return ErrClosed
	}
	sql := "CREATE DATABASE " + quote(name) + " TEMPLATE " + quote(template)
	if s.version >= 150000 {
		// Copying the files of a small database is several times faster than
		// the default, which writes every block to the log.
		sql += " STRATEGY file_copy"
	}
	if err := s.exec(ctx, sql); err != nil {
		return fmt.Errorf("pgserver: clone the template database: %w", err)
	}
	return nil
}

func (s *Server) drop(name string) error {
	s.open.RLock()
	defer s.open.RUnlock()
	if s.closed {
		return nil
	}
	ctx, cancel := context.WithTimeout(context.Background(), dropTimeout)
	defer cancel()
	if err := s.exec(ctx, dropDatabase(name)); err != nil {
		return fmt.Errorf("pgserver: drop database %s: %w", name, err)
	}
	return nil
}

// dropAll drops every database of this run.
func (s *Server) dropAll() error {
	ctx, cancel := context.WithTimeout(context.Background(), dropTimeout)
	defer cancel()
	conn, err := connect(ctx, s.base)
	if err != nil {
		return fmt.Errorf("pgserver: drop the databases %s*: %w", s.prefix(), err)
	}
	defer closeConn(conn)
	names, err := column(ctx, conn, "SELECT datname FROM pg_database WHERE starts_with(datname, $1)", s.prefix())
	errs := []error{err}
	for _, name := range names {
		_, err := conn.Exec(ctx, dropDatabase(name))
		errs = append(errs, err)
	}
	if err := errors.Join(errs...); err != nil {
		return fmt.Errorf("pgserver: drop the databases %s*: %w", s.prefix(), err)
	}
	return nil
}

// createTemplate creates the migrated database that all others are cloned from.
func (s *Server) createTemplate(ctx context.Context) error {
	conn, err := connect(ctx, s.base)
	if err != nil {
		return err
	}
	defer closeConn(conn)
	if err := conn.QueryRow(ctx, "SELECT current_setting('server_version_num')::int").Scan(&s.version); err != nil {
		return fmt.Errorf("ask for the server's version: %w", err)
	}
	if s.version/10000 < minVersion {
		return fmt.Errorf("the server is PostgreSQL %d: %d or newer is needed", s.version/10000, minVersion)
	}
	if err := s.createFromTemplate0(ctx, conn); err != nil {
		return fmt.Errorf("create the template database: %w", err)
	}
	if err := pgdb.Migrate(ctx, withDatabase(s.base, s.template())); err != nil {
		return fmt.Errorf("migrate the template database: %w", err)
	}
	return seal(ctx, conn, s.template())
}

// seal ends the sessions on a database and allows no more: a database with sessions
// on it cannot be cloned.
func seal(ctx context.Context, conn *pgx.Conn, name string) error {
	for _, sql := range []string{
		"ALTER DATABASE " + quote(name) + " ALLOW_CONNECTIONS false",
		"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = " + quoteLiteral(name),
	} {
		if _, err := conn.Exec(ctx, sql); err != nil {
			return fmt.Errorf("close the template database: %w", err)
		}
	}
	return nil
}

// createFromTemplate0 creates the template database with the locale that tests
// expect, or with the closest one that the server has.
func (s *Server) createFromTemplate0(ctx context.Context, conn *pgx.Conn) error {
	var err error
	for _, locale := range locales(s.version) {
		_, err = conn.Exec(ctx, "CREATE DATABASE "+quote(s.template())+
			" TEMPLATE template0 ENCODING 'UTF8' "+locale)
		if err == nil || !isUnknownLocale(err) {
			break
		}
	}
	if e, ok := errors.AsType[*pgconn.PgError](err); ok && e.Code == "42501" {
		return fmt.Errorf("user %s needs the attribute CREATEDB: %w", conn.Config().User, err)
	}
	return err
}

// locales returns locale options for CREATE DATABASE, the best first. The last
// resort is plain C, where lower() changes only ASCII letters: a system without
// C.UTF-8 has no closer locale.
func locales(version int) []string {
	libc := func(name string) string { return fmt.Sprintf("LC_COLLATE '%[1]s' LC_CTYPE '%[1]s'", name) }
	provider := ""
	if version >= 150000 {
		provider = " LOCALE_PROVIDER libc" // template0 may have another
	}
	options := []string{libc("C.UTF-8") + provider}
	if version >= 170000 {
		options = append(options, libc("C")+" LOCALE_PROVIDER builtin BUILTIN_LOCALE 'C.UTF-8'")
	}
	return append(options, libc("C.utf8")+provider, libc("C")+provider)
}

func isUnknownLocale(err error) bool {
	e, ok := errors.AsType[*pgconn.PgError](err)
	// wrong_object_type, invalid_parameter_value, feature_not_supported
	return ok && slices.Contains([]string{"42809", "22023", "0A000"}, e.Code)
}

// exec runs one statement in a session of its own.
func (s *Server) exec(ctx context.Context, sql string) error {
	conn, err := connect(ctx, s.base)
	if err != nil {
		return err
	}
	defer closeConn(conn)
	_, err = conn.Exec(ctx, sql)
	return err
}

func connect(ctx context.Context, base string) (*pgx.Conn, error) {
	cfg, err := pgx.ParseConfig(base)
	if err != nil {
		return nil, err
	}
	cfg.RuntimeParams["application_name"] = "pgserver"
	return pgx.ConnectConfig(ctx, cfg)
}

func closeConn(conn *pgx.Conn) {
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	_ = conn.Close(ctx) // the session ends in any case
}

func column(ctx context.Context, conn *pgx.Conn, sql string, args ...any) ([]string, error) {
	rows, err := conn.Query(ctx, sql, args...)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, pgx.RowTo[string])
}

func dropDatabase(name string) string {
	return "DROP DATABASE IF EXISTS " + quote(name) + " WITH (FORCE)"
}

func quote(name string) string { return pgx.Identifier{name}.Sanitize() }

func quoteLiteral(s string) string { return "'" + strings.ReplaceAll(s, "'", "''") + "'" }

// withDatabase returns the connection string base, a URL or keywords and values,
// with another database.
func withDatabase(base, name string) string {
	if !isURL(base) {
		return base + " dbname=" + name
	}
	u, err := url.Parse(base)
	if err != nil {
		return base // cannot happen: it has been parsed before
	}
	u.Path = "/" + name
	q := u.Query()
	q.Del("dbname")
	u.RawQuery = strings.ReplaceAll(q.Encode(), "+", "%20") // libpq takes a plus literally
	return u.String()
}

func isURL(s string) bool {
	return strings.HasPrefix(s, "postgres://") || strings.HasPrefix(s, "postgresql://")
}
