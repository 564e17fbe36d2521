package twin

import (
	"context"
	"fmt"

	"github.com/tasktwin/tasktwin/memdb"
	"github.com/tasktwin/tasktwin/pgdb"
)

// Options returns the options with which memdb answers like db. It asks the server
// for its major version and for the behaviour of lower(). It fails if the
// database's encoding is not UTF-8, because memdb supports no other.
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
	var umlaut, sigma string
	if err := db.Pool().QueryRow(ctx, "SELECT lower('Ä'), lower('ΑΣ')").Scan(&umlaut, &sigma); err != nil {
		return opts, fmt.Errorf("conformance: ask what lower() does: %w", err)
	}
	switch {
	case umlaut == "Ä":
		opts.Lower = memdb.LowerC
	case sigma == "ας":
		opts.Lower = memdb.LowerICU
	default:
		opts.Lower = memdb.LowerCUTF8
	}
	return opts, nil
}
