-- name: InsertOrganization :one
-- InsertOrganizationParams are the columns of a new organization.
INSERT INTO organizations
    (id, name, display_name, created_at, updated_at, deleted)
VALUES ($1, $2, $3, $4, $5, $6)
RETURNING *;

-- name: DeleteOrganizationByID :one
DELETE FROM organizations WHERE id = $1 RETURNING id;

-- name: DumpOrganizations :many
SELECT * FROM organizations ORDER BY id;
