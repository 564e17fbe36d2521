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

// ParseConfig parses a connection string, which is a URL or keywords and values,
// like pgxpool.ParseConfig. Its errors quote no part of the string, and so no
// password, even if the string is malformed.
//
// It refuses some strings that the driver accepts, because a part of a password
// seems to be in the wrong place: a host that is neither a name, an address nor
// the path of a socket, a URL with a second @ that is not written as %40, a
// keyword that is not a word, and password=… inside another value.
//
// Pass the configuration to pgxpool and the pool to [New]. Its connections send
// and receive UTF-8, whatever client_encoding the string, the database or the
// user has set. While one is in use under a context with the name of a session
// (see [tasktwin.WithSession]), that is its application_name.
func ParseConfig(url string) (*pgxpool.Config, error) {
	if reason := urlMistake(url); reason != "" {
		return nil, &configError{reason: reason}
	}
	config, err := pgxpool.ParseConfig(url)
	if err != nil {
		return nil, newConfigError(err)
	}
	if reason := settingsMistake(&config.ConnConfig.Config); reason != "" {
		return nil, &configError{reason: reason}
	}
	config.ConnConfig.RuntimeParams["client_encoding"] = "UTF8"
	config.PrepareConn = nameSession
	return config, nil
}

var (
	// scheme matches the beginning of a URL, also after quotes or spaces that were
	// pasted with it.
	scheme = regexp.MustCompile(`^[\s"'<]*[A-Za-z][A-Za-z0-9+.:-]*:/`)
	// keyword matches the name of a setting of the driver or the server.
	keyword = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_$.]*$`)
	// passwordAssignment matches a password parameter after a separator that is
	// neither a space nor, in a URL, an &.
	passwordAssignment = regexp.MustCompile(`(?i)(^|[;&?,\s])(ssl)?(password|passwd|pwd)\s*=`)
)

// invalidForm is the reason to refuse a string that is neither a URL nor keywords
// and values.
const invalidForm = "it must be a URL that begins with postgres:// or postgresql://, " +
	"or keywords and values such as host=localhost dbname=main"

// urlMistake returns what is wrong with a string that the driver would interpret
// differently from what it looks like, or "".
func urlMistake(url string) string {
	rest, isURL := strings.CutPrefix(url, "postgres://")
	if !isURL {
		rest, isURL = strings.CutPrefix(url, "postgresql://")
	}
	if !isURL {
		if scheme.MatchString(url) {
			return invalidForm
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

// settingsMistake returns what is wrong with settings that the driver accepts but
// that probably contain a part of a password, or "".
func settingsMistake(c *pgconn.Config) string {
	hosts := []string{c.Host}
	for _, f := range c.Fallbacks {
		hosts = append(hosts, f.Host)
	}
	switch {
	case slices.ContainsFunc(hosts, func(h string) bool { return !isHost(h) }):
		return "the host is neither a name, an address nor the path of a socket's directory"
	case strings.Contains(c.User, "://") || passwordAssignment.MatchString(c.User):
		return "the user looks like a connection string of its own"
	case strings.Contains(c.Database, "://") || passwordAssignment.MatchString(c.Database):
		return "the database looks like a connection string of its own"
	}
	for name, value := range c.RuntimeParams {
		if !keyword.MatchString(name) {
			return invalidForm
		}
		if name != "options" && passwordAssignment.MatchString(value) {
			return "a value has password= in it: keywords are separated by spaces, and the parameters of a URL by &"
		}
	}
	return ""
}

// isHost reports whether a host is a name, an address, or the path of a socket's
// directory.
func isHost(host string) bool {
	if network, _ := pgconn.NetworkAddress(host, 1); network == "unix" {
		return !passwordAssignment.MatchString(host)
	}
	if _, err := netip.ParseAddr(host); err == nil {
		return true
	}
	return !strings.ContainsFunc(host, func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsDigit(r) && !unicode.IsMark(r) && !strings.ContainsRune(".-_", r)
	})
}
