package pgserver

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// The environment variables that choose the server.
const (
	envKind = "TASKTWIN_POSTGRES"
	envURL  = "TASKTWIN_POSTGRES_URL"
)

// The built-in kinds of server, which need no [Starter]: values of
// TASKTWIN_POSTGRES and of [Server.Kind].
const (
	KindURL   = "url"
	KindLocal = "local"
)

// kindDocker is the kind that package pgdocker registers.
const kindDocker = "docker"

// minVersion is the oldest major version that the queries run on.
const minVersion = 14

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
	path  []string // folders of PATH
	globs []string
}

func configFromEnv() (config, error) {
	c := config{
		kind:  os.Getenv(envKind),
		url:   os.Getenv(envURL),
		path:  filepath.SplitList(os.Getenv("PATH")),
		globs: binaryGlobs,
	}
	kinds := Kinds()
	if c.kind == "" || slices.Contains(kinds, c.kind) {
		return c, nil
	}
	hint := ""
	if c.kind == kindDocker {
		hint = "; only programs that import conformance/pgdocker start servers in Docker"
	}
	return c, fmt.Errorf("pgserver: %s is %q: it must be one of %s, or be unset%s", envKind, c.kind, strings.Join(kinds, ", "), hint)
}

// Requested reports whether the environment names a server or a kind of server. If
// it does, a missing server is an error in the setup and no reason to skip tests.
func Requested() bool { return os.Getenv(envKind) != "" || os.Getenv(envURL) != "" }

// wants reports whether a server of the kind may be used.
func (c config) wants(kind string) bool { return c.kind == "" || c.kind == kind }

func (c config) binaryPlaces() string { return "PATH, " + strings.Join(c.globs, ", ") }
