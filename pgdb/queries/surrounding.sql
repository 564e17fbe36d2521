-- name: InsertOrganization :one
INSERT INTO organizations
    (id, name, display_name, created_at, updated_at, deleted)
VALUES ($1, $2, $3, $4, $5, $6)
RETURNING id, name, display_name, created_at, updated_at, deleted;

-- name: DeleteOrganizationByID :one
DELETE FROM organizations WHERE id = $1 RETURNING id;

-- name: InsertUser :one
INSERT INTO users
    (id, email, username, name, avatar_url, created_at, updated_at, deleted)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
RETURNING id, email, username, name, avatar_url, created_at, updated_at, deleted;

-- name: DeleteUserByID :one
DELETE FROM users WHERE id = $1 RETURNING id;

-- name: InsertTemplate :one
INSERT INTO templates
    (id, created_at, updated_at, organization_id, deleted, name, active_version_id, created_by)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
RETURNING id, created_at, updated_at, organization_id, deleted, name, active_version_id, created_by;

-- name: DeleteTemplateByID :one
DELETE FROM templates WHERE id = $1 RETURNING id;

-- name: InsertTemplateVersion :one
INSERT INTO template_versions
    (id, template_id, organization_id, created_at, updated_at, name, created_by)
VALUES ($1, $2, $3, $4, $5, $6, $7)
RETURNING id, template_id, organization_id, created_at, updated_at, name, created_by;

-- name: DeleteTemplateVersionByID :one
DELETE FROM template_versions WHERE id = $1 RETURNING id;

-- name: InsertWorkspace :one
INSERT INTO workspaces
    (id, created_at, updated_at, owner_id, organization_id, template_id, deleted, name, group_acl, user_acl)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
RETURNING id, created_at, updated_at, owner_id, organization_id, template_id, deleted, name, group_acl, user_acl;

-- name: UpdateWorkspaceACLByID :one
UPDATE workspaces
SET group_acl = $2, user_acl = $3
WHERE id = $1
RETURNING id, created_at, updated_at, owner_id, organization_id, template_id, deleted, name, group_acl, user_acl;

-- name: GetWorkspaceByID :one
SELECT id, created_at, updated_at, owner_id, organization_id, template_id, deleted, name, group_acl, user_acl FROM workspaces WHERE id = $1;

-- name: DeleteWorkspaceByID :one
DELETE FROM workspaces WHERE id = $1 RETURNING id;

-- name: InsertProvisionerJob :one
INSERT INTO provisioner_jobs
    (id, created_at, updated_at, started_at, canceled_at, completed_at, error, organization_id, initiator_id)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
RETURNING id, created_at, updated_at, started_at, canceled_at, completed_at, error, organization_id, initiator_id, job_status;

-- name: UpdateProvisionerJobByID :one
UPDATE provisioner_jobs
SET started_at = $2, canceled_at = $3, completed_at = $4, error = $5, updated_at = $6
WHERE id = $1
RETURNING id, created_at, updated_at, started_at, canceled_at, completed_at, error, organization_id, initiator_id, job_status;

-- name: GetProvisionerJobByID :one
SELECT id, created_at, updated_at, started_at, canceled_at, completed_at, error, organization_id, initiator_id, job_status FROM provisioner_jobs WHERE id = $1;

-- name: DeleteProvisionerJobByID :one
DELETE FROM provisioner_jobs WHERE id = $1 RETURNING id;

-- name: InsertWorkspaceBuild :one
INSERT INTO workspace_builds
    (id, created_at, updated_at, workspace_id, template_version_id, build_number, transition, initiator_id, job_id, reason)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
RETURNING id, created_at, updated_at, workspace_id, template_version_id, build_number, transition, initiator_id, job_id, reason;

-- name: GetLatestWorkspaceBuildByWorkspaceID :one
SELECT id, created_at, updated_at, workspace_id, template_version_id, build_number, transition, initiator_id, job_id, reason FROM workspace_builds WHERE workspace_id = $1
ORDER BY build_number DESC
LIMIT 1;

-- name: ListWorkspaceBuildsByWorkspaceID :many
SELECT id, created_at, updated_at, workspace_id, template_version_id, build_number, transition, initiator_id, job_id, reason FROM workspace_builds WHERE workspace_id = $1
ORDER BY build_number;

-- name: InsertWorkspaceAgent :one
INSERT INTO workspace_agents
    (id, created_at, updated_at, name, lifecycle_state)
VALUES ($1, $2, $3, $4, $5)
RETURNING id, created_at, updated_at, name, lifecycle_state;

-- name: UpdateWorkspaceAgentLifecycleStateByID :one
UPDATE workspace_agents
SET lifecycle_state = $2, updated_at = $3
WHERE id = $1
RETURNING id, created_at, updated_at, name, lifecycle_state;

-- name: GetWorkspaceAgentByID :one
SELECT id, created_at, updated_at, name, lifecycle_state FROM workspace_agents WHERE id = $1;

-- name: DeleteWorkspaceAgentByID :one
DELETE FROM workspace_agents WHERE id = $1 RETURNING id;

-- name: InsertWorkspaceApp :one
INSERT INTO workspace_apps
    (id, created_at, agent_id, display_name, slug, health)
VALUES ($1, $2, $3, $4, $5, $6)
RETURNING id, created_at, agent_id, display_name, slug, health;

-- name: UpdateWorkspaceAppHealthByID :one
UPDATE workspace_apps
SET health = $2
WHERE id = $1
RETURNING id, created_at, agent_id, display_name, slug, health;

-- name: GetWorkspaceAppByID :one
SELECT id, created_at, agent_id, display_name, slug, health FROM workspace_apps WHERE id = $1;

-- name: DeleteWorkspaceAppByID :one
DELETE FROM workspace_apps WHERE id = $1 RETURNING id;

-- name: InsertWorkspaceAppStatus :one
INSERT INTO workspace_app_statuses
    (id, created_at, agent_id, app_id, workspace_id, state, message, uri)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
RETURNING id, created_at, agent_id, app_id, workspace_id, state, message, uri;

-- name: ListWorkspaceAppStatusesByAppID :many
SELECT id, created_at, agent_id, app_id, workspace_id, state, message, uri FROM workspace_app_statuses WHERE app_id = $1
ORDER BY created_at, id;

-- name: ListTaskWorkspaceAppsByTaskID :many
SELECT task_id, workspace_agent_id, workspace_app_id, workspace_build_number FROM task_workspace_apps WHERE task_id = $1
ORDER BY workspace_build_number;
