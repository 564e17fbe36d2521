-- name: InsertTemplate :one
-- InsertTemplateParams are the columns of a new template.
INSERT INTO templates
    (id, created_at, updated_at, organization_id, deleted, name, active_version_id, created_by)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
RETURNING *;

-- name: DeleteTemplateByID :one
DELETE FROM templates WHERE id = $1 RETURNING id;

-- name: DumpTemplates :many
SELECT * FROM templates ORDER BY id;
