package pgdb

import (
	"slices"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5/pgtype"
)

// nativeArgs returns the arguments of a statement with lists of ids as a type that
// pgx knows. Where it does not ask the server for the types of parameters, as in the
// simple protocol, pgx takes the type of a list from its Go type.
func nativeArgs(args []any) []any {
	for i, arg := range args {
		ids, ok := arg.([]uuid.UUID)
		if !ok {
			continue
		}
		var native []pgtype.UUID // nil, which is NULL, if ids is
		if ids != nil {
			native = make([]pgtype.UUID, len(ids))
			for j, id := range ids {
				native[j] = pgtype.UUID{Bytes: id, Valid: true}
			}
		}
		args = slices.Clone(args)
		args[i] = native
	}
	return args
}
