package memdb

import (
	"context"

	"github.com/google/uuid"

	"github.com/tasktwin/tasktwin"
)

func parseUser(r *user) error {
	return firstError(text(r.Email), text(r.Username), text(r.Name), text(r.AvatarURL), timestamp(&r.CreatedAt), timestamp(&r.UpdatedAt))
}

func (q queries) InsertUser(ctx context.Context, arg tasktwin.InsertUserParams) (tasktwin.User, error) {
	r := (*user)(&arg)
	return insertRow(ctx, q, &usersTable, fresh[user]{row: r}, parseUser(r), plain)
}

func (q queries) DeleteUserByID(ctx context.Context, id uuid.UUID) (uuid.UUID, error) {
	return deleteRow(ctx, q, &usersTable, id)
}
