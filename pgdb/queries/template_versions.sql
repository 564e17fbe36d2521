-- name: InsertTemplateVersion :one
-- InsertTemplateVersionParams are the columns of a new template version.
INSERT INTO template_versions
    (id, template_id, organization_id, created_at, updated_at, name, created_by)
VALUES ($1, $2, $3, $4, $5, $6, $7)
RETURNING *;

-- name: DeleteTemplateVersionByID :one
DELETE FROM template_versions WHERE id = $1 RETURNING id;

-- name: DumpTemplateVersions :many
SELECT * FROM template_versions ORDER BY id;
