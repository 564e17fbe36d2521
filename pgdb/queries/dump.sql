-- name: DumpOrganizations :many
SELECT id, name, display_name, created_at, updated_at, deleted FROM organizations ORDER BY id;

-- name: DumpUsers :many
SELECT id, email, username, name, avatar_url, created_at, updated_at, deleted FROM users ORDER BY id;

-- name: DumpTemplates :many
SELECT id, created_at, updated_at, organization_id, deleted, name, active_version_id, created_by FROM templates ORDER BY id;

-- name: DumpTemplateVersions :many
SELECT id, template_id, organization_id, created_at, updated_at, name, created_by FROM template_versions ORDER BY id;

-- name: DumpWorkspaces :many
SELECT id, created_at, updated_at, owner_id, organization_id, template_id, deleted, name, group_acl, user_acl FROM workspaces ORDER BY id;

-- name: DumpProvisionerJobs :many
SELECT id, created_at, updated_at, started_at, canceled_at, completed_at, error, organization_id, initiator_id, job_status FROM provisioner_jobs ORDER BY id;

-- name: DumpWorkspaceBuilds :many
SELECT id, created_at, updated_at, workspace_id, template_version_id, build_number, transition, initiator_id, job_id, reason FROM workspace_builds ORDER BY id;

-- name: DumpWorkspaceAgents :many
SELECT id, created_at, updated_at, name, lifecycle_state FROM workspace_agents ORDER BY id;

-- name: DumpWorkspaceApps :many
SELECT id, created_at, agent_id, display_name, slug, health FROM workspace_apps ORDER BY id;

-- name: DumpWorkspaceAppStatuses :many
SELECT id, created_at, agent_id, app_id, workspace_id, state, message, uri FROM workspace_app_statuses ORDER BY id;

-- name: DumpTasks :many
SELECT id, organization_id, owner_id, name, workspace_id, template_version_id, template_parameters, prompt, created_at, deleted_at, display_name FROM tasks ORDER BY id;

-- name: DumpTaskWorkspaceApps :many
SELECT task_id, workspace_agent_id, workspace_app_id, workspace_build_number FROM task_workspace_apps ORDER BY task_id, workspace_build_number;

-- name: DumpTaskSnapshots :many
SELECT task_id, log_snapshot, log_snapshot_created_at FROM task_snapshots ORDER BY task_id;
