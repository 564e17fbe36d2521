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

-- name: InsertWorkspace :one
-- InsertWorkspaceParams are the columns of a new workspace.
INSERT INTO workspaces
    (id, created_at, updated_at, owner_id, organization_id, template_id, deleted, name, group_acl, user_acl)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
RETURNING *;

-- name: UpdateWorkspaceACLByID :one
-- UpdateWorkspaceACLByIDParams name a workspace and its new access lists.
UPDATE workspaces
SET group_acl = $2, user_acl = $3
WHERE id = $1
RETURNING *;

-- name: GetWorkspaceByID :one
SELECT * FROM workspaces WHERE id = $1;

-- name: DeleteWorkspaceByID :one
DELETE FROM workspaces WHERE id = $1 RETURNING id;

-- name: DumpWorkspaces :many
SELECT * FROM workspaces ORDER BY id;

-- name: InsertProvisionerJob :one
-- InsertProvisionerJobParams are the columns of a new job; job_status follows
-- from them.
INSERT INTO provisioner_jobs
    (id, created_at, updated_at, started_at, canceled_at, completed_at, error, organization_id, initiator_id)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
RETURNING *;

-- name: UpdateProvisionerJobByID :one
-- UpdateProvisionerJobByIDParams name a job and replace what its status
-- follows from.
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

-- name: InsertWorkspaceBuild :one
-- InsertWorkspaceBuildParams are the columns of a new build.
INSERT INTO workspace_builds
    (id, created_at, updated_at, workspace_id, template_version_id, build_number, transition, initiator_id, job_id, reason)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
RETURNING *;

-- name: GetLatestWorkspaceBuildByWorkspaceID :one
SELECT * FROM workspace_builds WHERE workspace_id = $1
ORDER BY build_number DESC
LIMIT 1;

-- name: ListWorkspaceBuildsByWorkspaceID :many
SELECT * FROM workspace_builds WHERE workspace_id = $1
ORDER BY build_number;

-- name: DumpWorkspaceBuilds :many
SELECT * FROM workspace_builds ORDER BY id;

-- name: InsertWorkspaceAgent :one
-- InsertWorkspaceAgentParams are the columns of a new agent.
INSERT INTO workspace_agents
    (id, created_at, updated_at, name, lifecycle_state)
VALUES ($1, $2, $3, $4, $5)
RETURNING *;

-- name: UpdateWorkspaceAgentLifecycleStateByID :one
-- UpdateWorkspaceAgentLifecycleStateByIDParams name an agent and its new state.
UPDATE workspace_agents
SET lifecycle_state = $2, updated_at = $3
WHERE id = $1
RETURNING *;

-- name: GetWorkspaceAgentByID :one
SELECT * FROM workspace_agents WHERE id = $1;

-- name: DeleteWorkspaceAgentByID :one
DELETE FROM workspace_agents WHERE id = $1 RETURNING id;

-- name: DumpWorkspaceAgents :many
SELECT * FROM workspace_agents ORDER BY id;

-- name: InsertWorkspaceApp :one
-- InsertWorkspaceAppParams are the columns of a new app.
INSERT INTO workspace_apps
    (id, created_at, agent_id, display_name, slug, health)
VALUES ($1, $2, $3, $4, $5, $6)
RETURNING *;

-- name: UpdateWorkspaceAppHealthByID :one
-- UpdateWorkspaceAppHealthByIDParams name an app and its new health.
UPDATE workspace_apps
SET health = $2
WHERE id = $1
RETURNING *;

-- name: GetWorkspaceAppByID :one
SELECT * FROM workspace_apps WHERE id = $1;

-- name: DeleteWorkspaceAppByID :one
DELETE FROM workspace_apps WHERE id = $1 RETURNING id;

-- name: DumpWorkspaceApps :many
SELECT * FROM workspace_apps ORDER BY id;

-- name: InsertWorkspaceAppStatus :one
-- InsertWorkspaceAppStatusParams are the columns of a new status.
INSERT INTO workspace_app_statuses
    (id, created_at, agent_id, app_id, workspace_id, state, message, uri)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
RETURNING *;

-- name: ListWorkspaceAppStatusesByAppID :many
SELECT * FROM workspace_app_statuses WHERE app_id = $1
ORDER BY created_at, id;

-- name: DumpWorkspaceAppStatuses :many
SELECT * FROM workspace_app_statuses ORDER BY id;

-- name: ListTaskWorkspaceAppsByTaskID :many
SELECT * FROM task_workspace_apps WHERE task_id = $1
ORDER BY workspace_build_number;
