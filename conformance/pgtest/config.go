package pgtest

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// The environment variables that choose the server.
const (
	envKind    = "TASKTWIN_POSTGRES"
	envURL     = "TASKTWIN_POSTGRES_URL"
	envImage   = "TASKTWIN_POSTGRES_IMAGE"
	envRequire = "TASKTWIN_REQUIRE_POSTGRES"
)

// The kinds of server, as TASKTWIN_POSTGRES and [Server.Kind] name them.
const (
	kindURL    = "url"
	kindLocal  = "local"
	kindDocker = "docker"
)

// minVersion is the oldest major version that the queries run on.
const minVersion = 14

const defaultImage = "postgres:17-alpine"

// binaryGlobs are the folders where distributions put the server's binaries,
// most of them outside of PATH.
var binaryGlobs = []string{
	"/usr/lib/postgresql/*/bin",         // Debian, Ubuntu
	"/usr/pgsql-*/bin",                  // PostgreSQL's own packages for Fedora and RHEL
	"/usr/lib/postgresql*/bin",          // openSUSE
	"/usr/libexec/postgresql*",          // Alpine
	"/usr/local/pgsql/bin",              // built from source
	"/opt/homebrew/opt/postgresql*/bin", // Homebrew on ARM
	"/usr/local/opt/postgresql*/bin",    // Homebrew on Intel
	"/opt/local/lib/postgresql*/bin",    // MacPorts
	"/Applications/Postgres.app/Contents/Versions/*/bin",
}

// config says which servers to look for, and where.
type config struct {
	kind  string // one of the kinds, or empty for all of them
	url   string
	image string
	path  []string // folders of PATH
	globs []string
}

func configFromEnv() (config, error) {
	c := config{
		kind:  os.Getenv(envKind),
		url:   os.Getenv(envURL),
		image: os.Getenv(envImage),
		path:  filepath.SplitList(os.Getenv("PATH")),
		globs: binaryGlobs,
	}
	if c.image == "" {
		c.image = defaultImage
	}
	switch c.kind {
	case "", kindURL, kindLocal, kindDocker:
		return c, nil
	}
	return c, fmt.Errorf("pgtest: %s is %q: it must be %s, %s or %s, or be unset",
		envKind, c.kind, kindURL, kindLocal, kindDocker)
}

// wants reports whether a server of the kind may be used.
func (c config) wants(kind string) bool { return c.kind == "" || c.kind == kind }

// explicit reports whether a server was asked for by name, so that its absence
// is a fault of the setup and no reason to skip.
func (c config) explicit() bool { return c.kind != "" || c.url != "" }

func (c config) binaryPlaces() string { return "PATH, " + strings.Join(c.globs, ", ") }
