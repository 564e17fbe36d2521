package pgdb

import (
	"errors"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5/pgconn"

	"github.com/tasktwin/tasktwin"
)

// Errors about prepared statements, a pooler's own ones too, name the mode, and others do not.
func TestErrorsOfPreparedStatementsNameTheMode(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		code, message string
		want          bool
	}{
		{"42P05", `prepared statement "stmtcache_1" already exists`, true},
		{"26000", `prepared statement "stmtcache_1" does not exist`, true},
		{"26000", "unnamed prepared statement does not exist", true},
		{"08P01", "prepared statement name is already in use", true},
		{"08P01", `bind message supplies 2 parameters, but prepared statement "" requires 1`, true},
		{"08P01", "invalid message format", false},
		{"23505", "prepared statement ", false},
	} {
		driver := &pgconn.PgError{Code: c.code, Message: c.message}
		err := wrap(driver)
		if got := strings.Contains(err.Error(), "add default_query_exec_mode=cache_describe to the connection string"); got != c.want {
			t.Errorf("%v: the mode is named: %v, want %v", err, got, c.want)
		}
		ours, ok := errors.AsType[*tasktwin.Error](err)
		if !ok || ours.Code != tasktwin.SQLState(c.code) || ours.Message != c.message {
			t.Errorf("%v is not the error of the server: %+v", err, ours)
		}
		if !errors.Is(err, driver) || wrap(err).Error() != err.Error() {
			t.Errorf("%v is wrapped otherwise", err)
		}
	}
}
