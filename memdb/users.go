package memdb

import (
	"context"

	"github.com/google/uuid"

	"github.com/tasktwin/tasktwin"
	"github.com/tasktwin/tasktwin/memdb/internal/cow"
	"github.com/tasktwin/tasktwin/memdb/internal/rel"
)

// userTable holds the rows of users and their indexes.
type userTable struct {
	rel.Table[tasktwin.User]
	byID, byUsername, byEmail cow.Hash
}

var users table[tasktwin.User]

func defineUsers() {
	d := &users
	d.Name = "users"
	d.Table = func(t *tables) *rel.Table[tasktwin.User] { return &t.users.Table }
	d.id = func(r *tasktwin.User) uuid.UUID { return r.ID }
	d.Unique = []rel.Unique[tables, tasktwin.User]{
		byID(tasktwin.UniqueUsersPKey, func(t *tables) *cow.Hash { return &t.users.byID }, d.id),
		byName(tasktwin.UniqueUsersUsernameLowerIdx, func(t *tables) *cow.Hash { return &t.users.byUsername }, hashSlot,
			func(o *Options, r *tasktwin.User) (uint32, string, bool) {
				return rel.NoSlot, lower(o, r.Username), !r.Deleted
			}),
		byName(tasktwin.UniqueUsersEmailLowerIdx, func(t *tables) *cow.Hash { return &t.users.byEmail }, hashSlot,
			func(o *Options, r *tasktwin.User) (uint32, string, bool) {
				return rel.NoSlot, lower(o, r.Email), !r.Deleted && r.Email != ""
			}),
	}
	d.keys = []key[tasktwin.User]{
		d.primaryKey("id"),
		{"lower(username)", func(o *Options, f *pendingRow[tasktwin.User]) string { return keyText(lower(o, f.row.Username)) }},
		{"lower(email)", func(o *Options, f *pendingRow[tasktwin.User]) string { return keyText(lower(o, f.row.Email)) }},
	}
	dumped(d, func(d *tasktwin.Dump) *[]tasktwin.User { return &d.Users }, rowsOf(d, copyPlain), parseCopy(parseUser))
}

func parseUser(r *tasktwin.User) error {
	return firstError(text(r.Email), text(r.Username), text(r.Name), text(r.AvatarURL), timestamp(&r.CreatedAt), timestamp(&r.UpdatedAt))
}

// InsertUser implements [tasktwin.Querier].
func (q queries) InsertUser(ctx context.Context, arg tasktwin.InsertUserParams) (tasktwin.User, error) {
	r := (*tasktwin.User)(&arg)
	return insertRow(ctx, q, &users, pendingRow[tasktwin.User]{row: r}, parseUser(r), copyPlain)
}

// DeleteUserByID implements [tasktwin.Querier].
func (q queries) DeleteUserByID(ctx context.Context, id uuid.UUID) (uuid.UUID, error) {
	return deleteRow(ctx, q, &users, id)
}
