package pgdb

import (
	"net/netip"
	"regexp"
	"slices"
	"strings"
	"unicode"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"
)

// ParseConfig reads a connection string, a URL or a string of keywords and
// values, as pgxpool.ParseConfig does. Its errors contain no part of the string,
// so no password either, even if the string is malformed.
//
// It refuses strings that the driver would take, but that have part of a
// password in the wrong place: a host that is neither a name, an address nor the
// path of a socket, a URL with a second @ that is not written as %40, a keyword
// that is not a word, and password=… inside another value.
//
// The connections of a pool with that configuration, which is one to give to [New],
// send and receive UTF-8, whatever the string, the database or the user say of
// client_encoding. While one is in use under a context with the name of a session
// (see [tasktwin.WithSession]), that is its application_name.
func ParseConfig(url string) (*pgxpool.Config, error) {
	if reason := misread(url); reason != "" {
		return nil, &configError{reason: reason}
	}
	config, err := pgxpool.ParseConfig(url)
	if err != nil {
		return nil, newConfigError(err)
	}
	if reason := misplaced(&config.ConnConfig.Config); reason != "" {
		return nil, &configError{reason: reason}
	}
	config.ConnConfig.RuntimeParams["client_encoding"] = "UTF8"
	config.PrepareConn = nameSession
	return config, nil
}

var (
	// scheme is how a URL begins, after quotes or spaces that were pasted with it.
	scheme = regexp.MustCompile(`^[\s"'<]*[A-Za-z][A-Za-z0-9+.:-]*:/`)
	// keyword is the name of a setting of the driver or of the server.
	keyword = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_$.]*$`)
	// assigned is a password among parameters that something other than a space,
	// or an & in a URL, separates.
	assigned = regexp.MustCompile(`(?i)(^|[;&?,\s])(ssl)?(password|passwd|pwd)\s*=`)
)

// neither is what is wrong with a string that is neither.
const neither = "it must be a URL that begins with postgres:// or postgresql://, or keywords and values such as host=localhost dbname=main"

// misread says what is wrong with a string that the driver would read as
// something else than what it looks like.
func misread(url string) string {
	rest, isURL := strings.CutPrefix(url, "postgres://")
	if !isURL {
		rest, isURL = strings.CutPrefix(url, "postgresql://")
	}
	if !isURL {
		if scheme.MatchString(url) {
			return neither
		}
		return ""
	}
	if i := strings.IndexAny(rest, "@/"); i >= 0 && rest[i] == '@' {
		rest = rest[i+1:]
	}
	rest, _, _ = strings.Cut(rest, "?")
	if strings.Contains(rest, "@") {
		return "the host or the database has an @ in it: in a URL's user, password and database, write @ as %40, : as %3A and / as %2F"
	}
	return ""
}

// misplaced says what is wrong with settings that the driver takes, but that are
// probably part of a password.
func misplaced(c *pgconn.Config) string {
	hosts := []string{c.Host}
	for _, f := range c.Fallbacks {
		hosts = append(hosts, f.Host)
	}
	switch {
	case slices.ContainsFunc(hosts, func(h string) bool { return !isHost(h) }):
		return "the host is neither a name, an address nor the path of a socket's directory"
	case strings.Contains(c.User, "://") || assigned.MatchString(c.User):
		return "the user looks like a connection string of its own"
	case strings.Contains(c.Database, "://") || assigned.MatchString(c.Database):
		return "the database looks like a connection string of its own"
	}
	for name, value := range c.RuntimeParams {
		if !keyword.MatchString(name) {
			return neither
		}
		if name != "options" && assigned.MatchString(value) {
			return "a value has password= in it: keywords are separated by spaces, and the parameters of a URL by &"
		}
	}
	return ""
}

// isHost reports whether a host is a name, an address, or the path of a socket's
// directory.
func isHost(host string) bool {
	if network, _ := pgconn.NetworkAddress(host, 1); network == "unix" {
		return !assigned.MatchString(host)
	}
	if _, err := netip.ParseAddr(host); err == nil {
		return true
	}
	return !strings.ContainsFunc(host, func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsDigit(r) && !unicode.IsMark(r) && !strings.ContainsRune(".-_", r)
	})
}
