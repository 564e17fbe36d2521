package pgsessions

import (
	"context"
	"fmt"
	"time"
)

// rowsPerPage is a number of rows that no transaction of a program reads of one page.
const rowsPerPage = "1000"

// RememberRows changes a setting of the server, for all its databases, so that serializable
// transactions remember the rows which they have read of a table's page. By default they
// remember the whole page instead of more than two rows. It returns once the setting is in
// effect.
func (d *DB) RememberRows(ctx context.Context) error {
	const set = "ALTER SYSTEM SET max_pred_locks_per_page = " + rowsPerPage
	for _, sql := range []string{set, "SELECT pg_reload_conf()"} {
		if _, err := d.control.Pool().Exec(ctx, sql); err != nil {
			return fmt.Errorf("conformance: remember rows, which needs a superuser: %w", err)
		}
	}
	for {
		var value string
		err := d.control.Pool().QueryRow(ctx, "SHOW max_pred_locks_per_page").Scan(&value)
		if err != nil || value == rowsPerPage {
			return err
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("conformance: remember rows: %w", ctx.Err())
		case <-time.After(time.Millisecond):
		}
	}
}
