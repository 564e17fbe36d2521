-- name: InsertProvisionerJob :one
-- InsertProvisionerJobParams are the columns of a new job; job_status is generated
-- from them.
INSERT INTO provisioner_jobs
    (id, created_at, updated_at, started_at, canceled_at, completed_at, error, organization_id, initiator_id)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
RETURNING *;

-- name: UpdateProvisionerJobByID :one
-- UpdateProvisionerJobByIDParams name a job and the new values of the columns from
-- which its status is generated.
UPDATE provisioner_jobs
SET started_at = $2, canceled_at = $3, completed_at = $4, error = $5, updated_at = $6
WHERE id = $1
RETURNING *;

-- name: GetProvisionerJobByID :one
SELECT * FROM provisioner_jobs WHERE id = $1;

-- name: DeleteProvisionerJobByID :one
DELETE FROM provisioner_jobs WHERE id = $1 RETURNING id;

-- name: DumpProvisionerJobs :many
SELECT * FROM provisioner_jobs ORDER BY id;
