package pgdb

import (
	"context"
	"errors"
	"io/fs"
	"regexp"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
)

// configError says why a connection string cannot be used, without quoting it.
type configError struct {
	reason string
	cause  error // does not quote the string either, or nil
}

func (e *configError) Error() string {
	text := "the connection string cannot be used: " + e.reason
	if e.cause != nil {
		text += ": " + e.cause.Error()
	}
	return text
}

func (e *configError) Unwrap() error { return e.cause }

// driverReasons matches the beginning of the driver's error about a connection
// string, up to the part that quotes the string.
var driverReasons = regexp.MustCompile(strings.Join([]string{
	// URLs
	`forbidden NUL byte in connection string`,
	`end of string reached when looking for matching "\]" in IPv6 host address in URI`,
	`IPv6 host address may not be empty in URI`,
	`unexpected character`,
	`(missing|extra) key/value separator "=" in URI query parameter`,
	`invalid percent-encoded token`,
	`forbidden value %00 in percent-encoded value`,
	`unexpected spaces found`,
	// keywords and values
	`unterminated quoted string`,
	`missing "="`,
	// TLS
	`unable to load system certificate pool`,
	`unable to read CA file`,
	`unable to add CA to cert pool`,
	`sslmode is invalid`,
	`both "sslcert" and "sslkey" are required`,
	`unable to read sslkey`,
	`failed to decode sslkey`,
	`unable to find sslpassword`,
	`unable to decrypt key`,
	`unable to (read|load) cert`,
	// single settings
	`failed to read service`,
	`could not match \d+ port numbers to \d+ hosts`,
	`invalid (port|sslcertmode|connect_timeout|min_protocol_version|max_protocol_version|require_auth|default_query_exec_mode)`,
	`unknown (target_session_attrs|channel_binding) value`,
	`min_protocol_version cannot be greater than max_protocol_version`,
	`cannot parse (statement_cache_capacity|description_cache_capacity)`,
	`cannot parse pool_(max_conns|min_conns|min_idle_conns|max_conn_lifetime_jitter|max_conn_lifetime|max_conn_idle_time|` +
		`health_check_period|ping_timeout)`,
	`pool_max_conns too small`,
}, "|"))

// newConfigError returns the driver's error without quoted parts. The driver
// itself hides a password only if it recognizes it.
func newConfigError(err error) *configError {
	e := &configError{reason: "the driver cannot read it"}
	parse, ok := errors.AsType[*pgconn.ParseConfigError](err)
	if !ok {
		return e
	}
	blank := *parse
	blank.ConnString = ""
	switch reason := driverReasons.FindString(blank.Error()); {
	case reason != "":
		e.reason = reason
	case strings.Contains(blank.Error(), "invalid keyword/value"):
		e.reason = invalidForm
	}
	if file, ok := errors.AsType[*fs.PathError](err); ok {
		e.cause = file.Err // for example "permission denied", without the path
	}
	return e
}

// connectError is a connection error from which a part of a password has been
// removed.
type connectError struct {
	text  string
	cause error // the context's error, or nil
}

func (e *connectError) Error() string { return e.text }
func (e *connectError) Unwrap() error { return e.cause }

// redact returns a connection error without what may be a part of a password. An
// unquoted space or & ends a password early: the rest is taken for a parameter,
// and the server quotes parameters that it refuses. A colon written as %3A makes
// the password a part of the user.
func redact(c *pgx.ConnConfig, err error) error {
	var pairs []string
	if name, rest, found := strings.Cut(c.User, ":"); found && rest != "" {
		pairs = append(pairs, c.User, name+":…")
	}
	if passwordAssignment.MatchString(c.ConnString()) {
		for name, value := range c.RuntimeParams {
			pairs = append(pairs, `"`+name+`"`, `"…"`, `"`+value+`"`, `"…"`)
		}
	}
	text := strings.NewReplacer(pairs...).Replace(err.Error())
	if text == err.Error() {
		return err
	}
	e := &connectError{text: text}
	for _, cause := range []error{context.Canceled, context.DeadlineExceeded} {
		if errors.Is(err, cause) {
			e.cause = cause
		}
	}
	return e
}
