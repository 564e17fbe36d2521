package pgdb

import (
	"context"

	"github.com/google/uuid"

	"github.com/tasktwin/tasktwin"
	"github.com/tasktwin/tasktwin/pgdb/internal/sqlc"
)

// InsertUser implements [tasktwin.Querier].
func (q queries) InsertUser(ctx context.Context, arg tasktwin.InsertUserParams) (tasktwin.User, error) {
	return one(ctx, q, nothing, (*sqlc.Queries).InsertUser, sqlc.InsertUserParams(arg), user)
}

// DeleteUserByID implements [tasktwin.Querier].
func (q queries) DeleteUserByID(ctx context.Context, id uuid.UUID) (uuid.UUID, error) {
	return one(ctx, q, nothing, (*sqlc.Queries).DeleteUserByID, id, same)
}
