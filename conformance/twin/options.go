package twin

import (
	"context"
	"fmt"

	"github.com/tasktwin/tasktwin/memdb"
	"github.com/tasktwin/tasktwin/pgdb"
)

// Options returns the options with which memdb answers like db. It asks the server
// for its major version and for the behaviour of lower(). It fails if memdb has no
// such answers: if the database's encoding is not UTF-8, or its lower() follows the
// rules of a language, as Turkish, Azerbaijani and Lithuanian locales do.
func Options(ctx context.Context, db *pgdb.DB) (memdb.Options, error) {
	var opts memdb.Options
	version, err := db.ServerVersion(ctx)
	if err != nil {
		return opts, fmt.Errorf("conformance: ask for the server's version: %w", err)
	}
	opts.PostgresVersion = version
	if err := opts.Validate(); err != nil {
		return opts, fmt.Errorf("conformance: the server is PostgreSQL %d: %w", version, err)
	}
	var encoding string
	if err := db.Pool().QueryRow(ctx, "SHOW server_encoding").Scan(&encoding); err != nil {
		return opts, fmt.Errorf("conformance: ask for the database's encoding: %w", err)
	}
	if encoding != "UTF8" {
		return opts, fmt.Errorf("conformance: the database's encoding is %s: memdb answers as a database in UTF8 does", encoding)
	}
	opts.Lower, err = lowerMode(ctx, db)
	return opts, err
}
