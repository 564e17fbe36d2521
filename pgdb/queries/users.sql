-- name: InsertUser :one
-- InsertUserParams are the columns of a new user.
INSERT INTO users
    (id, email, username, name, avatar_url, created_at, updated_at, deleted)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
RETURNING *;

-- name: DeleteUserByID :one
DELETE FROM users WHERE id = $1 RETURNING id;

-- name: DumpUsers :many
SELECT * FROM users ORDER BY id;
