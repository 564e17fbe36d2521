package pgserver

import (
	"errors"
	"fmt"
	"strings"

	"github.com/jackc/pgx/v5"
)

// envPgbouncer names the program.
const envPgbouncer = "TASKTWIN_PGBOUNCER"

// ErrNoPgbouncer means that no PgBouncer is available. The errors that wrap it list
// where it was looked for.
var ErrNoPgbouncer = errors.New("pgserver: no PgBouncer found")

// Pgbouncer is a PgBouncer that this process has started in front of a PostgreSQL. It
// is safe for concurrent use.
type Pgbouncer struct {
	version string
	major   int
	minor   int
	folder  string // of the socket
	stop    func() error
}

// Version returns the version, such as "1.18.0".
func (b *Pgbouncer) Version() string { return b.version }

// AtLeast reports whether the version is major.minor or later.
func (b *Pgbouncer) AtLeast(major, minor int) bool {
	return b.major > major || b.major == major && b.minor >= minor
}

// URL returns the URL of a database of the server by way of the pooler. It has no
// parameters but those of the address.
func (b *Pgbouncer) URL(database string) string {
	return socketURL(b.folder, "pooled", database)
}

// Close stops the pooler. Its clients and its connections to the server end with it.
// It is called once.
func (b *Pgbouncer) Close() error { return b.stop() }

// pgbouncerConfig returns the configuration of a PgBouncer with a socket in a folder. It
// logs in to the server as the user of c, whatever its clients call themselves.
func pgbouncerConfig(c *pgx.ConnConfig, folder string, settings []string) (string, error) {
	server := fmt.Sprintf("* = host=%s port=%d user=%s", confQuote(c.Host), c.Port, confQuote(c.User))
	if c.Password != "" {
		server += " password=" + confQuote(c.Password)
	}
	lines := []string{
		"[databases]", server, "[pgbouncer]",
		"listen_addr =", "listen_port = 5432", "unix_socket_dir = " + folder, "auth_type = any",
	}
	for _, line := range append(lines, settings...) {
		if strings.ContainsAny(line, "\r\n\x00") {
			return "", errors.New("a setting has more than one line")
		}
	}
	return strings.Join(append(lines, settings...), "\n") + "\n", nil
}

// confQuote quotes a value of a server's settings.
func confQuote(s string) string { return "'" + strings.ReplaceAll(s, "'", "''") + "'" }
